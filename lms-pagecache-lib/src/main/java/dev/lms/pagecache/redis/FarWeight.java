// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import java.util.List;

/**
 * What an entry takes in Redis: its key, in the table of keys and in the ledger, its page, its
 * tags, and what Redis keeps beside them, as jemalloc rounds it up.
 */
final class FarWeight {
  /** The ledger counts in units of so many bytes, rounded up. */
  static final int UNIT = 256;

  /** Measured on Redis 6.2 and 7.0. */
  private static final int TABLES = 512;

  /** A string's own header and end, and what a list of tags needs for each. */
  private static final int HEADER = 16;

  private FarWeight() {}

  static long of(byte[] key, byte[] page, List<byte[]> tags) {
    long ofTags = 0;
    for (byte[] tag : tags) {
      ofTags += 3 + tag.length;
    }
    return TABLES
        + 2 * allocated(HEADER + key.length)
        + allocated(HEADER + page.length)
        + allocated(HEADER + ofTags);
  }

  /** Four sizes lie between a power of two and the next. */
  private static long allocated(long bytes) {
    long step = Math.max(16, Long.highestOneBit(bytes - 1) / 4);
    return (bytes + step - 1) / step * step;
  }
}
