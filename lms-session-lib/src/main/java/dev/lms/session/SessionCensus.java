package dev.lms.session;

/**
 * How many sessions are live. Immutable.
 *
 * @param signedIn sessions of people
 * @param anonymous sessions of strangers
 * @param unreadable what is in the place of a session and cannot be read, such as a key that
 *     another program wrote; not counted as live
 */
public record SessionCensus(long signedIn, long anonymous, long unreadable) {
  /** Where everything can be read. */
  public SessionCensus(long signedIn, long anonymous) {
    this(signedIn, anonymous, 0);
  }

  /** All that are live. */
  public long live() {
    return signedIn + anonymous;
  }
}
