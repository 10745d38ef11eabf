package dev.lms.session;

/**
 * What a store promises beyond the common contract. The contract tests read it, and so should a
 * program that depends on one of these.
 *
 * @param mergesConcurrentChanges commits of parallel requests are merged attribute by attribute and
 *     counters lose nothing; false: the last commit to arrive at the browser wins whole
 * @param endsForGood a session that was ended is never accepted again, on any worker
 * @param principalIndex it knows whose sessions there are: they can be listed, revoked, limited and
 *     counted; false: those methods throw {@link UnsupportedOperationException}
 */
public record Capabilities(
    boolean mergesConcurrentChanges, boolean endsForGood, boolean principalIndex) {}
