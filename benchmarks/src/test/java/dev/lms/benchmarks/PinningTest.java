// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PinningTest {
  private static final int TIMES = 50;

  @Test
  void threadsMayEndWhileAProcessIsPinned() throws Exception {
    Pinning pinning = Pinning.find();
    assertTrue(pinning.isPossible(), "taskset is missing");
    AtomicBoolean end = new AtomicBoolean();
    Thread source =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!end.get()) {
                    Thread.ofPlatform().start(() -> {});
                  }
                });
    try {
      for (int i = 0; i < TIMES; i++) {
        pinning.pin();
        pinning.release();
      }
    } finally {
      end.set(true);
      source.join();
      pinning.release();
    }
  }
}
