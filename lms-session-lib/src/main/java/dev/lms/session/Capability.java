package dev.lms.session;

/**
 * What a store may promise beyond the common contract. The contract tests read it, and so should a
 * program that depends on one of these. A store that also knows whose sessions there are implements
 * {@link PrincipalIndex}.
 */
public enum Capability {
  /**
   * Commits of parallel requests are merged attribute by attribute and counters lose nothing;
   * without it, the last commit to arrive at the browser wins whole.
   */
  MERGES_CONCURRENT_CHANGES,

  /**
   * A commit whose {@link Changes#expected} no longer holds is refused, in the same atomic step;
   * without it, {@link Merge#REJECT} is no more than {@link Merge#LAST_WRITE}.
   */
  DETECTS_CONFLICTS,

  /**
   * The store remembers what an id was rotated into: signing out with the old id ends the new one,
   * an alias may live for requests under way, and later use is reported. Without it, the old id is
   * dead at once and nothing is remembered of it.
   */
  FOLLOWS_ROTATION
}
