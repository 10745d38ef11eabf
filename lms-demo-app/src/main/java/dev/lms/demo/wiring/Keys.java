// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.config.Secrets;
import dev.lms.session.KeyRing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** From configured secrets to keys. */
final class Keys {
  private Keys() {}

  static KeyRing of(Secrets secrets) {
    return KeyRing.of(
        longEnough(secrets.signingKey()),
        secrets.fallbacks().stream().map(Keys::longEnough).toArray(String[]::new));
  }

  /**
   * Outside production a short key is allowed; it becomes longer here, not stronger. In production
   * the configuration has refused it.
   */
  private static String longEnough(String secret) {
    if (secret.length() >= KeyRing.MIN_LENGTH) {
      return secret;
    }
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha.digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
