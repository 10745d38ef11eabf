// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.demo.monitor.Metrics;
import dev.lms.pagecache.CacheStats;
import dev.lms.pagecache.Warmer;
import dev.lms.session.fuzz.FuzzTarget;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What listens on a worker's port says anything: refused, or written again as it was read. */
class WorkersFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    CacheStats read;
    try {
      read = Workers.read(utf8(input));
    } catch (IllegalArgumentException e) {
      return;
    }
    CacheStats again = Workers.read(written(read));
    assertEquals(read.bytes(), again.bytes());
    assertEquals(read.sharedBytes(), again.sharedBytes());
    assertEquals(byName(read), byName(again));
    Workers.together(List.of(new Workers.Found(1, read), new Workers.Found(2, again)));
  }

  private static String written(CacheStats stats) {
    return new Metrics()
        .add(new CacheMetrics(() -> stats, () -> new Warmer.Progress(0, 0, 0, 0)))
        .text();
  }

  /** Without the time, of which doubles lose nanoseconds. */
  private static Map<List<String>, List<Object>> byName(CacheStats stats) {
    Map<List<String>, List<Object>> all = new HashMap<>();
    for (CacheStats.Line line : stats.lines()) {
      CacheStats.Counts counts = line.counts();
      CacheStats.Counts timeless =
          CacheStats.Counts.of(
              Map.of(
                  "hits", counts.hits(),
                  "stale", counts.stale(),
                  "collapsed", counts.collapsed(),
                  "misses", counts.misses(),
                  "stored", counts.stored(),
                  "refused", counts.refused(),
                  "bypassed", counts.bypassed(),
                  "bytesServed", counts.bytesServed()),
              Duration.ZERO);
      all.put(List.of(line.route(), line.variant()), List.of(timeless, line.passed()));
    }
    return all;
  }
}
