package dev.lms.session;

import java.time.Duration;

/**
 * What becomes of the old id when a session gets a new one {@linkplain Session#rotate() without a
 * change of privilege}. Immutable.
 *
 * <p>After a sign-in or a {@linkplain Session#changeRoles change of roles} the old id is dead at
 * once, whatever this says.
 *
 * @param grace how long requests that were under way may go on with the old id; zero for not at
 *     all. Stores that do not {@linkplain Capability#FOLLOWS_ROTATION follow rotations} allow none
 * @param reuseEndsSession whether the old id, used after the grace, ends the session under its new
 *     id too: two parties hold ids of one session, and nobody can tell which is the thief. False:
 *     the use is only reported
 */
public record Rotation(Duration grace, boolean reuseEndsSession) {
  /** Ten seconds, and reuse is reported. */
  public static final Rotation DEFAULT = new Rotation(Duration.ofSeconds(10), false);

  /** Checks that the grace is not negative, and not longer than any session lives. */
  public Rotation {
    if (grace.isNegative() || grace.compareTo(Lifetimes.LONGEST) > 0) {
      throw new IllegalArgumentException(
          "the grace of a rotation must be from nothing to 68 years, not " + grace);
    }
  }
}
