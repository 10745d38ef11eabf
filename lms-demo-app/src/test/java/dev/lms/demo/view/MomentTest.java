// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MomentTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.5Z");

  private static String ago(Duration ago) {
    return Moment.of(NOW.minus(ago), NOW).relative();
  }

  @Test
  void aMomentIsForProgramsAndForPeople() {
    assertEquals(
        new Moment("2026-03-01T11:00:00Z", "1 March 2026, 11:00 UTC", "1 hour ago"),
        Moment.of(NOW.minus(Duration.ofHours(1)), NOW));
  }

  @Test
  void whatLiesBehindAndAheadIsSaidInTheLargestUnit() {
    assertEquals("just now", ago(Duration.ZERO));
    assertEquals("just now", ago(Duration.ofSeconds(59)));
    assertEquals("1 minute ago", ago(Duration.ofSeconds(119)));
    assertEquals("59 minutes ago", ago(Duration.ofMinutes(59)));
    assertEquals("23 hours ago", ago(Duration.ofHours(23).plusMinutes(59)));
    assertEquals("2 days ago", ago(Duration.ofDays(2)));
    assertEquals("2 months ago", ago(Duration.ofDays(60)));
    assertEquals("2 years ago", ago(Duration.ofDays(730)));
    assertEquals("in less than a minute", ago(Duration.ofSeconds(-20)));
    assertEquals("in 7 days", ago(Duration.ofDays(-7)));
  }
}
