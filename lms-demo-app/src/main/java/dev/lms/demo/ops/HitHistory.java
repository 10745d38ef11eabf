// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import dev.lms.pagecache.CacheStats;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** How many of the requests of each minute the page cache of this worker answered. Thread-safe. */
final class HitHistory implements AutoCloseable {
  /** The last hour. */
  static final int MOST = 60;

  /** What happened in a minute. */
  record Count(long hits, long asked) {
    /** NaN if nothing was asked. */
    double percent() {
      return asked == 0 ? Double.NaN : 100.0 * hits / asked;
    }
  }

  private final Supplier<CacheStats> stats;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("hit-history").factory());
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Map<String, Count>> minutes = new ArrayDeque<>();
  private Map<String, Count> before = Map.of();

  HitHistory(Supplier<CacheStats> stats) {
    this.stats = stats;
  }

  void begin() {
    Future<?> _ = thread.scheduleAtFixedRate(this::note, 1, 1, TimeUnit.MINUTES);
  }

  /** Ends the current minute. */
  void note() {
    Map<String, Count> now = new TreeMap<>();
    stats
        .get()
        .byVariant()
        .forEach(
            (variant, counts) -> {
              long hits = counts.hits() + counts.stale() + counts.collapsed();
              now.put(variant, new Count(hits, hits + counts.misses()));
            });
    lock.lock();
    try {
      Map<String, Count> minute = new TreeMap<>();
      now.forEach(
          (variant, count) -> {
            Count was = before.getOrDefault(variant, new Count(0, 0));
            minute.put(variant, new Count(count.hits() - was.hits(), count.asked() - was.asked()));
          });
      before = now;
      minutes.addLast(minute);
      if (minutes.size() > MOST) {
        minutes.removeFirst();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The minutes of each variant that was asked for, the oldest first. */
  Map<String, List<Count>> byVariant() {
    lock.lock();
    try {
      Map<String, List<Count>> all = new TreeMap<>();
      before.forEach(
          (variant, total) -> {
            if (total.asked() > 0) {
              List<Count> counts = new ArrayList<>();
              minutes.forEach(m -> counts.add(m.getOrDefault(variant, new Count(0, 0))));
              all.put(variant, counts);
            }
          });
      return all;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
