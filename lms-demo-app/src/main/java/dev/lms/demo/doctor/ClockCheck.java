// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Whether this machine knows what time it is: sessions end by its clock. */
final class ClockCheck {
  static final String NAME = "clock";

  /** This program is not older: a clock that stands before was never set. */
  private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

  /** Sessions end that much too early or late; nobody notices. */
  private static final Duration TOLERATED = Duration.ofSeconds(5);

  private static final String REMEDY = "run a time service such as chrony on every machine";

  private ClockCheck() {}

  static Finding of(InstantSource clock) {
    Instant now = clock.instant();
    return now.isBefore(BUILT)
        ? Finding.problem(NAME, "it shows " + now + ", which is long past", REMEDY)
        : Finding.ok(NAME, "it shows " + now);
  }

  /** Against that of a Redis, which all workers share. */
  static Finding against(String redis, Duration ahead) {
    Duration apart = ahead.abs();
    String seconds = "%.1f s".formatted(apart.toMillis() / 1000.0);
    if (apart.compareTo(TOLERATED) <= 0) {
      return Finding.ok(NAME, "less than " + TOLERATED.toSeconds() + " s from that of " + redis);
    }
    return Finding.warning(
        NAME,
        "it is %s %s that of %s, so sessions end too %s"
            .formatted(
                seconds,
                ahead.isNegative() ? "behind" : "ahead of",
                redis,
                ahead.isNegative() ? "late" : "early"),
        REMEDY);
  }
}
