package dev.lms.session;

import java.time.Duration;

/**
 * What becomes of the old id when a session gets a new one {@linkplain Session#rotate() without a
 * change of privilege}. Immutable.
 *
 * <p>After a sign-in or a {@linkplain Session#changeRoles change of roles} the old id is dead at
 * once, whatever this says.
 */
public final class Rotation {
  private static final Rotation DEFAULTS = new Rotation(Duration.ofSeconds(10), false);

  private final Duration grace;
  private final boolean reuseEndsSession;

  private Rotation(Duration grace, boolean reuseEndsSession) {
    if (grace.isNegative() || grace.compareTo(Lifetimes.LONGEST) > 0) {
      throw new IllegalArgumentException(
          "the grace of a rotation must be from nothing to 68 years, not " + grace);
    }
    this.grace = grace;
    this.reuseEndsSession = reuseEndsSession;
  }

  /** Ten seconds, and reuse is reported. */
  public static Rotation defaults() {
    return DEFAULTS;
  }

  /**
   * With another grace: how long requests that were under way may go on with the old id; zero for
   * not at all. Stores that do not {@linkplain Capability#FOLLOWS_ROTATION follow rotations} allow
   * none.
   *
   * @throws IllegalArgumentException if it is negative, or longer than any session lives
   */
  public Rotation withGrace(Duration other) {
    return new Rotation(other, reuseEndsSession);
  }

  /**
   * Says whether the old id, used after the grace, ends the session under its new id too: two
   * parties hold ids of one session, and nobody can tell which is the thief. If not, the use is
   * only reported.
   */
  public Rotation withReuseEndsSession(boolean ends) {
    return new Rotation(grace, ends);
  }

  /** How long requests that were under way may go on with the old id. */
  public Duration grace() {
    return grace;
  }

  /** Whether the old id, used after the grace, ends the session. */
  public boolean reuseEndsSession() {
    return reuseEndsSession;
  }

  @Override
  public String toString() {
    return "Rotation[grace=%s, reuseEndsSession=%s]".formatted(grace, reuseEndsSession);
  }
}
