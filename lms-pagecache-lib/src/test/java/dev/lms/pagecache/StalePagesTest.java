// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.Outcome.Source;
import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.contract.Parallel;
import dev.lms.pagecache.engine.Breaker;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.policy.ReusePolicy;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pages past their freshness: within declared windows, and never past a purge. */
class StalePagesTest {
  private static final Duration TTL = Duration.ofSeconds(90);
  private static final Duration WINDOW = Duration.ofSeconds(30);
  private static final PageRule REVALIDATING =
      PageRule.shared(TTL).withStaleWhileRevalidate(WINDOW);
  private static final PageRule IF_ERROR = PageRule.shared(TTL).withStaleIfError(WINDOW);
  private static final Asker ANNA = Asker.person("anna");

  private final ManualClock clock = new ManualClock();
  private final LocalPageStore store =
      new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock, clock::nanos);
  private final Queue<Runnable> later = new ArrayDeque<>();
  private final PageCache cache = cache(later::add);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private PageCache cache(
      java.util.concurrent.@org.jspecify.annotations.Nullable Executor executor) {
    return new PageCache(
        store,
        clock,
        1 << 20,
        Duration.ofSeconds(20),
        executor,
        System::nanoTime,
        Breaker::onThreadOfItsOwn,
        new Counters(List.of()));
  }

  private Renderer renders(PageRule rule, String text) {
    return (key, stale, release) -> new Renderer.Storable(page(rule, key, text), key);
  }

  private Page page(PageRule rule, PageKey key, String text) {
    Fields fields = new Fields(Map.of("Content-Type", List.of("text/html")));
    return Page.of(
        new Answer(200, fields, Body.of(text.getBytes(StandardCharsets.UTF_8))),
        key,
        Set.of("t"),
        clock.instant(),
        TTL,
        ReusePolicy.keptStale(rule.terms(), fields));
  }

  private static Renderer fails() {
    return (key, stale, release) -> {
      throw new IOException("the database is gone");
    };
  }

  private static Renderer passes(Reason reason) {
    return (key, stale, release) -> new Renderer.Passed(reason);
  }

  private static Renderer never() {
    return (key, stale, release) -> {
      throw new AssertionError("rendered");
    };
  }

  private Outcome get(PageCache from, PageRule rule, PageKey key, Renderer renderer)
      throws IOException {
    return from.get(key, Asker.ANONYMOUS, PresentedRequest.of(rule), renderer);
  }

  private static String textOf(Outcome outcome) {
    return text(outcome.page().orElseThrow());
  }

  private void assertServes(Source source, String text, Outcome outcome) {
    assertSame(source, outcome.source());
    assertEquals(text, textOf(outcome));
  }

  @Test
  void aStalePageIsServedWhileOneRenderInTheBackgroundReplacesIt() throws Exception {
    PageKey key = key("/a");
    PresentedRequest request = PresentedRequest.of(REVALIDATING);
    get(cache, REVALIDATING, key, renders(REVALIDATING, "old"));
    clock.advance(TTL.plusSeconds(5));
    for (int i = 0; i < 10; i++) {
      Outcome outcome = get(cache, REVALIDATING, key, never());
      assertServes(Source.STALE, "old", outcome);
      assertEquals("lms; hit; ttl=-5; detail=anon", outcome.cacheStatus(clock.instant()));
      cache.revalidate(key, request, renders(REVALIDATING, "new"));
    }
    assertEquals(1, later.size(), "one render for all");
    later.remove().run();
    assertServes(Source.HIT, "new", get(cache, REVALIDATING, key, never()));
    cache.revalidate(key, request, never());
    later.remove().run(); // finds a fresh page and does nothing
    assertServes(Source.HIT, "new", get(cache, REVALIDATING, key, never()));
  }

  @Test
  void whoFindsNothingJoinsTheRenderInTheBackground() throws Exception {
    PageKey key = key("/a");
    PageCache parallel = cache(threads);
    get(parallel, REVALIDATING, key, renders(REVALIDATING, "old"));
    clock.advance(TTL.plusSeconds(5));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    parallel.revalidate(
        key,
        PresentedRequest.of(REVALIDATING),
        (k, stale, release) -> {
          begun.countDown();
          await(letGo);
          return new Renderer.Storable(page(REVALIDATING, k, "new"), k);
        });
    await(begun);
    clock.advance(WINDOW);
    Future<Outcome> joins = threads.submit(() -> get(parallel, REVALIDATING, key, never()));
    letGo.countDown();
    assertEquals("new", textOf(joins.get(60, TimeUnit.SECONDS)));
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void afterTheWindowNothingStaleIsServed() throws Exception {
    PageKey key = key("/a");
    get(cache, REVALIDATING, key, renders(REVALIDATING, "old"));
    clock.advance(TTL.plus(WINDOW));
    assertServes(Source.MISS, "new", get(cache, REVALIDATING, key, renders(REVALIDATING, "new")));
  }

  @Test
  void withoutAWindowNothingStaleIsServed() throws Exception {
    PageKey key = key("/a");
    PageRule none = PageRule.shared(TTL);
    get(cache, none, key, renders(REVALIDATING, "old"));
    clock.advance(TTL);
    Outcome outcome = get(cache, none, key, renders(none, "new"));
    assertServes(Source.EXPIRED, "new", outcome);
    assertEquals("lms; fwd=stale; stored; detail=anon", outcome.cacheStatus(clock.instant()));
  }

  /** P1: what was purged is not served stale, and a render from before the purge is not stored. */
  @Test
  void aPurgeBeatsAStalePageAndItsRenderInTheBackground() throws Exception {
    PageKey key = key("/a");
    get(cache, REVALIDATING, key, renders(REVALIDATING, "old"));
    clock.advance(TTL);
    assertServes(Source.STALE, "old", get(cache, REVALIDATING, key, never()));
    cache.revalidate(
        key,
        PresentedRequest.of(REVALIDATING),
        (k, stale, release) -> {
          Page before = page(REVALIDATING, k, "rendered before the purge");
          cache.purge("t");
          return new Renderer.Storable(before, k);
        });
    later.remove().run();
    assertServes(Source.MISS, "new", get(cache, REVALIDATING, key, renders(REVALIDATING, "new")));
  }

  /** Who they are is known of a request only: one of them renders, the others do not wait. */
  @Test
  void pagesForPeopleAreRenderedByOneRequestWhileOthersGetTheStaleOne() throws Exception {
    PageKey key = key("/a", Variant.AUTH);
    PresentedRequest request = PresentedRequest.of(REVALIDATING);
    cache.get(key, ANNA, request, renders(REVALIDATING, "old"));
    clock.advance(TTL);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    Future<Outcome> leader =
        threads.submit(
            () ->
                cache.get(
                    key,
                    ANNA,
                    request,
                    (k, stale, release) -> {
                      begun.countDown();
                      await(letGo);
                      return new Renderer.Storable(page(REVALIDATING, k, "new"), k);
                    }));
    await(begun);
    assertServes(Source.STALE, "old", cache.get(key, Asker.person("ben"), request, never()));
    cache.revalidate(key, request, never());
    assertEquals(0, later.size());
    letGo.countDown();
    assertServes(Source.EXPIRED, "new", leader.get(60, TimeUnit.SECONDS));
    assertServes(Source.HIT, "new", cache.get(key, ANNA, request, never()));
  }

  @Test
  void aFailureInTheBackgroundKeepsTheStalePageAndTriesAgain() throws Exception {
    PageKey key = key("/a");
    PresentedRequest request = PresentedRequest.of(REVALIDATING);
    get(cache, REVALIDATING, key, renders(REVALIDATING, "old"));
    clock.advance(TTL);
    for (Renderer renderer : List.of(fails(), passes(Reason.ERROR), passes(Reason.SET_COOKIE))) {
      cache.revalidate(key, request, renderer);
      later.remove().run();
      assertServes(Source.STALE, "old", get(cache, REVALIDATING, key, never()));
    }
    cache.revalidate(key, request, renders(REVALIDATING, "new"));
    later.remove().run();
    assertServes(Source.HIT, "new", get(cache, REVALIDATING, key, never()));
  }

  @Test
  void anExecutorThatTakesNoMoreMeansLater() throws Exception {
    PageKey key = key("/a");
    Queue<RuntimeException> full = new ArrayDeque<>(List.of(new RejectedExecutionException()));
    PageCache busy =
        cache(
            work -> {
              if (!full.isEmpty()) {
                throw full.remove();
              }
              work.run();
            });
    PresentedRequest request = PresentedRequest.of(REVALIDATING);
    get(busy, REVALIDATING, key, renders(REVALIDATING, "old"));
    clock.advance(TTL);
    busy.revalidate(key, request, renders(REVALIDATING, "new"));
    assertServes(Source.STALE, "old", get(busy, REVALIDATING, key, never()));
    busy.revalidate(key, request, renders(REVALIDATING, "new"));
    assertServes(Source.HIT, "new", get(busy, REVALIDATING, key, never()));
  }

  @Test
  void aStalePageStandsInForARenderThatFails() throws Exception {
    PageKey key = key("/a");
    get(cache, IF_ERROR, key, renders(IF_ERROR, "old"));
    clock.advance(TTL.plus(WINDOW).minusMillis(1));
    Outcome thrown = get(cache, IF_ERROR, key, fails());
    assertServes(Source.STALE_IF_ERROR, "old", thrown);
    assertEquals("lms; fwd=stale; detail=anon/aborted", thrown.cacheStatus(clock.instant()));
    Outcome error = get(cache, IF_ERROR, key, passes(Reason.ERROR));
    assertServes(Source.STALE_IF_ERROR, "old", error);
    assertEquals("lms; fwd=stale; detail=anon/error", error.cacheStatus(clock.instant()));
    assertEquals(
        Optional.empty(),
        get(cache, IF_ERROR, key, passes(Reason.SET_COOKIE)).page(),
        "an answer that is no failure is the answer");
    clock.advance(Duration.ofMillis(1));
    assertThrows(IOException.class, () -> get(cache, IF_ERROR, key, fails()));
  }

  @Test
  void whoeverWaitsForAFailingRenderGetsTheStalePageToo() throws Exception {
    PageKey key = key("/a");
    get(cache, IF_ERROR, key, renders(IF_ERROR, "old"));
    clock.advance(TTL);
    List<Outcome> all = Parallel.run(50, () -> get(cache, IF_ERROR, key, passes(Reason.ERROR)));
    assertTrue(all.stream().allMatch(outcome -> textOf(outcome).equals("old")));
  }

  /** Half an answer has left already: nothing can stand in for the rest. */
  @Test
  void nothingStandsInForAnAnswerThatIsUnderWay() throws Exception {
    PageKey key = key("/a");
    get(cache, IF_ERROR, key, renders(IF_ERROR, "old"));
    clock.advance(TTL);
    assertThrows(
        IOException.class,
        () ->
            get(
                cache,
                IF_ERROR,
                key,
                (k, stale, release) -> {
                  release.run();
                  throw new IOException("the disk is gone");
                }));
  }

  @Test
  void aPurgeDuringAFailingRenderLeavesNothingToStandIn() throws Exception {
    PageKey key = key("/a");
    get(cache, IF_ERROR, key, renders(IF_ERROR, "old"));
    clock.advance(TTL);
    assertThrows(
        IOException.class,
        () ->
            get(
                cache,
                IF_ERROR,
                key,
                (k, stale, release) -> {
                  cache.purge("t");
                  throw new IOException("the database is gone");
                }));
  }
}
