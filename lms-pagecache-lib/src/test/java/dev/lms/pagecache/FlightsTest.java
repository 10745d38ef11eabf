// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static dev.lms.pagecache.Pages.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.Outcome.Source;
import dev.lms.pagecache.contract.Parallel;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Requests for one page that is being rendered: who waits, for how long, and for what. */
class FlightsTest extends PageCacheFixture {
  /** A render that waits in the middle until it is let go. */
  private class Parked implements Renderer {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final Renderer then;

    Parked(Renderer then) {
      this.then = then;
    }

    @Override
    public Result render(PageKey key, Optional<Page> stale, Runnable release) throws IOException {
      Result rendering = then.render(key, stale, release);
      begun.countDown();
      await(letGo);
      return rendering;
    }

    Future<Outcome> start(PageCache in) throws IOException {
      Future<Outcome> leader = threads.submit(() -> get(in, this));
      await(begun);
      return leader;
    }
  }

  /** Followers that have joined are all asleep in the flight: the thread says so. */
  private List<Future<Outcome>> followers(int count, Renderer renderer) throws Exception {
    return followers(cache, count, renderer);
  }

  private List<Future<Outcome>> followers(PageCache in, int count, Renderer renderer)
      throws Exception {
    List<Future<Outcome>> followers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      AtomicReference<Thread> thread = new AtomicReference<>();
      followers.add(
          threads.submit(
              () -> {
                thread.set(Thread.currentThread());
                return get(in, renderer);
              }));
      long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!isWaitingInAFlight(thread.get())) {
        assertTrue(System.nanoTime() < giveUp, "no follower joined");
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
    }
    return followers;
  }

  private static boolean isWaitingInAFlight(@org.jspecify.annotations.Nullable Thread thread) {
    if (thread == null || thread.getState() != Thread.State.TIMED_WAITING) {
      return false;
    }
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getClassName().endsWith("Flights$Flight")
          && frame.getMethodName().equals("await")) {
        return true;
      }
    }
    return false;
  }

  @Test
  void followersGetTheLeadersPage() throws Exception {
    Parked leader = new Parked(renders("one"));
    Future<Outcome> first = leader.start(cache);
    List<Future<Outcome>> followers = followers(5, renders("own"));
    leader.letGo.countDown();
    assertTrue(done(first).stored());
    for (Future<Outcome> follower : followers) {
      assertEquals("one", textOf(done(follower)));
      assertEquals(
          "lms; fwd=miss; collapsed; detail=anon", done(follower).cacheStatus(clock.instant()));
    }
    assertEquals(1, renders.get());
  }

  @Test
  void aLeaderThatFailsPoisonsNobody() throws Exception {
    Parked leader =
        new Parked(
            (key, stale, release) -> {
              renders.incrementAndGet();
              return new Renderer.Passed(Reason.ABORTED);
            }) {
          @Override
          public Result render(PageKey key, Optional<Page> stale, Runnable release)
              throws IOException {
            super.render(key, stale, release);
            throw new IOException("the database is gone");
          }
        };
    Future<Outcome> first = leader.start(cache);
    List<Future<Outcome>> followers = followers(3, renders("own"));
    leader.letGo.countDown();
    ExecutionException e = assertThrows(ExecutionException.class, () -> done(first));
    assertNotNull(e.getCause());
    for (Future<Outcome> follower : followers) {
      assertEquals("own", textOf(done(follower)));
    }
    assertEquals(1, cache.stats().passedByReason().get("aborted"));
  }

  @Test
  void aLeaderThatHangsDelaysFollowersOnlySoLong() throws Exception {
    PageCache impatient =
        PageCache.builder(store).clock(clock).maxWait(Duration.ofMillis(20)).build();
    Parked leader = new Parked(passes(Reason.SIZE));
    Future<Outcome> first = leader.start(impatient);
    assertEquals("own", textOf(get(impatient, renders("own"))));
    assertFalse(first.isDone());
    leader.letGo.countDown();
    done(first);
  }

  @Test
  void aHungFlightIsLeftBehindAfterTheFirstWaitInVain() throws Exception {
    PageCache patient =
        PageCache.builder(store).clock(clock).maxWait(Duration.ofSeconds(2)).build();
    Parked hung = new Parked(renders("hung"));
    Future<Outcome> first = hung.start(patient);
    get(patient, passes(Reason.ABORTED));
    Parked next = new Parked(renders("next"));
    Future<Outcome> second = next.start(patient);
    List<Future<Outcome>> third = followers(patient, 1, renders("own"));
    next.letGo.countDown();
    assertEquals("next", textOf(done(third.get(0))));
    assertEquals(Source.COLLAPSED, done(third.get(0)).source());
    assertTrue(done(second).stored());
    hung.letGo.countDown();
    done(first);
  }

  @Test
  void aRequestAfterAPurgeNeverJoinsARenderFromBefore() throws Exception {
    Parked leader = new Parked(renders("old"));
    Future<Outcome> first = leader.start(cache);
    List<Future<Outcome>> waiting = followers(2, renders("own"));
    cache.purge("t");
    assertEquals("new", textOf(get(cache, renders("new"))));
    assertEquals("new", textOf(get(cache, renders("newer"))));
    leader.letGo.countDown();
    assertEquals("lms; fwd=miss; detail=anon/purged", done(first).cacheStatus(clock.instant()));
    for (Future<Outcome> follower : waiting) {
      assertEquals("old", textOf(done(follower)), "those who waited before may have it");
    }
    assertEquals("new", textOf(get(cache, renders("newest"))), "the old page was not stored");
    assertEquals(1, cache.stats().passedByReason().get("purged"));
  }

  @Test
  void everyPositionOfAPurgeIsSafe() throws Exception {
    cache.purge("t"); // before anything
    assertTrue(get(cache, renders("1")).stored());
    cache.purgePath("/a"); // after the store
    Parked parked = new Parked(renders("2"));
    Future<Outcome> render = parked.start(cache);
    cache.purgeAll(); // during the render
    parked.letGo.countDown();
    assertFalse(done(render).stored());
    assertEquals("3", textOf(get(cache, renders("3"))));
    assertEquals("3", textOf(get(cache, renders("4"))));
  }

  @Test
  void uncacheableAnswersAreNotSerialised() throws Exception {
    PageCache patient =
        PageCache.builder(store).clock(clock).maxWait(Duration.ofMinutes(1)).build();
    get(patient, passes(Reason.NO_STORE));
    CyclicBarrier all = new CyclicBarrier(20);
    Callable<Outcome> request =
        () ->
            get(
                patient,
                (key, stale, release) -> {
                  try {
                    // Only if all twenty render at the same time does anyone get past this.
                    all.await(60, TimeUnit.SECONDS);
                  } catch (Exception e) {
                    throw new IOException(e);
                  }
                  return new Renderer.Passed(Reason.SET_COOKIE);
                });
    assertEquals(20, Parallel.run(20, request).size());
  }

  @Test
  void followersOfAnUncacheableAnswerRenderForThemselvesAtOnce() throws Exception {
    Parked leader = new Parked(passes(Reason.SET_COOKIE));
    Future<Outcome> first = leader.start(cache);
    List<Future<Outcome>> followers = followers(4, passes(Reason.SET_COOKIE));
    leader.letGo.countDown();
    done(first);
    for (Future<Outcome> follower : followers) {
      assertEquals(Optional.empty(), done(follower).page());
    }
    assertEquals(5, renders.get());
  }

  @Test
  void aLeaderMayReleaseItsFollowersEarly() throws Exception {
    CountDownLatch leading = new CountDownLatch(1);
    CountDownLatch followed = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    Future<Outcome> leader =
        threads.submit(
            () ->
                get(
                    cache,
                    (key, stale, release) -> {
                      leading.countDown();
                      await(followed);
                      release.run();
                      await(letGo);
                      return new Renderer.Passed(Reason.SIZE);
                    }));
    await(leading);
    List<Future<Outcome>> followers = followers(1, renders("own"));
    followed.countDown();
    assertEquals("own", textOf(done(followers.get(0))), "while the leader still renders");
    assertFalse(leader.isDone());
    letGo.countDown();
    done(leader);
  }

  /** Without the store nobody knows of purges: only a render that had not begun will do. */
  @Test
  void whoAskedBeforeTheRenderBeganCanUseItAlsoWithoutTheStore() {
    Flights flights = new Flights();
    PageKey key = Pages.key("/");
    long leads = flights.ticket();
    Flights.Boarding first = flights.boardNext(key, leads);
    assertTrue(first.leads());
    assertNull(first.after(), "there is nobody to wait for");
    long meanwhile = flights.ticket();
    assertEquals(follows(first), flights.boardNext(key, meanwhile));
    first.flight().begins();

    long late = flights.ticket();
    Flights.Boarding second = flights.boardNext(key, late);
    assertTrue(second.leads(), "the first may lack what was purged before");
    assertSame(first.flight(), second.after());
    assertEquals(follows(second), flights.boardNext(key, late));
    assertEquals(follows(second), flights.boardNext(key, flights.ticket()));

    Flights.Landing landing = land(first.flight(), key);
    assertTrue(first.flight().suits(landing, leads, null));
    assertTrue(first.flight().suits(landing, meanwhile, null));
    assertFalse(first.flight().suits(landing, late, null));
    assertEquals(follows(second), flights.boardNext(key, flights.ticket()), "it has not begun");
    second.flight().begins();
    assertTrue(second.flight().suits(land(second.flight(), key), late, null));
    assertTrue(flights.boardNext(key, flights.ticket()).leads());
  }

  private static Flights.Boarding follows(Flights.Boarding leading) {
    return new Flights.Boarding(leading.flight(), false, null);
  }

  private Flights.Landing land(Flights.Flight flight, PageKey key) {
    Page page = Pages.page(key, "page", clock.instant());
    Flights.Landing landing = new Flights.Landing(key, page, Flights.Origin.RENDERED, 0);
    flight.land(landing);
    return landing;
  }
}
