// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Which bits stand for an address among those that were asked for once (B. Bloom, Space/Time
 * Trade-offs in Hash Coding with Allowable Errors): the same on all nodes. One address in a hundred
 * that is new is taken for one that is not, at most, and then is stored a request early.
 */
final class AskedBits {
  /** There are so many bits: 64 KiB. */
  private static final int BITS = 1 << 19;

  private static final int COUNT = 4;

  private AskedBits() {}

  static int[] of(byte[] key) {
    ByteBuffer hash = ByteBuffer.wrap(sha256(key));
    int[] bits = new int[COUNT];
    for (int i = 0; i < COUNT; i++) {
      bits[i] = hash.getInt() & (BITS - 1);
    }
    return bits;
  }

  private static byte[] sha256(byte[] key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256; this one does not", e);
    }
  }
}
