// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.demo.cache.CacheReport;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StatsTableTest {
  private static CacheReport.Counts counts(long hits, long misses, long bypassed) {
    return new CacheReport.Counts(hits, 0, 0, misses, misses, 0, bypassed, 2048, 0.0015, Map.of());
  }

  @Test
  void columnsAreAlignedAndFilesLeftOut() {
    Map<String, Map<String, CacheReport.Counts>> routes = new TreeMap<>();
    routes.put("/static/{hash}/{name}", Map.of("anon", counts(0, 0, 9)));
    routes.put("/robots.txt", Map.of("anon", counts(0, 0, 1)));
    routes.put("/home", Map.of("anon", counts(2, 1, 0), "auth", counts(0, 0, 0)));
    routes.put("/user/account", Map.of("user", counts(0, 0, 12)));
    CacheReport report =
        new CacheReport(0, 0, Map.of("anon", counts(999, 1, 10)), routes, Map.of());
    assertEquals(
        List.of(
            "ROUTE          VARIANT  HIT %  HITS  STALE  SHARED  MISSES  STORED  BYPASSED  KB  SAVED S",
            "all            anon      99.9   999      0       0       1       1        10   2    0.002",
            "/home          anon      66.7     2      0       0       1       1         0   2    0.002",
            "/user/account  user         -     0      0       0       0       0        12   2    0.002"),
        StatsTable.of(report));
  }
}
