// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lms.session.SessionStatistics.Latency;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatencyTest {
  @Test
  void everyBucketEndsWhereTheNextBegins() {
    assertEquals(0, Latency.bucketOf(-5));
    assertEquals(0, Latency.bucketOf(0));
    for (int bucket = 0; bucket < Latency.BUCKETS - 1; bucket++) {
      long bound = Latency.upperBound(bucket).toNanos();
      assertEquals(bucket, Latency.bucketOf(bound));
      assertEquals(bucket + 1, Latency.bucketOf(bound + 1));
    }
    assertEquals(Latency.BUCKETS - 1, Latency.bucketOf(Long.MAX_VALUE));
    assertThrows(IllegalArgumentException.class, () -> Latency.upperBound(Latency.BUCKETS - 1));
  }

  @Test
  void aQuantileIsTheBoundOfItsBucket() {
    GuardedStore.Meter meter = new GuardedStore.Meter();
    assertEquals(Duration.ZERO, meter.read().latency().quantile(0.99));
    for (int i = 0; i < 98; i++) {
      meter.took(1_000);
    }
    meter.took(2_000);
    meter.failedAfter(3_000_000);
    SessionStatistics.Operation read = meter.read();
    assertEquals(100, read.count());
    assertEquals(1, read.failures());
    assertEquals(Duration.ofNanos(98 * 1_000 + 2_000 + 3_000_000), read.latency().total());
    assertEquals(Duration.ofNanos(1_024), read.latency().quantile(0));
    assertEquals(Duration.ofNanos(1_024), read.latency().quantile(0.98));
    assertEquals(Duration.ofNanos(2_048), read.latency().quantile(0.99));
    assertEquals(Duration.ofNanos(4_194_304), read.latency().quantile(1));
    assertThrows(IllegalArgumentException.class, () -> read.latency().quantile(1.1));
  }
}
