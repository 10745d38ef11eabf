// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.page;

/**
 * Notices what is left of a marker that was changed on its way into the body: some of its random
 * digits, in any case, and with zero bytes in between as UTF-16 has them. Each byte is looked at
 * once, or twice. For use by one thread.
 */
final class MarkerTrace {
  private final byte[] sought;

  /** How much is still matched after a mismatch (Knuth, Morris, Pratt). */
  private final int[] fallback;

  private int matched;

  /**
   * @param sought in lower case
   */
  MarkerTrace(byte[] sought) {
    this.sought = sought.clone();
    this.fallback = new int[sought.length];
    int border = 0;
    for (int at = 1; at < sought.length; at++) {
      while (border > 0 && sought[at] != sought[border]) {
        border = fallback[border - 1];
      }
      border += sought[at] == sought[border] ? 1 : 0;
      fallback[at] = border;
    }
  }

  /** Whether the digits are in these bytes, or end in them and began in those before. */
  boolean isIn(byte[] bytes, int from, int to) {
    for (int at = from; at < to; at++) {
      byte b = bytes[at];
      if (b == 0) {
        continue;
      }
      byte lower = b >= 'A' && b <= 'Z' ? (byte) (b + ('a' - 'A')) : b;
      while (matched > 0 && lower != sought[matched]) {
        matched = fallback[matched - 1];
      }
      matched += lower == sought[matched] ? 1 : 0;
      if (matched == sought.length) {
        return true;
      }
    }
    return false;
  }

  /** Begins again: what comes next does not follow what came before. */
  void reset() {
    matched = 0;
  }
}
