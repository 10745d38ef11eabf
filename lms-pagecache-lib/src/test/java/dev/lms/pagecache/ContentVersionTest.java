// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static dev.lms.pagecache.Pages.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.Outcome.Source;
import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.engine.Breaker;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While the store is silent: which pages answer by the version of what they are made from. */
class ContentVersionTest {
  private static final PageKey KEY = key("/a");

  private final ManualClock clock = new ManualClock();
  private final SilentStore store = new SilentStore(clock);
  private final Queue<Runnable> probes = new ArrayDeque<>();
  private final PageCache cache = store.cache(probes::add);

  /** What pages are made from, and how often a page was. */
  private String content = "first";

  private Optional<String> version = Optional.of("1");
  private int renders;

  @BeforeEach
  void silence() {
    store.silent = true;
  }

  private void change(String to) {
    content = to;
    version = version.map(old -> old + "'");
  }

  private Renderer.Result render(PageKey key) {
    renders++;
    return new Renderer.Storable(page(key, content, clock.instant(), "t"), key);
  }

  private Outcome get() throws IOException {
    return get(PresentedRequest.of(Pages.RULE.withContentVersion(() -> version)));
  }

  private Outcome get(PresentedRequest request) throws IOException {
    return cache.get(KEY, Asker.ANONYMOUS, request, (key, stale, release) -> render(key));
  }

  private void assertAnswered(String expected, int rendersSoFar) throws IOException {
    assertEquals(expected, text(get().page().orElseThrow()));
    assertEquals(rendersSoFar, renders);
  }

  @Test
  void whatHasNotChangedIsRenderedOnce() throws Exception {
    assertEquals(Source.BYPASS, get().source());
    clock.advance(Duration.ofSeconds(1));
    for (int i = 0; i < 10; i++) {
      Outcome again = get();
      assertEquals("lms; hit; ttl=89; detail=anon", again.cacheStatus(clock.instant()));
    }
    assertAnswered("first", 1);
  }

  @Test
  void aChangeIsSeenByTheNextRequest() throws Exception {
    assertAnswered("first", 1);
    change("second");
    assertAnswered("second", 2);
    assertAnswered("second", 2);
  }

  @Test
  void aChangeDuringTheRenderIsSeenByTheNextRequest() throws Exception {
    Outcome during =
        cache.get(
            KEY,
            Asker.ANONYMOUS,
            PresentedRequest.of(Pages.RULE.withContentVersion(() -> version)),
            (key, stale, release) -> {
              Renderer.Result read = render(key);
              change("second");
              return read;
            });
    assertEquals("first", text(during.page().orElseThrow()));
    assertAnswered("second", 2);
  }

  @Test
  void noPageOutlivesItsFreshness() throws Exception {
    assertAnswered("first", 1);
    clock.advance(Pages.RULE.ttl());
    assertAnswered("first", 2);
  }

  @Test
  void whoCannotTellTheVersionRenders() throws Exception {
    assertAnswered("first", 1);
    version = Optional.empty();
    assertAnswered("first", 2);
    assertAnswered("first", 3);
    PageRule failing =
        Pages.RULE.withContentVersion(
            () -> {
              throw new IllegalStateException("the database is away");
            });
    get(PresentedRequest.of(failing));
    get(PresentedRequest.of(failing));
    assertEquals(5, renders);
  }

  @Test
  void aRouteWithoutVersionRendersEachTime() throws Exception {
    get(PresentedRequest.of(Pages.RULE));
    get(PresentedRequest.of(Pages.RULE));
    assertEquals(2, renders);
  }

  @Test
  void whoShowsAReceiptIsGivenARender() throws Exception {
    assertAnswered("first", 1);
    Optional<Receipt> receipt = Optional.of(Receipt.of(new Stamp("epoch", 7)));
    get(new PresentedRequest(Pages.RULE.withContentVersion(() -> version), Fields.NONE, receipt));
    assertEquals(2, renders);
  }

  @Test
  void whatThePageDependsOnBesidesMayBePurgedBetweenOutages() throws Exception {
    assertAnswered("first", 1);
    store.silent = false;
    clock.advance(Breaker.PAUSE);
    get();
    probes.remove().run();
    assertTrue(get().stored());
    cache.purge("t");
    store.silent = true;
    int before = renders;
    get();
    assertEquals(before + 1, renders);
  }

  @Test
  void pagesOfAnOutageTakeABoundedNumberOfBytes() throws Exception {
    PresentedRequest request = PresentedRequest.of(Pages.RULE.withContentVersion(() -> version));
    content = "x".repeat(100_000);
    for (int i = 0; i < 100; i++) {
      PageKey key = key("/" + i);
      cache.get(key, Asker.ANONYMOUS, request, (k, stale, release) -> render(k));
    }
    int hits = 0;
    for (int i = 0; i < 100; i++) {
      Outcome again =
          cache.get(
              key("/" + i),
              Asker.ANONYMOUS,
              request,
              (k, stale, release) -> new Renderer.Passed(Reason.STATUS));
      hits += again.source() == Source.HIT ? 1 : 0;
    }
    assertTrue(hits > 10 && hits <= 42, hits + " pages of 100 KB");
  }
}
