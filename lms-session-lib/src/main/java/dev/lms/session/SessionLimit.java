// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

/**
 * How many sessions one person may have at once (OWASP ASVS 7.1.2). Immutable.
 *
 * <p>A store counts in the same atomic step that enters the new session into the person's index, so
 * parallel sign-ins cannot exceed it. A session whose worker died during the sign-in may count
 * until its deadline.
 */
public final class SessionLimit {
  /** What happens to the sign-in that would exceed the limit. */
  public enum WhenReached {
    /** The new session begins, after the session with the earliest sign-in has ended. */
    END_OLDEST,
    /** Nothing is written; {@link Session#commit()} returns {@link CommitOutcome#REFUSED}. */
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

  /**
   * {@return a limit of 1000 sessions, after which the oldest ends: nobody notices, and nothing
   * grows without bound}
   */
  public static SessionLimit defaults() {
    return DEFAULTS;
  }

  /**
   * {@return a limit after which the oldest session ends}
   *
   * @param max how many sessions one person may have
   * @throws IllegalArgumentException if it is less than 1
   */
  public static SessionLimit of(int max) {
    return new SessionLimit(max, WhenReached.END_OLDEST);
  }

  /**
   * {@return this limit with another answer to the sign-in that would exceed it}
   *
   * @param other what happens to that sign-in
   */
  public SessionLimit withWhenReached(WhenReached other) {
    return new SessionLimit(max, other);
  }

  /** {@return how many sessions one person may have} */
  public int max() {
    return max;
  }

  /** {@return what happens to the sign-in that would exceed the limit} */
  public WhenReached whenReached() {
    return whenReached;
  }

  /** {@return whether a sign-in that would exceed the limit is refused} */
  public boolean refuses() {
    return whenReached == WhenReached.REFUSE;
  }

  @Override
  public String toString() {
    return "SessionLimit[%d, %s]".formatted(max, whenReached);
  }
}
