package dev.lms.session;

/**
 * How many sessions one person may have at once (OWASP ASVS 7.1.2). Immutable.
 *
 * <p>It is counted in the same atomic step that enters the new session into the person's index, so
 * parallel sign-ins cannot slip past it. A session whose worker died half-way through a sign-in may
 * count until its deadline.
 */
public final class SessionLimit {
  /** What becomes of the sign-in that would pass the limit. */
  public enum WhenReached {
    /** The new session begins; the one whose sign-in is longest ago has ended when it does. */
    END_OLDEST,
    /** Nothing is written; {@link Session#commit()} answers {@link CommitOutcome#REFUSED}. */
    REFUSE
  }

  /** No limit at all. */
  public static final SessionLimit NONE =
      new SessionLimit(Integer.MAX_VALUE, WhenReached.END_OLDEST);

  private static final SessionLimit DEFAULTS = new SessionLimit(1000, WhenReached.END_OLDEST);

  private final int max;
  private final WhenReached whenReached;

  private SessionLimit(int max, WhenReached whenReached) {
    if (max < 1) {
      throw new IllegalArgumentException("a person needs at least 1 session, not " + max);
    }
    this.max = max;
    this.whenReached = whenReached;
  }

  /** 1000, then the oldest ends: nobody notices, and nothing grows without end. */
  public static SessionLimit defaults() {
    return DEFAULTS;
  }

  /**
   * At most so many; then the oldest ends.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public static SessionLimit of(int max) {
    return new SessionLimit(max, WhenReached.END_OLDEST);
  }

  /** With another answer to the sign-in that would pass it. */
  public SessionLimit withWhenReached(WhenReached other) {
    return new SessionLimit(max, other);
  }

  /** The largest number. */
  public int max() {
    return max;
  }

  /** What becomes of the sign-in that would pass it. */
  public WhenReached whenReached() {
    return whenReached;
  }

  /** Whether a sign-in may be refused. */
  public boolean refuses() {
    return whenReached == WhenReached.REFUSE;
  }

  @Override
  public String toString() {
    return "SessionLimit[%d, %s]".formatted(max, whenReached);
  }
}
