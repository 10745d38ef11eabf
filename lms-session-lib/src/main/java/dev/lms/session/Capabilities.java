package dev.lms.session;

/**
 * What a store promises beyond the common contract. The contract tests read it, and so should a
 * program that depends on one of these.
 *
 * @param mergesConcurrentChanges commits of parallel requests are merged attribute by attribute and
 *     counters lose nothing; false: the last commit to arrive at the browser wins whole
 * @param detectsConflicts a commit whose {@link Changes#expected} no longer holds is refused, in
 *     the same atomic step; false: {@link Merge#REJECT} is no more than {@link Merge#LAST_WRITE}
 * @param followsRotation the store remembers what an id was rotated into: signing out with the old
 *     id ends the new one, an alias may live for requests under way, and later use is reported;
 *     false: the old id is dead at once and nothing is remembered of it
 * @param principalIndex it knows whose sessions there are: they can be listed, revoked, limited and
 *     counted; false: those methods throw {@link UnsupportedOperationException}
 */
public record Capabilities(
    boolean mergesConcurrentChanges,
    boolean detectsConflicts,
    boolean followsRotation,
    boolean principalIndex) {
  /** A store that promises everything. */
  public static final Capabilities ALL = new Capabilities(true, true, true, true);

  /** A store that promises nothing beyond the common contract. */
  public static final Capabilities NONE = new Capabilities(false, false, false, false);
}
