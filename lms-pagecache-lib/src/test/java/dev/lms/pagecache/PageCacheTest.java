// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static dev.lms.pagecache.Pages.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.Outcome.Source;
import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.contract.Parallel;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PageCacheTest {
  private static final Asker ANNA = Asker.person("anna");
  private static final Asker BEN = Asker.person("ben");
  private static final PageKey KEY = key("/a");
  private static final PresentedRequest REQUEST = PresentedRequest.of(Pages.RULE.withTags("t"));

  private final ManualClock clock = new ManualClock();
  private final PageStore store =
      new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock, clock::nanos);
  private final PageCache cache =
      new PageCache(
          store,
          clock,
          PageCache.DEFAULT_MAX_PAGE_BYTES,
          PageCache.DEFAULT_MAX_WAIT,
          null,
          clock::nanos,
          Runnable::run);
  private final AtomicInteger renders = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private static PageKey onRoute(String path, Variant variant, String route) {
    return PageKey.builder("", path).route(route).of(variant.text());
  }

  private Outcome get(PageCache from, Renderer renderer) throws IOException {
    return from.get(KEY, Asker.ANONYMOUS, REQUEST, renderer);
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
      assertTrue(latch.await(20, TimeUnit.SECONDS), "nobody came");
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private <T> T done(Future<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

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
      long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
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
  void rendersOnceAndThenHits() throws Exception {
    assertEquals(
        "lms; fwd=miss; stored; detail=anon",
        get(cache, renders("1")).cacheStatus(clock.instant()));
    clock.advance(Duration.ofSeconds(3));
    Outcome second = get(cache, renders("2"));
    assertEquals("lms; hit; ttl=87; detail=anon", second.cacheStatus(clock.instant()));
    assertEquals("1", textOf(second));
    assertEquals(1, renders.get());
  }

  @Test
  void twoHundredColdRequestsRenderOnce() throws Exception {
    for (int round = 0; round < 20; round++) {
      PageKey key = key("/" + round);
      renders.set(0);
      List<Outcome> all =
          Parallel.run(200, () -> cache.get(key, Asker.ANONYMOUS, REQUEST, renders("one")));
      assertEquals(1, renders.get());
      assertTrue(all.stream().allMatch(outcome -> textOf(outcome).equals("one")));
      assertEquals(1, all.stream().filter(Outcome::stored).count());
    }
  }

  /** A request that missed by a hair what a flight then stored looks again. */
  @Test
  void aMissThatIsOvertakenByALandingRendersNothing() throws Exception {
    CountDownLatch missed = new CountDownLatch(1);
    CountDownLatch landed = new CountDownLatch(1);
    ThreadLocal<Boolean> slow = ThreadLocal.withInitial(() -> false);
    PageCache overtaken =
        PageCache.builder(
                new Wrapped(store) {
                  @Override
                  public Lookup lookup(PageKey key, Stamp seen) {
                    Lookup found = super.lookup(key, seen);
                    if (slow.get()) {
                      slow.set(false);
                      missed.countDown();
                      try {
                        await(landed);
                      } catch (IOException e) {
                        throw new IllegalStateException(e);
                      }
                    }
                    return found;
                  }
                })
            .clock(clock)
            .build();
    Future<Outcome> late =
        threads.submit(
            () -> {
              slow.set(true);
              return get(overtaken, renders("late"));
            });
    await(missed);
    assertTrue(get(overtaken, renders("first")).stored());
    landed.countDown();
    assertEquals("first", textOf(done(late)));
    assertEquals(Source.HIT, done(late).source());
    assertEquals(1, renders.get());
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
                    all.await(10, TimeUnit.SECONDS);
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

  @Test
  void whatWasUncacheableMayBecomeCacheable() throws Exception {
    get(cache, passes(Reason.STATUS));
    assertTrue(get(cache, renders("now")).stored());
    assertEquals(Source.HIT, get(cache, renders("x")).source());
  }

  @Test
  void aPersonalPageIsStoredForThatPersonOnly() throws Exception {
    PageKey shared = key("/a", Variant.AUTH);
    Renderer personal =
        (key, stale, release) -> {
          int number = renders.incrementAndGet();
          Asker asker = number == 1 ? ANNA : BEN;
          return new Renderer.Storable(
              page(key.withVariant(Variant.user(asker).text()), asker.id(), clock.instant()),
              key.withVariant(Variant.user(asker).text()));
        };
    assertEquals("anna", textOf(cache.get(shared, ANNA, REQUEST, personal)));
    assertEquals("ben", textOf(cache.get(shared, BEN, REQUEST, personal)));
    Outcome again = cache.get(shared, ANNA, REQUEST, personal);
    assertEquals("anna", textOf(again));
    assertEquals("lms; hit; ttl=90; detail=user", again.cacheStatus(clock.instant()));
    assertEquals("ben", textOf(cache.get(shared, BEN, REQUEST, personal)));
    assertEquals(2, renders.get());
  }

  @Test
  void aPersonalPageIsNeverSharedWithinAFlight() throws Exception {
    PageKey shared = key("/a", Variant.AUTH);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    Future<Outcome> anna =
        threads.submit(
            () ->
                cache.get(
                    shared,
                    ANNA,
                    REQUEST,
                    (key, stale, release) -> {
                      begun.countDown();
                      await(letGo);
                      return new Renderer.Storable(
                          page(key.withVariant(Variant.user(ANNA).text()), "anna", clock.instant()),
                          key.withVariant(Variant.user(ANNA).text()));
                    }));
    await(begun);
    Future<Outcome> ben =
        threads.submit(
            () ->
                cache.get(
                    shared,
                    BEN,
                    REQUEST,
                    (key, stale, release) ->
                        new Renderer.Storable(
                            page(key.withVariant(Variant.user(BEN).text()), "ben", clock.instant()),
                            key.withVariant(Variant.user(BEN).text()))));
    letGo.countDown();
    assertEquals("anna", textOf(done(anna)));
    assertEquals("ben", textOf(done(ben)));
  }

  /** Passes everything on; tests override what should misbehave. */
  private static class Wrapped implements PageStore {
    private final PageStore inner;

    Wrapped(PageStore inner) {
      this.inner = inner;
    }

    @Override
    public Lookup lookup(PageKey key, Stamp seen) {
      return inner.lookup(key, seen);
    }

    @Override
    public Stored store(PageKey key, Page page, Stamp stamp) {
      return inner.store(key, page, stamp);
    }

    @Override
    public void purge(Collection<String> tags) {
      inner.purge(tags);
    }

    @Override
    public long bytes() {
      return inner.bytes();
    }
  }

  @Test
  void anOutageOfTheStoreMeansRenderingAndEndsByItself() throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    boolean[] down = {true};
    PageCache flaky =
        new PageCache(
            new Wrapped(store) {
              @Override
              public Lookup lookup(PageKey key, Stamp seen) {
                lookups.incrementAndGet();
                if (down[0]) {
                  throw new PageStoreException("down", new IOException());
                }
                return super.lookup(key, seen);
              }

              @Override
              public void purge(Collection<String> tags) {
                throw new PageStoreException("down", new IOException());
              }
            },
            clock,
            PageCache.DEFAULT_MAX_PAGE_BYTES,
            PageCache.DEFAULT_MAX_WAIT,
            null,
            clock::nanos,
            Runnable::run);
    for (int i : IntStream.range(0, 5).toArray()) {
      Outcome outcome = get(flaky, renders("own" + i));
      assertEquals("own" + i, textOf(outcome));
      assertEquals("lms; fwd=bypass; detail=anon/store", outcome.cacheStatus(clock.instant()));
    }
    assertEquals(2, lookups.get(), "a store that is down is probed at once, then left in peace");
    assertThrows(PageStoreException.class, () -> flaky.purge("t"));
    down[0] = false;
    clock.advance(Duration.ofSeconds(1));
    get(flaky, renders("the probe is under way"));
    assertTrue(get(flaky, renders("up")).stored());
  }

  @Test
  void countsByRouteVariantAndReason() throws Exception {
    PageKey home = onRoute("/a", Variant.ANON, "/home");
    Renderer slow =
        (key, stale, nothing) -> {
          clock.advance(Duration.ofMillis(40));
          return renders("1").render(key, stale, nothing);
        };
    cache.get(home, Asker.ANONYMOUS, REQUEST, slow);
    Outcome hit = cache.get(home, Asker.ANONYMOUS, REQUEST, slow);
    cache.sent("/home", hit, 1234);
    cache.get(onRoute("/b", Variant.AUTH, "/b"), ANNA, REQUEST, passes(Reason.SET_COOKIE));
    cache.bypass("/b", Variant.Kind.USER, Reason.POST);
    CacheStats stats = cache.stats();
    CacheStats.Counts anon =
        new CacheStats.Counts(1, 0, 0, 1, 1, 0, 0, 1234, Duration.ofMillis(40));
    CacheStats.Counts auth = new CacheStats.Counts(0, 0, 0, 1, 0, 0, 0, 0, Duration.ZERO);
    CacheStats.Counts user = new CacheStats.Counts(0, 0, 0, 0, 0, 0, 1, 0, Duration.ZERO);
    assertEquals(
        List.of(
            List.of("/b", "auth", auth, java.util.Map.of("set-cookie", 1L)),
            List.of("/b", "user", user, java.util.Map.of("post", 1L)),
            List.of("/home", "anon", anon, java.util.Map.of())),
        stats.lines().stream()
            .map(line -> List.of(line.route(), line.variant(), line.counts(), line.passed()))
            .toList());
    assertEquals(anon, stats.byVariant().get("anon"));
    assertEquals(CacheStats.Counts.NONE, stats.byVariant().get("role"));
    assertEquals(auth.plus(user), stats.byRoute().get("/b"));
    assertEquals(java.util.Map.of("set-cookie", 1L, "post", 1L), stats.passedByReason());
    assertTrue(stats.bytes() > 0);
  }

  @Test
  void routesNamedAfterVisitorsDoNotFillTheMemory() {
    for (int i = 0; i < 3 * Counters.MAX_ROUTES; i++) {
      cache.bypass("/" + i, Variant.Kind.ANON, Reason.NEVER);
    }
    assertEquals(Counters.MAX_ROUTES + 1, cache.stats().byRoute().size());
    assertEquals(2 * Counters.MAX_ROUTES, cache.stats().byRoute().get(Counters.OTHER).bypassed());
  }

  @Test
  void theRouteIsNoPartOfTheKey() {
    assertEquals(KEY, onRoute("/a", Variant.ANON, "/home"));
    assertEquals(
        "/home", onRoute("/a", Variant.ANON, "/home").withVariant(Variant.AUTH.text()).route());
  }
}
