// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.benchmarks.report.Evenness;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A piece of work that is always the same: reads of memory, each of which says where the next one
 * is, over more than a processor's own caches hold. Virtual machines on one host get the processors
 * that they were promised, and share what is behind these caches. For one thread.
 */
final class Yardstick {
  private static final int CELLS = 1 << 20;
  private static final int READS = 100_000;
  private static final int WARM_UPS = 20;
  private static final double NANOS_OF_A_MILLI = 1e6;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final int[] next = circle();
  private final List<Double> millis = new ArrayList<>();
  private int at;

  Yardstick() {
    for (int i = 0; i < WARM_UPS; i++) {
      read();
    }
  }

  /** One circle through all cells, in a random order that is always the same (Sattolo, 1986). */
  private static int[] circle() {
    int[] circle = new int[CELLS];
    for (int i = 0; i < CELLS; i++) {
      circle[i] = i;
    }
    Random random = new Random(CELLS);
    for (int i = CELLS - 1; i > 0; i--) {
      int other = random.nextInt(i);
      int kept = circle[i];
      circle[i] = circle[other];
      circle[other] = kept;
    }
    return circle;
  }

  /** Does the work once, when all of it is where it can be: others may have used the caches. */
  void measure() {
    read();
    read();
    // Not what this thread waits for a processor: the compiler may have it just now.
    long before = threads.getCurrentThreadCpuTime();
    read();
    millis.add((threads.getCurrentThreadCpuTime() - before) / NANOS_OF_A_MILLI);
  }

  private void read() {
    int cell = at;
    for (int i = 0; i < READS; i++) {
      cell = next[cell];
    }
    at = cell;
  }

  /** What came of it; empty if it was done too seldom. */
  Optional<Evenness> evenness() {
    return Evenness.of(millis);
  }
}
