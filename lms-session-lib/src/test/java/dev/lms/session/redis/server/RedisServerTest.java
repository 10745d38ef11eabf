// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.server;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Tests must not meet each other's servers. */
class RedisServerTest {
  @Test
  void whoeverTookThePortFirstIsNotTakenForTheServer() {
    try (RedisServer first = RedisServer.start()) {
      IllegalStateException taken =
          assertThrows(IllegalStateException.class, () -> RedisServer.start(first.port()));
      assertTrue(String.valueOf(taken.getMessage()).contains("in use"), taken::getMessage);
    }
  }
}
