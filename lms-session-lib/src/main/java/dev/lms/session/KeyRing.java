// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.crypto.Hmac;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The secret keys of a site: one that signs and seals, and older ones that are still accepted.
 *
 * <p>Each purpose gets keys of its own, derived from each secret as in HKDF (RFC 5869) with
 * HMAC-SHA256, so a value made for one purpose is worthless for another. Immutable and thread-safe;
 * never prints its secrets.
 *
 * <p>Rotate in three steps, each on all workers before the next begins: accept the new secret as a
 * fallback; swap the two, so that the new one signs and the old one is the fallback; drop the old
 * one when no session can be as old as the swap (the absolute lifetime). Nobody is signed out.
 * Without the first step, workers that do not know the new secret yet would reject what it signed.
 */
public final class KeyRing {
  /** The minimum length of a secret, in characters. */
  public static final int MIN_LENGTH = 32;

  private final List<byte[]> secrets = new ArrayList<>();

  private KeyRing() {}

  /**
   * Creates a ring that signs with one secret and also accepts others.
   *
   * @param current the secret that signs; null, as an unset environment variable gives it, is
   *     refused
   * @param fallbacks older or coming secrets that are accepted
   * @return the keys of the site
   * @throws IllegalArgumentException if there is no secret, or one has fewer than {@value
   *     #MIN_LENGTH} characters
   */
  public static KeyRing of(@Nullable String current, String... fallbacks) {
    if (current == null) {
      throw new IllegalArgumentException(
          "there is no secret key; set one of at least %d random characters, for example from: openssl rand -hex 32"
              .formatted(MIN_LENGTH));
    }
    KeyRing ring = new KeyRing();
    ring.add("the secret key", current);
    for (int i = 0; i < fallbacks.length; i++) {
      ring.add("fallback key " + (i + 1), fallbacks[i]);
    }
    return ring;
  }

  private void add(String name, String secret) {
    if (secret.length() < MIN_LENGTH) {
      throw new IllegalArgumentException(
          "%s has %d characters; use at least %d random ones, for example from: openssl rand -hex 32"
              .formatted(name, secret.length(), MIN_LENGTH));
    }
    secrets.add(secret.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Derives the keys for one purpose, for authors of stores.
   *
   * @param purpose a name that no other part of the program uses
   * @return a key of 256 bits for each secret, the signing one first; never to be logged
   */
  public List<byte[]> keys(String purpose) {
    byte[] info = ("lms-session/" + purpose + "\u0001").getBytes(StandardCharsets.UTF_8);
    List<byte[]> keys = new ArrayList<>();
    for (byte[] secret : secrets) {
      byte[] extracted = new Hmac(EXTRACT_SALT).sign(secret);
      keys.add(new Hmac(extracted).sign(info));
    }
    return keys;
  }

  private static final byte[] EXTRACT_SALT = "lms-session".getBytes(StandardCharsets.UTF_8);

  @Override
  public String toString() {
    return "KeyRing[" + secrets.size() + " keys]";
  }
}
