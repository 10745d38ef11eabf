// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import dev.lms.demo.monitor.Families;
import dev.lms.demo.monitor.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** This process: how long it runs, its memory, and the purges it was asked for. Thread-safe. */
final class ProcessMetrics implements Metrics.Source {
  static final String UPTIME = "lms_process_uptime_seconds";
  static final String HEAP = "lms_process_heap_bytes";
  static final String HEAP_MOST = "lms_process_heap_max_bytes";
  static final String PURGES = "lms_page_cache_purges_total";

  private final Clock clock;
  private final Instant begun;
  private final AtomicLong purges = new AtomicLong();

  ProcessMetrics(Clock clock) {
    this.clock = clock;
    this.begun = clock.instant();
  }

  void purged() {
    purges.incrementAndGet();
  }

  @Override
  public void addTo(Families out) {
    Runtime runtime = Runtime.getRuntime();
    out.gauge(
        UPTIME,
        "Since this process began.",
        (double) Duration.between(begun, clock.instant()).toSeconds());
    out.gauge(
        HEAP,
        "Memory in use in the heap.",
        (double) (runtime.totalMemory() - runtime.freeMemory()));
    out.gauge(HEAP_MOST, "The most the heap may take.", (double) runtime.maxMemory());
    out.counter(PURGES, "Purges that this process asked for.", purges.get());
  }
}
