// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import static dev.lms.demo.monitor.Families.sample;

import dev.lms.demo.monitor.Families;
import dev.lms.demo.monitor.Metrics;
import dev.lms.pagecache.CacheStats;
import dev.lms.pagecache.Warmer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The page cache on {@code /metrics}, by route and variant. */
public final class CacheMetrics implements Metrics.Source {
  /** Requests by what the cache made of them. */
  public static final String REQUESTS = "lms_page_cache_requests_total";

  static final String STORED = "lms_page_cache_stored_total";
  static final String PASSED = "lms_page_cache_passed_total";
  static final String SERVED = "lms_page_cache_served_bytes_total";
  static final String SAVED = "lms_page_cache_render_saved_seconds";
  static final String BYTES = "lms_page_cache_bytes";
  static final String SHARED_BYTES = "lms_page_cache_shared_bytes";

  private final Supplier<CacheStats> stats;
  private final Supplier<Warmer.Progress> warming;

  /** Of this cache and its warming. */
  public CacheMetrics(Supplier<CacheStats> stats, Supplier<Warmer.Progress> warming) {
    this.stats = stats;
    this.warming = warming;
  }

  @Override
  public void addTo(Families out) {
    CacheStats now = stats.get();
    List<Families.Sample> requests = new ArrayList<>();
    List<Families.Sample> stored = new ArrayList<>();
    List<Families.Sample> passed = new ArrayList<>();
    List<Families.Sample> served = new ArrayList<>();
    List<Families.Sample> saved = new ArrayList<>();
    for (CacheStats.Line line : now.lines()) {
      CacheStats.Counts counts = line.counts();
      requests.add(of(line, (double) counts.hits(), "result", "hit"));
      requests.add(of(line, (double) counts.stale(), "result", "stale"));
      requests.add(of(line, (double) counts.collapsed(), "result", "collapsed"));
      requests.add(of(line, (double) counts.misses(), "result", "miss"));
      requests.add(of(line, (double) counts.bypassed(), "result", "bypass"));
      stored.add(of(line, (double) counts.stored()));
      line.passed()
          .forEach((reason, count) -> passed.add(of(line, (double) count, "reason", reason)));
      served.add(of(line, (double) counts.bytesServed()));
      saved.add(of(line, counts.renderTimeSaved().toNanos() / 1e9));
    }
    out.counter(REQUESTS, "Requests by what the page cache made of them.", requests);
    out.counter(STORED, "Pages stored.", stored);
    out.counter(PASSED, "Answers neither from the page cache nor stored, by the reason.", passed);
    out.counter(SERVED, "Bytes of bodies sent without a render of their own.", served);
    out.gauge(
        SAVED,
        "What hits and stale pages would have taken to render, by the mean of the route.",
        saved);
    out.gauge(BYTES, "Memory that pages take in this process.", (double) now.bytes());
    out.gauge(
        SHARED_BYTES,
        "Memory that the pages of all workers take in the store they share.",
        (double) now.sharedBytes());
    Warmer.Progress progress = warming.get();
    out.counter(
        "lms_page_cache_warmed_total",
        "Visits that warm the page cache.",
        List.of(
            sample((double) progress.visited(), "result", "visited"),
            sample((double) progress.failed(), "result", "failed"),
            sample((double) progress.dropped(), "result", "dropped")));
    out.gauge("lms_page_cache_warming", "Pages that wait for such a visit.", progress.waiting());
  }

  private static Families.Sample of(CacheStats.Line line, double value, String... more) {
    List<String> labels = new ArrayList<>(List.of("route", line.route()));
    labels.addAll(List.of("variant", line.variant()));
    labels.addAll(List.of(more));
    return sample(value, labels.toArray(String[]::new));
  }
}
