// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.SessionStatistics.Latency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Counts the calls of one operation and how long they took. Thread-safe; allocates nothing. */
final class OperationMeter {
  private final LongAdder[] buckets = new LongAdder[Latency.BUCKETS];
  private final LongAdder nanos = new LongAdder();
  private final LongAdder failures = new LongAdder();

  OperationMeter() {
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = new LongAdder();
    }
  }

  void took(long duration) {
    buckets[Latency.bucketOf(duration)].increment();
    nanos.add(duration);
  }

  void failedAfter(long duration) {
    failures.increment();
    took(duration);
  }

  SessionStatistics.Operation read() {
    List<Long> counts = new ArrayList<>(buckets.length);
    for (LongAdder bucket : buckets) {
      counts.add(bucket.sum());
    }
    return new SessionStatistics.Operation(
        failures.sum(), new Latency(counts, Duration.ofNanos(nanos.sum())));
  }
}
