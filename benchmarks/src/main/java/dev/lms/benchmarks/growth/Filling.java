// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes many of something, as fast as it goes. */
final class Filling {
  private static final int THREADS = 4;

  private Filling() {}

  /** Makes one more. */
  interface Maker {
    void make(int number) throws Exception;
  }

  /**
   * Makes so many, or as many as there is time for.
   *
   * @return how many that were
   */
  static int fill(int count, Duration patience, Maker maker) throws Exception {
    long end = System.nanoTime() + patience.toNanos();
    AtomicInteger next = new AtomicInteger();
    AtomicInteger made = new AtomicInteger();
    Callable<Boolean> work =
        () -> {
          int number = next.getAndIncrement();
          while (number < count && System.nanoTime() < end) {
            maker.make(number);
            made.incrementAndGet();
            number = next.getAndIncrement();
          }
          return true;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<Boolean>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        running.add(threads.submit(work));
      }
      for (Future<Boolean> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
    return made.get();
  }
}
