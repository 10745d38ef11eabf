// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import java.time.Duration;

/** One batch of operations. */
interface Work {
  double NANOS_PER_MICRO = 1000;

  /** {@return what one of them cost, in microseconds unless the curve says otherwise} */
  double cost() throws Exception;

  /** One operation. */
  interface Operation {
    void run() throws Exception;
  }

  /** Does it again and again for so long: the mean, so that rare work counts too. */
  static Work repeated(Duration length, Operation operation) {
    return () -> {
      long start = System.nanoTime();
      long end = start + length.toNanos();
      long now;
      int count = 0;
      do {
        operation.run();
        count++;
        now = System.nanoTime();
      } while (now < end);
      return (now - start) / NANOS_PER_MICRO / count;
    };
  }

  /** Does it once for so long, and counts only what the operation itself says it took. */
  static Work timed(Duration length, Timed operation) {
    return () -> {
      long end = System.nanoTime() + length.toNanos();
      long nanos = 0;
      int count = 0;
      do {
        nanos += operation.nanos();
        count++;
      } while (System.nanoTime() < end);
      return nanos / NANOS_PER_MICRO / count;
    };
  }

  /** One operation that has something to prepare and to clear away. */
  interface Timed {
    /** {@return what the operation itself took} */
    long nanos() throws Exception;
  }
}
