package dev.lms.session;

/**
 * How many sessions are live. Immutable.
 *
 * @param signedIn sessions of people
 * @param anonymous sessions of strangers
 */
public record SessionStats(long signedIn, long anonymous) {
  /** All of them. */
  public long live() {
    return signedIn + anonymous;
  }
}
