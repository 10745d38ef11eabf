// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.SessionSettings.Rotation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LifetimesTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration FOR_EVER = ChronoUnit.FOREVER.getDuration();
  private static final List<Duration> TOO_LONG =
      List.of(
          FOR_EVER,
          Duration.ofMillis(Long.MAX_VALUE),
          Duration.ofDays(1_000_000),
          Lifetimes.LONGEST.plusMillis(1));

  private static void refused(Executable declaration, String word) {
    String message =
        String.valueOf(assertThrows(IllegalArgumentException.class, declaration).getMessage());
    assertTrue(message.contains(word), message);
  }

  @Test
  void theAbsoluteOneMayBeForEver() {
    for (Duration absolute : TOO_LONG) {
      assertEquals(Lifetimes.LONGEST, Lifetimes.of(DAY, absolute).absolute());
    }
    Instant now = Instant.parse("2026-03-01T12:00:00Z");
    Lifetimes lifetimes = Lifetimes.of(DAY, FOR_EVER);
    assertEquals(now.plus(DAY), lifetimes.deadline(now, now.plus(lifetimes.absolute())));
    assertEquals(DAY, lifetimes.sliding());
    assertEquals(Duration.ofMinutes(1), lifetimes.touchInterval());
  }

  @Test
  void whatIsTooLongOtherwiseIsRefusedWhereItIsDeclared() {
    for (Duration duration : TOO_LONG) {
      refused(() -> Lifetimes.of(duration, DAY), "sliding");
      refused(() -> Rotation.defaults().withGrace(duration), "grace");
    }
    assertEquals(Lifetimes.LONGEST, Lifetimes.of(Lifetimes.LONGEST, DAY).sliding());
    assertEquals(
        Lifetimes.LONGEST,
        Rotation.defaults().withGrace(Lifetimes.LONGEST).withReuseEndsSession(true).grace());
  }

  @Test
  void whatIsTooShortIsRefusedWhereItIsDeclared() {
    for (Duration duration :
        List.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofDays(-1), FOR_EVER.negated())) {
      refused(() -> Lifetimes.of(duration, DAY), "sliding");
      refused(() -> Lifetimes.of(DAY, duration), "absolute");
    }
    refused(() -> Rotation.defaults().withGrace(Duration.ofNanos(-1)), "grace");
    refused(() -> Rotation.defaults().withGrace(FOR_EVER.negated()), "grace");
    refused(() -> SessionLimit.of(0).withWhenReached(SessionLimit.WhenReached.REFUSE), "1 session");
  }
}
