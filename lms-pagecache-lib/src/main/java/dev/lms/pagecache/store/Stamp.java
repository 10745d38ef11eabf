package dev.lms.pagecache.store;

/**
 * A point in the order of purges. A render remembers the stamp of the lookup that started it; what
 * it produced is good only as long as none of its tags was purged after that.
 *
 * @param epoch one life of the store's memory of purges; nothing outlives it
 * @param clock counts the purges of an epoch
 */
public record Stamp(String epoch, long clock) {
  /** Before all purges: whoever shows it has seen none. */
  public static final Stamp NONE = new Stamp("", 0);
}
