// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lms.demo.monitor.Metrics;
import dev.lms.pagecache.CacheStats;
import dev.lms.pagecache.Warmer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkersTest {
  private static final CacheStats STATS =
      new CacheStats(
          List.of(
              new CacheStats.Line(
                  "/course/{code}/view",
                  "anon",
                  CacheStats.Counts.of(
                      Map.of(
                          "hits",
                          7L,
                          "stale",
                          5L,
                          "collapsed",
                          1L,
                          "misses",
                          3L,
                          "stored",
                          2L,
                          "refused",
                          1L,
                          "bytesServed",
                          123_456L),
                      Duration.ofMillis(1500)),
                  Map.of("purged", 1L)),
              new CacheStats.Line(
                  "POST \"quoted\" \\n",
                  "user",
                  CacheStats.Counts.of(Map.of("bypassed", 4L), Duration.ZERO),
                  Map.of("post", 3L, "who", 1L))),
          98_765,
          43_210);

  private static String metrics(CacheStats stats) {
    return new Metrics()
        .add(new CacheMetrics(() -> stats, () -> new Warmer.Progress(1, 2, 3, 4)))
        .text();
  }

  @Test
  void whatMetricsSayIsReadBack() {
    assertEquals(STATS, Workers.read("# HELP\nlms_other_total 1\n" + metrics(STATS)));
  }

  @Test
  void workersAreAddedUp() {
    List<Workers.Found> two = List.of(new Workers.Found(1, STATS), new Workers.Found(2, STATS));
    CacheReport report = CacheReport.of(Workers.together(two));
    CacheReport.Counts anon = requireNonNull(report.variants().get("anon"));
    assertEquals(14, anon.hits());
    assertEquals(10, anon.stale());
    assertEquals(3.0, anon.renderSecondsSaved());
    assertEquals(Map.of("purged", 2L, "post", 6L, "who", 2L), report.passed());
    assertEquals(2 * 98_765, report.bytes());
    assertEquals(43_210, report.sharedBytes(), "all workers share it");
  }

  @Test
  void anotherProgramsMetricsAreNotAWorker() {
    assertThrows(IllegalArgumentException.class, () -> Workers.read("go_goroutines 7\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, http://127.0.0.1:80",
    "'::', http://[::1]:80",
    "'::1', http://[::1]:80",
    "localhost, http://localhost:80"
  })
  void aWorkerIsReachedFromThisMachine(String host, String uri) {
    assertEquals(URI.create(uri), Workers.at(host, 80));
  }

  /** Another program may listen on a worker's port and say anything, of any length. */
  @Test
  void hostileMetricsAreReadInOnePass() {
    for (String start : List.of("", "a{", "a{b=\"", "lms_page_cache_bytes{route=\"", "a{b=\"c\"")) {
      for (String part : List.of("\\x", "\\", "}", "} x", "\"", "{", " ", ",", "a", "a=\"b\",")) {
        String line = start + part.repeat(100_000);
        assertTimeoutPreemptively(
            Duration.ofMinutes(1),
            () -> assertThrows(IllegalArgumentException.class, () -> Workers.read(line)),
            start + part);
      }
    }
  }

  @Test
  void aLabelMayHaveAnyLength() {
    String route = "\\x".repeat(500_000);
    assertEquals(7, Workers.read("lms_page_cache_bytes{a=\"" + route + "\"} 7").bytes());
  }
}
