// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 under one key (RFC 2104). Thread-safe: each call works on a clone of a keyed Mac. */
public final class Hmac {
  /** The length of the tag that is kept of a signature: 128 bits, as RFC 2104 section 5 allows. */
  public static final int TAG_BYTES = 16;

  private final Mac keyed;

  /**
   * Prepares a key.
   *
   * @param key a secret of any length
   */
  public Hmac(byte[] key) {
    try {
      keyed = Mac.getInstance("HmacSHA256");
      keyed.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /**
   * {@return the whole signature of a message, 256 bits}
   *
   * @param message the message
   */
  public byte[] sign(byte[] message) {
    return start().doFinal(message);
  }

  /** {@return a new computation, for a message in several parts} */
  public Mac start() {
    try {
      return (Mac) keyed.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the platform's HmacSHA256 can be cloned", e);
    }
  }

  /**
   * {@return whether a tag is the beginning of a signature} The comparison takes constant time.
   *
   * @param signature the whole signature
   * @param tag what is kept of a signature
   */
  public static boolean matches(byte[] signature, byte[] tag) {
    return MessageDigest.isEqual(Arrays.copyOf(signature, TAG_BYTES), tag);
  }
}
