// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import dev.lms.demo.cache.CacheReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What page caches counted, in columns. */
final class StatsTable {
  /** Files are not pages: they pass the cache by, and would only be noise here. */
  private static final Set<String> FILES = Set.of("/favicon.ico", "/robots.txt", "/workers/pages");

  private static final List<String> HEADER =
      List.of(
          "ROUTE",
          "VARIANT",
          "HIT %",
          "HITS",
          "STALE",
          "SHARED",
          "MISSES",
          "STORED",
          "BYPASSED",
          "KB",
          "SAVED S");

  private StatsTable() {}

  /** A line for each variant, then one for each variant of each route that was asked for. */
  static List<String> of(CacheReport report) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADER);
    report.variants().forEach((variant, counts) -> add(rows, "all", variant, counts));
    for (Map.Entry<String, Map<String, CacheReport.Counts>> route : report.routes().entrySet()) {
      if (!route.getKey().startsWith("/static/") && !FILES.contains(route.getKey())) {
        route.getValue().forEach((variant, counts) -> add(rows, route.getKey(), variant, counts));
      }
    }
    return aligned(rows);
  }

  private static void add(
      List<List<String>> rows, String route, String variant, CacheReport.Counts counts) {
    long answered = counts.hits() + counts.stale() + counts.collapsed();
    long asked = answered + counts.misses();
    if (asked + counts.bypassed() == 0) {
      return;
    }
    rows.add(
        List.of(
            route,
            variant,
            asked == 0 ? "-" : String.format(Locale.ROOT, "%.1f", 100.0 * answered / asked),
            Long.toString(counts.hits()),
            Long.toString(counts.stale()),
            Long.toString(counts.collapsed()),
            Long.toString(counts.misses()),
            Long.toString(counts.stored()),
            Long.toString(counts.bypassed()),
            Long.toString(counts.bytesServed() / 1024),
            String.format(Locale.ROOT, "%.3f", counts.renderSecondsSaved())));
  }

  /** Names to the left, numbers to the right. */
  private static List<String> aligned(List<List<String>> rows) {
    int[] width = new int[HEADER.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < width.length; i++) {
        width[i] = Math.max(width[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < width.length; i++) {
        String padding = " ".repeat(width[i] - row.get(i).length());
        line.append(i == 0 ? "" : "  ").append(i < 2 ? row.get(i) + padding : padding + row.get(i));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
