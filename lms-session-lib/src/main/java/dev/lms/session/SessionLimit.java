package dev.lms.session;

/**
 * How many sessions one person may have at once (OWASP ASVS 7.1.2). Immutable.
 *
 * <p>It is counted in the same atomic step that enters the new session into the person's index, so
 * parallel sign-ins cannot slip past it. A session whose worker died half-way through a sign-in may
 * count until its deadline.
 *
 * @param max the largest number
 * @param whenReached what becomes of the sign-in that would pass it
 */
public record SessionLimit(int max, WhenReached whenReached) {
  /** What becomes of the sign-in that would pass the limit. */
  public enum WhenReached {
    /** The new session begins; the one whose sign-in is longest ago has ended when it does. */
    END_OLDEST,
    /** Nothing is written; {@link Session#commit()} answers {@link CommitOutcome#REFUSED}. */
    REFUSE
  }

  /** 1000, then the oldest ends: nobody notices, and nothing grows without end. */
  public static final SessionLimit DEFAULT = new SessionLimit(1000, WhenReached.END_OLDEST);

  /** No limit at all. */
  public static final SessionLimit NONE =
      new SessionLimit(Integer.MAX_VALUE, WhenReached.END_OLDEST);

  /** Checks that at least one session is allowed. */
  public SessionLimit {
    if (max < 1) {
      throw new IllegalArgumentException("a person needs at least 1 session, not " + max);
    }
  }

  /** Whether a sign-in may be refused. */
  public boolean refuses() {
    return whenReached == WhenReached.REFUSE;
  }
}
