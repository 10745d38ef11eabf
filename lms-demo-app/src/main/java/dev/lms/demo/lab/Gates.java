// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Points at which requests wait until the experiment lets them go on: what must come first comes
 * first every time, and nobody sleeps for luck. Waiting is bounded. Thread-safe.
 */
final class Gates {
  private static final int PATIENCE_SECONDS = 20;

  private static final class Gate {
    private final Semaphore arrivals = new Semaphore(0);
    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger arrived = new AtomicInteger();
    private volatile int opensAt = Integer.MAX_VALUE;
  }

  private final Bounded<Gate> gates = new Bounded<>();

  private Gate gate(String name) {
    return gates.getOrMake(name, Gate::new);
  }

  /** Arrives, and waits until it is opened; a gate without a name is open. */
  void pass(String name) {
    if (name.isEmpty()) {
      return;
    }
    Gate gate = gate(name);
    gate.arrivals.release();
    if (gate.arrived.incrementAndGet() >= gate.opensAt) {
      gate.open.countDown();
    }
    try {
      if (!gate.open.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw Exchange.failed("Nobody opened the gate " + name + ".");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until so many have arrived that nobody has waited for yet. */
  void awaitArrivals(String name, int count) {
    try {
      if (!gate(name).arrivals.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw Exchange.failed("Not enough requests came to the gate " + name + ".");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets all pass, those who come later too. */
  void open(String name) {
    gate(name).open.countDown();
  }

  /**
   * Has it open by itself when so many have arrived: a crowd that waits leaves no room for somebody
   * who would open it.
   */
  void openAt(String name, int arrivals) {
    gate(name).opensAt = arrivals;
  }
}
