// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.page;

import java.security.SecureRandom;

/**
 * Hashes texts from outside under two random numbers of this process: whoever does not know them
 * cannot make texts that collide. Each four characters are multiplied into 128 bits and folded.
 */
public final class SeededHash {
  private static final long SEED;
  private static final long FACTOR;

  static {
    SecureRandom random = new SecureRandom();
    SEED = random.nextLong();
    FACTOR = random.nextLong() | 1;
  }

  private SeededHash() {}

  /**
   * {@return the hash of a text, which differs in each process}
   *
   * @param text the text
   */
  public static int of(String text) {
    int length = text.length();
    long hash = SEED ^ length;
    int at = 0;
    for (; at + 4 <= length; at += 4) {
      hash =
          folded(
              hash
                  ^ (text.charAt(at)
                      | (long) text.charAt(at + 1) << 16
                      | (long) text.charAt(at + 2) << 32
                      | (long) text.charAt(at + 3) << 48));
    }
    long rest = 0;
    for (; at < length; at++) {
      rest = rest << 16 | text.charAt(at);
    }
    hash = folded(folded(hash ^ rest) + SEED);
    return (int) (hash ^ hash >>> 32);
  }

  private static long folded(long word) {
    return word * FACTOR ^ Math.multiplyHigh(word, FACTOR);
  }
}
