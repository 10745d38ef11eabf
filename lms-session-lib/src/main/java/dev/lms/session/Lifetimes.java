// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.time.Duration;
import java.time.Instant;

/** How long a session lives: without a request, and at most (OWASP ASVS 7.3). Immutable. */
public final class Lifetimes {
  /**
   * 68 years: the largest 32-bit number of seconds, which is what some clients have for {@code
   * Max-Age}.
   */
  public static final Duration LONGEST = Duration.ofSeconds(Integer.MAX_VALUE);

  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration COARSEST_TOUCH = Duration.ofMinutes(1);
  private static final Lifetimes DEFAULTS = new Lifetimes(Duration.ofDays(1), Duration.ofDays(7));

  private final Duration sliding;
  private final Duration absolute;

  private Lifetimes(Duration sliding, Duration absolute) {
    if (sliding.compareTo(SHORTEST) < 0 || sliding.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "the sliding lifetime of sessions must be from a millisecond to 68 years, not "
              + sliding
              + "; only the absolute one may be for ever");
    }
    if (absolute.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException(
          "the absolute lifetime of sessions must be a millisecond or more, not " + absolute);
    }
    this.sliding = sliding;
    this.absolute = absolute.compareTo(LONGEST) > 0 ? LONGEST : absolute;
  }

  /** {@return a day without a request, and a week at most} */
  public static Lifetimes defaults() {
    return DEFAULTS;
  }

  /**
   * Creates both lifetimes.
   *
   * @param sliding how long a session lives without a request; from a millisecond to {@link
   *     #LONGEST}
   * @param absolute how long it lives at most after its sign-in, or its creation; at least a
   *     millisecond. A longer one than {@link #LONGEST}, such as {@link
   *     java.time.temporal.ChronoUnit#FOREVER}, counts as that
   * @return the two lifetimes
   * @throws IllegalArgumentException if one of them is out of range
   */
  public static Lifetimes of(Duration sliding, Duration absolute) {
    return new Lifetimes(sliding, absolute);
  }

  /** {@return how long a session lives without a request} */
  public Duration sliding() {
    return sliding;
  }

  /** {@return how long a session lives at most after its sign-in, or its creation} */
  public Duration absolute() {
    return absolute;
  }

  Instant deadline(Instant now, Instant absoluteDeadline) {
    Instant sliding = now.plus(this.sliding);
    return sliding.isBefore(absoluteDeadline) ? sliding : absoluteDeadline;
  }

  /**
   * How much a touch must gain to be worth a write: a minute, or 5 % of a shorter life. A session
   * may end that much early, never late.
   */
  Duration touchInterval() {
    return Duration.ofMillis(Math.min(COARSEST_TOUCH.toMillis(), sliding.toMillis() / 20));
  }

  @Override
  public String toString() {
    return "Lifetimes[sliding=%s, absolute=%s]".formatted(sliding, absolute);
  }
}
