// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static dev.lms.pagecache.Pages.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.Outcome.Source;
import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.contract.Parallel;
import dev.lms.pagecache.engine.Breaker;
import dev.lms.pagecache.engine.Notes;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What ends coalescing and what does not: purges, answers that fail, a store that is silent. */
class CoalescingTest {
  private static final PageKey KEY = key("/a/b");

  private final ManualClock clock = new ManualClock();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger renders = new AtomicInteger();
  private final ConcurrentLinkedQueue<Runnable> probes = new ConcurrentLinkedQueue<>();
  private final SilentStore store = new SilentStore(clock);
  private final PageCache cache = store.cache(probes::add);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private Outcome get(Renderer renderer) throws IOException {
    return cache.get(KEY, Asker.ANONYMOUS, PresentedRequest.of(Pages.RULE), renderer);
  }

  private Renderer renders(String text) {
    return (key, stale, release) -> {
      renders.incrementAndGet();
      return new Renderer.Storable(page(key, text, clock.instant(), "t"), key);
    };
  }

  private Renderer passes(Reason reason) {
    return (key, stale, release) -> {
      renders.incrementAndGet();
      return new Renderer.Passed(reason);
    };
  }

  private static String textOf(Outcome outcome) {
    return text(outcome.page().orElseThrow());
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS), "nobody came");
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  /** A render in its middle. */
  private record Parked(Future<Outcome> request, CountDownLatch letGo) {}

  private Parked park(Renderer renderer) throws IOException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    Future<Outcome> request =
        threads.submit(
            () ->
                get(
                    (key, stale, release) -> {
                      Renderer.Result rendering = renderer.render(key, stale, release);
                      begun.countDown();
                      await(letGo);
                      return rendering;
                    }));
    await(begun);
    return new Parked(request, letGo);
  }

  /** A request that waits in a flight. */
  private Future<Outcome> follower(Renderer renderer) {
    AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    Future<Outcome> request =
        threads.submit(
            () -> {
              thread.set(Thread.currentThread());
              return get(renderer);
            });
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!isWaitingInAFlight(thread.get())) {
      assertFalse(request.isDone(), "it did not wait");
      assertTrue(System.nanoTime() < giveUp, "no follower joined");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    return request;
  }

  private static boolean isWaitingInAFlight(@Nullable Thread thread) {
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
  void purgesOfOtherThingsBreakNoFlight() throws Exception {
    Parked leader = park(renders("one"));
    List<Future<Outcome>> followers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      cache.purge("other" + i);
      cache.purgePath("/elsewhere");
      followers.add(follower(renders("own")));
    }
    leader.letGo().countDown();
    assertTrue(done(leader.request()).stored());
    for (Future<Outcome> follower : followers) {
      assertEquals("one", textOf(done(follower)));
      assertEquals(Source.COLLAPSED, done(follower).source());
    }
    assertEquals(1, renders.get());
  }

  @Test
  void aPurgeOfThePathIsNotWaitedFor() throws Exception {
    Parked leader = park(renders("old"));
    for (Runnable purge :
        List.<Runnable>of(
            () -> cache.purgePath("/a/b"), () -> cache.purgePrefix("/a/"), cache::purgeAll)) {
      purge.run();
      assertEquals("new", textOf(get(renders("new"))), "while the old one still renders");
    }
    leader.letGo().countDown();
    assertFalse(done(leader.request()).stored());
  }

  /** The tags a handler gives are known only when it has rendered. */
  @Test
  void whoeverWaitedForWhatWasPurgedRendersOnceTogether() throws Exception {
    Parked leader = park(renders("old"));
    Future<Outcome> before = follower(renders("own"));
    cache.purge("t");
    List<Future<Outcome>> after = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      after.add(follower(renders("new")));
    }
    leader.letGo().countDown();
    assertFalse(done(leader.request()).stored());
    assertEquals("old", textOf(done(before)), "it asked before the purge");
    for (Future<Outcome> follower : after) {
      assertEquals("new", textOf(done(follower)));
    }
    assertEquals(2, renders.get());
    assertEquals("new", textOf(get(renders("x"))));
  }

  /** One answer that cannot be stored says nothing about the next. */
  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"ERROR", "STATUS", "SET_COOKIE", "ABORTED"})
  void oneFailureDoesNotEndCoalescing(Reason reason) throws Exception {
    get(passes(reason));
    get(passes(reason));
    assertOneRendersForAll();
  }

  private void assertOneRendersForAll() throws Exception {
    renders.set(0);
    Parked leader = park(renders("one"));
    List<Future<Outcome>> followers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      followers.add(follower(renders("own")));
    }
    leader.letGo().countDown();
    assertEquals("one", textOf(done(leader.request())));
    for (Future<Outcome> follower : followers) {
      assertEquals("one", textOf(done(follower)));
    }
    assertEquals(1, renders.get());
  }

  @Test
  void errorsAreNeverTakenForAPropertyOfThePage() throws Exception {
    for (int i = 0; i < 10; i++) {
      get(passes(Reason.ERROR));
    }
    assertOneRendersForAll();
  }

  @Test
  void aPageThatAlwaysSetsACookieIsWaitedForByNobodyForAWhile() throws Exception {
    for (int i = 0; i < Notes.IN_A_ROW; i++) {
      get(passes(Reason.SET_COOKIE));
    }
    CyclicBarrier all = new CyclicBarrier(10);
    Renderer together =
        (key, stale, release) -> {
          try {
            // Only if all render at the same time does anyone get past this.
            all.await(60, TimeUnit.SECONDS);
          } catch (Exception e) {
            throw new IOException(e);
          }
          return new Renderer.Passed(Reason.SET_COOKIE);
        };
    assertEquals(10, Parallel.run(10, () -> get(together)).size());
    clock.advance(Notes.SHORT_MEMORY);
    assertOneRendersForAll(); // It is no longer remembered.
  }

  @Test
  void aSilentStoreIsAskedByTheProbeAlone() throws Exception {
    store.silent = true;
    assertEquals("1", textOf(get(renders("1"))));
    int asked = store.asked.get();
    for (int i = 0; i < 20; i++) {
      Outcome outcome = get(renders("2"));
      assertEquals("lms; fwd=bypass; detail=anon/store", outcome.cacheStatus(clock.instant()));
      clock.advance(Duration.ofSeconds(1));
    }
    assertEquals(asked, store.asked.get(), "nobody asked");
    assertEquals(1, probes.size(), "one probe at a time");
    probes.remove().run();
    assertEquals(asked + 1, store.asked.get());
    get(renders("3"));
    assertEquals(0, probes.size(), "the next one comes after a pause");
    clock.advance(Breaker.PAUSE);
    get(renders("3"));
    store.silent = false;
    probes.remove().run();
    assertTrue(get(renders("4")).stored());
    assertEquals(Source.HIT, get(renders("5")).source());
  }

  @Test
  void withoutTheStoreRendersAreSharedAllTheSame() throws Exception {
    store.silent = true;
    get(renders("0"));
    Parked leader = park(renders("1"));
    List<Future<Outcome>> followers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      followers.add(follower(renders("2")));
    }
    leader.letGo().countDown();
    assertEquals("1", textOf(done(leader.request())));
    for (Future<Outcome> follower : followers) {
      assertEquals("2", textOf(done(follower)), "nobody knows whether the first was purged since");
    }
    assertEquals(3, renders.get());
  }

  @Test
  void withoutTheStoreOneRenderThatFailsLeavesTheNextOneShared() throws Exception {
    store.silent = true;
    get(renders("0"));
    Parked leader =
        park(
            (key, stale, release) -> {
              renders.incrementAndGet();
              return new Renderer.Passed(Reason.ABORTED);
            });
    List<Future<Outcome>> followers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      followers.add(follower(renders("2")));
    }
    leader.letGo().countDown();
    assertEquals(Optional.empty(), done(leader.request()).page());
    for (Future<Outcome> follower : followers) {
      assertEquals("2", textOf(done(follower)));
    }
    assertEquals(3, renders.get());
  }

  @Test
  void whatFailsLateDoesNotOpenTheBreakerAgain() throws Exception {
    Breaker breaker = new Breaker(() -> store.lookup(KEY, Stamp.NONE), probes::add, clock::nanos);
    Breaker.Spell early = breaker.enter();
    Breaker.Spell late = breaker.enter();
    assertTrue(early != null && late != null);
    breaker.failed(early, new PageStoreException("silent", new IOException()));
    assertEquals(null, breaker.enter());
    probes.remove().run();
    breaker.failed(late, new PageStoreException("silent", new IOException()));
    assertTrue(breaker.enter() != null);
    assertEquals(Optional.empty(), Optional.ofNullable(probes.poll()));
  }
}
