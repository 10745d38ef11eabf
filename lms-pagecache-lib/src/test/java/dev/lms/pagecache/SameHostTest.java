// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SameHostTest {
  @Test
  void theDefaultPortIsNoOtherHost() {
    assertTrue(Invalidation.isSameHost("a.example:443", "a.example"));
    assertTrue(Invalidation.isSameHost("A.example", "a.Example:80"));
    assertEquals(false, Invalidation.isSameHost("a.example:8080", "a.example"));
    assertEquals(false, Invalidation.isSameHost("b.example", "a.example"));
    assertTrue(Invalidation.isSameHost("[::1]", "[::1]:80"));
  }
}
