package dev.lms.session;

import java.time.Duration;
import java.time.Instant;

/**
 * The two clocks of a session (OWASP ASVS 7.3). Immutable.
 *
 * @param sliding how long without a request until it ends
 * @param absolute how long after sign-in, or creation, until it ends whatever happens
 */
public record Lifetimes(Duration sliding, Duration absolute) {
  /** A day without a request, a week in all. */
  public static final Lifetimes DEFAULT = new Lifetimes(Duration.ofDays(1), Duration.ofDays(7));

  private static final Duration COARSEST_TOUCH = Duration.ofMinutes(1);

  /** Checks that both are positive. */
  public Lifetimes {
    if (sliding.toMillis() <= 0 || absolute.toMillis() <= 0) {
      throw new IllegalArgumentException("session lifetimes must be positive");
    }
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
}
