// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.page;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Names for contents: SHA-256, cut to 144 bits, of parts that are each written with their kind and
 * length. For use by one thread.
 */
public final class Digests {
  private static final int BYTES = 18;
  private static final MessageDigest UNFED = newSha256();
  private static final Base64.Encoder NAMES = Base64.getUrlEncoder().withoutPadding();

  private final MessageDigest sha = sha256();

  /** Nothing taken in yet. */
  public Digests() {}

  /**
   * Adds a part.
   *
   * @param kind what the part is
   * @param value its text
   * @return this digest
   */
  public Digests part(char kind, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return part(kind, new Slice(bytes, 0, bytes.length));
  }

  Digests part(char kind, Slice value) {
    ByteBuffer part =
        ByteBuffer.allocate(1 + Integer.BYTES + value.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) kind)
            .putInt(value.length)
            .put(value.array, value.offset, value.length);
    sha.update(part.array());
    return this;
  }

  /** {@return the name of all parts together: 24 letters, digits, hyphens and underscores} */
  public String name() {
    return NAMES.encodeToString(Arrays.copyOf(sha.digest(), BYTES));
  }

  /** As fast as the platform gives it: a copy of one that was never fed. */
  private static MessageDigest sha256() {
    try {
      return (MessageDigest) UNFED.clone();
    } catch (CloneNotSupportedException e) {
      return newSha256();
    }
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256; this one does not", e);
    }
  }
}
