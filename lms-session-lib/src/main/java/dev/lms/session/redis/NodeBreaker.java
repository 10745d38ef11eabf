// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Keeps calls from one node of a cluster that does not answer, while the others serve on. When
 * several calls in a row have failed, calls are refused; after a pause one is let through as a
 * probe, and each pause another, until the node has answered. There are no timers: calls move it.
 * Thread-safe, without locks.
 */
final class NodeBreaker {
  /** So many failures in a row. */
  static final int FAILURES = 5;

  /** How long to wait before each probe. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  private final LongSupplier nanoTime;
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicLong nextProbe = new AtomicLong();

  NodeBreaker(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  boolean isOpen() {
    return failures.get() >= FAILURES;
  }

  /** Whether a call may go to the node. While it does not answer, to one in a pause. */
  boolean letsThrough() {
    if (!isOpen()) {
      return true;
    }
    long probe = nextProbe.get();
    long now = nanoTime.getAsLong();
    return now - probe >= 0 && nextProbe.compareAndSet(probe, now + PAUSE.toNanos());
  }

  /** The node said something, whatever it was. */
  void answered() {
    // Nearly always nothing has failed: a write by each call would move the cache line around.
    if (failures.get() != 0) {
      failures.set(0);
    }
  }

  /** The node could not be reached or did not answer. Answers whether it is left alone from now. */
  boolean failed() {
    nextProbe.set(nanoTime.getAsLong() + PAUSE.toNanos());
    return failures.incrementAndGet() == FAILURES;
  }
}
