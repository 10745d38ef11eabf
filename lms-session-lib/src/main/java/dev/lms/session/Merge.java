package dev.lms.session;

/**
 * What becomes of an attribute that several requests change at the same time. The store judges it
 * in the same atomic step in which it writes.
 *
 * @see SessionKey#merging
 */
public enum Merge {
  /** The last commit wins, whole. */
  LAST_WRITE,
  /**
   * Whole numbers: every request's difference counts. Setting such an attribute adds the difference
   * to what this request saw.
   */
  COUNTER,
  /**
   * The first commit wins: a later one whose request had seen another value is refused as a whole,
   * and answers {@link CommitOutcome#CONFLICT}. For what must not be overwritten unseen.
   */
  REJECT
}
