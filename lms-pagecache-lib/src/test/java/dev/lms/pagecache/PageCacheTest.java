// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.Outcome.Source;
import dev.lms.pagecache.contract.Parallel;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PageCacheTest extends PageCacheFixture {
  private static final Asker ANNA = Asker.person("anna");
  private static final Asker BEN = Asker.person("ben");

  private static PageKey onRoute(String path, Variant variant, String route) {
    return PageKey.builder("", path).route(route).of(variant.text());
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
            Runnable::run,
            new Counters(List.of()));
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
    cache.counters().sent("/home", hit, 1234);
    cache.get(onRoute("/b", Variant.AUTH, "/b"), ANNA, REQUEST, passes(Reason.SET_COOKIE));
    cache.counters().bypass("/b", Variant.Kind.USER, Reason.POST);
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
      cache.counters().bypass("/" + i, Variant.Kind.ANON, Reason.NEVER);
    }
    assertEquals(Counters.MAX_ROUTES + 1, cache.stats().byRoute().size());
    assertEquals(
        2 * Counters.MAX_ROUTES,
        requireNonNull(cache.stats().byRoute().get(Counters.OTHER)).bypassed());
  }

  @Test
  void theRouteIsNoPartOfTheKey() {
    assertEquals(KEY, onRoute("/a", Variant.ANON, "/home"));
    assertEquals(
        "/home", onRoute("/a", Variant.ANON, "/home").withVariant(Variant.AUTH.text()).route());
  }
}
