// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Two requests that go on at the same moment. */
final class Meeting {
  private Meeting() {}

  /** What failed is over as well: whoever calls looks at what is left. */
  static void of(Callable<?> one, Callable<?> other) throws InterruptedException {
    CyclicBarrier barrier = new CyclicBarrier(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<?> first = threads.submit(() -> meet(barrier, one));
      Future<?> second = threads.submit(() -> meet(barrier, other));
      ended(first);
      ended(second);
    }
  }

  private static Object meet(CyclicBarrier barrier, Callable<?> work) throws Exception {
    barrier.await();
    return String.valueOf(work.call());
  }

  /** Whether it failed. */
  static boolean ended(Future<?> work) throws InterruptedException {
    try {
      work.get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BrokenBarrierException) {
        throw new IllegalStateException("they did not meet", e);
      }
      return false;
    }
  }
}
