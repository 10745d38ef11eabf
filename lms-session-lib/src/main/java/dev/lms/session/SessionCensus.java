// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

/**
 * How many sessions are live. Immutable.
 *
 * @param signedIn live sessions of people who are signed in
 * @param anonymous live sessions of anonymous visitors
 * @param unreadable entries in the place of a session that cannot be read, such as a key that
 *     another program wrote; they do not count as live
 */
public record SessionCensus(long signedIn, long anonymous, long unreadable) {
  /**
   * Creates a census in which everything could be read.
   *
   * @param signedIn live sessions of people who are signed in
   * @param anonymous live sessions of anonymous visitors
   */
  public SessionCensus(long signedIn, long anonymous) {
    this(signedIn, anonymous, 0);
  }

  /** {@return how many sessions are live, of people and anonymous visitors together} */
  public long live() {
    return signedIn + anonymous;
  }
}
