// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.fuzz.FuzzTarget;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What is found under a key in Redis: unreadable, or what is read again as it was. */
class SessionTextFuzzTest extends FuzzTarget {
  @Override
  protected List<byte[]> binarySeeds() {
    Instant deadline = Instant.parse("2026-01-01T00:00:00Z");
    return List.of(
        SessionText.of(deadline, "e|nvelope", Map.of()),
        SessionText.of(deadline, "", Map.of("a", "", "zoë", "x".repeat(300))));
  }

  @Override
  protected void check(byte[] input) {
    if (SessionText.parse(input) instanceof RedisValue.Found read) {
      assertEquals(
          read,
          SessionText.parse(SessionText.of(read.deadline(), read.envelope(), read.attributes())));
    }
  }
}
