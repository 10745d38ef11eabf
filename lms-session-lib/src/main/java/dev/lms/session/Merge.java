// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

/**
 * What happens to an attribute that several requests change concurrently. The store decides in the
 * same atomic step in which it writes.
 *
 * @see SessionKey#merging
 */
public enum Merge {
  /** The last commit wins, whole. */
  LAST_WRITE,
  /**
   * For whole numbers: the differences of all requests add up. Setting such an attribute adds the
   * difference to the value that the request saw.
   */
  COUNTER,
  /**
   * The first commit wins: a later one whose request saw another value is refused as a whole and
   * returns {@link CommitOutcome#CONFLICT}. For values that must not be overwritten unseen.
   */
  REJECT
}
