// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.store;

/**
 * A point in the order of purges. A render remembers the stamp of the lookup that started it; its
 * page is valid as long as none of the page's tags is purged after that. Immutable.
 *
 * @param epoch one life of the store's memory of purges, which no page survives
 * @param clock the number of the purge within the epoch
 */
public record Stamp(String epoch, long clock) {
  /** The point before all purges: whoever shows it has seen none. */
  public static final Stamp NONE = new Stamp("", 0);
}
