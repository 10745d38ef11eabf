// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** P7: a hundred thousand addresses nobody asked for before, through the filter. */
class FloodTest {
  private static final int FLOOD = 100_000;
  private static final long CAP = 4 << 20;

  /** Far less than the flood would take if it were kept, far more than a full cache does. */
  private static final long MARGIN = 24 << 20;

  private static final PageRule NONE_DECLARED = PageRule.shared(Duration.ofMinutes(10));
  private static final Map<String, PageRule> RULES =
      Map.of(
          "/hot",
          NONE_DECLARED,
          "/search",
          NONE_DECLARED.withParameters("q"),
          "/mints",
          NONE_DECLARED.withParameters("q"),
          "/plain",
          NONE_DECLARED);

  private final ManualClock clock = new ManualClock();
  private final PageCache cache =
      PageCache.builder(new LocalPageStore(CAP, PurgeCounters.inProcess(), clock, clock::nanos))
          .clock(clock)
          .build();
  private final PageCacheFilter filter =
      PageCacheFilter.builder(
              cache,
              exchange -> Optional.ofNullable(RULES.get(exchange.getRequestURI().getPath())),
              exchange -> Asker.ANONYMOUS)
          .personalReads(exchange -> 0)
          .build();
  private int renders;

  private void handle(HttpExchange exchange) throws IOException {
    renders++;
    String text = exchange.getRequestURI() + " " + "some text about it ".repeat(5);
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    if (exchange.getRequestURI().getPath().equals("/mints")) {
      exchange.getResponseHeaders().set("Set-Cookie", "id=" + renders);
    }
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String ask(String target) throws IOException {
    MemoryExchange exchange = new MemoryExchange(URI.create(target));
    new Filter.Chain(List.of(filter), this::handle).doFilter(exchange);
    assertEquals(200, exchange.getResponseCode());
    return String.valueOf(exchange.getResponseHeaders().getFirst("Cache-Status"));
  }

  /** Each of the flood, and the hot page after every tenth, which hits each time. */
  private void flood(String path, String expected) throws IOException {
    ask("/hot");
    for (int i = 0; i < FLOOD; i++) {
      String status = ask(path + i);
      assertTrue(status.startsWith(expected), path + i + ": " + status);
      if (i % 10 == 0) {
        String hot = ask("/hot");
        assertTrue(hot.startsWith("lms; hit"), "the hot page after " + i + ": " + hot);
      }
      if (i % 10_000 == 0) {
        assertTrue(cache.stats().bytes() <= CAP, cache.stats().bytes() + " bytes after " + i);
      }
    }
    assertTrue(cache.stats().bytes() <= CAP, cache.stats().bytes() + " bytes");
  }

  private static long usedHeap() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private void assertHeapStaysFlat(String path, String expected) throws IOException {
    long before = usedHeap();
    flood(path, expected);
    long grown = usedHeap() - before;
    assertTrue(grown < CAP + MARGIN, "the heap grew by " + grown + " bytes");
  }

  @Test
  void pagesOfUniqueQueriesStayWithinTheCapAndSpareTheHotPage() throws Exception {
    assertHeapStaysFlat("/search?q=", "lms; fwd=miss");
    assertTrue(cache.stats().bytes() > CAP / 2, "the cap is used");
  }

  @Test
  void whatIsRememberedOfUncacheablePagesIsBoundedToo() throws Exception {
    assertHeapStaysFlat("/mints?q=", "lms; fwd=miss; detail=anon/set-cookie");
    assertTrue(cache.noteBytes() <= PageCache.MEMORY_BYTES, cache.noteBytes() + " bytes of notes");
    assertTrue(cache.noteBytes() > 0);
  }

  @Test
  void undeclaredQueriesAreAllOnePage() throws Exception {
    ask("/plain");
    flood("/plain?q=", "lms; hit");
    assertEquals(2, renders, "one of /plain, one of the hot page");
  }
}
