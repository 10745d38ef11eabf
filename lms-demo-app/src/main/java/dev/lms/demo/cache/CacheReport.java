// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import dev.lms.pagecache.CacheStats;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a page cache counted, in the words of {@code /debug/cache} and {@code lmsctl cache stats}.
 *
 * @param bytes memory that pages take in the workers
 * @param sharedBytes memory that pages take in the store that workers share
 * @param variants counts by variant
 * @param routes counts by route, and in each by variant
 * @param passed answers neither from the cache nor stored, by reason
 */
public record CacheReport(
    long bytes,
    long sharedBytes,
    Map<String, Counts> variants,
    Map<String, Map<String, Counts>> routes,
    Map<String, Long> passed) {

  /** Counts of a variant; {@code passed} tells why answers were not cached. */
  public record Counts(
      long hits,
      long stale,
      long collapsed,
      long misses,
      long stored,
      long refused,
      long bypassed,
      long bytesServed,
      double renderSecondsSaved,
      Map<String, Long> passed) {}

  /** Of these. */
  public static CacheReport of(CacheStats stats) {
    Map<String, Map<String, Long>> reasons = new TreeMap<>();
    Map<String, Map<String, Counts>> routes = new TreeMap<>();
    for (CacheStats.Line line : stats.lines()) {
      routes
          .computeIfAbsent(line.route(), first -> new TreeMap<>())
          .put(line.variant(), counts(line.counts(), line.passed()));
      Map<String, Long> sums = reasons.computeIfAbsent(line.variant(), first -> new TreeMap<>());
      line.passed().forEach((reason, count) -> sums.merge(reason, count, Long::sum));
    }
    Map<String, Counts> variants = new LinkedHashMap<>();
    stats
        .byVariant()
        .forEach(
            (variant, counts) ->
                variants.put(variant, counts(counts, reasons.getOrDefault(variant, Map.of()))));
    return new CacheReport(
        stats.bytes(), stats.sharedBytes(), variants, routes, stats.passedByReason());
  }

  private static Counts counts(CacheStats.Counts counts, Map<String, Long> passed) {
    return new Counts(
        counts.hits(),
        counts.stale(),
        counts.collapsed(),
        counts.misses(),
        counts.stored(),
        counts.refused(),
        counts.bypassed(),
        counts.bytesServed(),
        counts.renderTimeSaved().toNanos() / 1e9,
        new TreeMap<>(passed));
  }
}
