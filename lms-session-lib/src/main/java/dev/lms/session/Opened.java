package dev.lms.session;

/**
 * What a token opens: a session, nothing, or, as a warning, nothing any more. Immutable.
 *
 * @see SessionStore#open
 */
public sealed interface Opened {
  /** Forged, unknown, ended, or unreadable. */
  Opened ABSENT = new Absent();

  /**
   * A session, whether or not its deadline has passed.
   *
   * @param session under its current handle; its token is the one that was asked for, also if that
   *     is the id it had before a rotation
   */
  record Live(StoredSession session) implements Opened {}

  /** Forged, unknown, ended, or unreadable. */
  record Absent() implements Opened {}

  /**
   * An id that a rotation replaced, after its grace: whoever sent it kept or copied an old cookie
   * (OWASP Session Management Cheat Sheet, "Detecting session ID anomalies").
   *
   * @param handle the old name of the session; not a credential
   */
  record Reused(String handle) implements Opened {}
}
