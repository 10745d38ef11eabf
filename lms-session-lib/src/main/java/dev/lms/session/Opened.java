// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

/**
 * What a token opens: a live session, nothing, or a session that the token no longer opens, which
 * is a warning. Immutable.
 *
 * @see SessionStore#open
 */
public sealed interface Opened {
  /** The token is forged or unknown, or its session has ended or is unreadable. */
  Opened ABSENT = new Absent();

  /**
   * A session, whether or not its deadline has passed.
   *
   * @param session the session under its current handle, with the token that was asked for, even if
   *     that is the id it had before a rotation
   */
  record Live(StoredSession session) implements Opened {}

  /** The token is forged or unknown, or its session has ended or is unreadable. */
  record Absent() implements Opened {}

  /**
   * An id that was replaced by a rotation and came back after its grace: whoever sent it kept or
   * copied an old cookie (OWASP Session Management Cheat Sheet, "Detecting session ID anomalies").
   *
   * @param handle the session's old handle, which is not a credential
   */
  record Reused(String handle) implements Opened {}
}
