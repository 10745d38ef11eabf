// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CrowdSenseTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000);
  private final CrowdSense connections = new CrowdSense(3, nanos::get);

  @Test
  void manyRequestsOfFewConnectionsAreNoCrowd() {
    for (int i = 0; i < 1000; i++) {
      assertFalse(connections.isCrowded(40_000 + i % 3));
    }
    assertTrue(connections.isCrowded(65_535));
  }

  @Test
  void aCrowdIsRememberedForHalfAMinuteMore() {
    for (int i = 0; i < 4; i++) {
      connections.isCrowded(i);
    }
    assertTrue(connections.isCrowded(0));
    nanos.addAndGet(Duration.ofSeconds(31).toNanos());
    assertTrue(connections.isCrowded(0), "those before may still be connected");
    nanos.addAndGet(Duration.ofSeconds(31).toNanos());
    assertFalse(connections.isCrowded(0));
  }
}
