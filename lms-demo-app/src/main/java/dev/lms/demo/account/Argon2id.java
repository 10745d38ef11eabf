// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id hashes as PHC strings (RFC 9106). Bouncy Castle's gives its memory back after each hash;
 * other libraries keep that of each set of parameters for as long as the process lives.
 */
final class Argon2id {
  private static final Pattern PHC =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,8}),t=(\\d{1,4}),p=(\\d{1,3})"
              + "\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();
  private static final SecureRandom RANDOM = new SecureRandom();

  private Argon2id() {}

  /** The hash of a password with a salt of its own. */
  static String hash(String password, int memoryKib, int passes) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    byte[] hash = compute(password, memoryKib, passes, 1, salt, HASH_BYTES);
    return "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s"
        .formatted(memoryKib, passes, BASE64.encodeToString(salt), BASE64.encodeToString(hash));
  }

  /**
   * Whether a hash is of this password. How it was made stands in it.
   *
   * @throws IllegalArgumentException if it is no hash of Argon2id, version 1.3
   */
  static boolean matches(String password, String hash) {
    Matcher phc = PHC.matcher(hash);
    if (!phc.matches()) {
      throw new IllegalArgumentException("a stored password is not hashed with Argon2id");
    }
    byte[] expected = Base64.getDecoder().decode(phc.group(5));
    byte[] actual =
        compute(
            password,
            Integer.parseInt(phc.group(1)),
            Integer.parseInt(phc.group(2)),
            Integer.parseInt(phc.group(3)),
            Base64.getDecoder().decode(phc.group(4)),
            expected.length);
    return MessageDigest.isEqual(expected, actual);
  }

  private static byte[] compute(
      String password, int memoryKib, int passes, int lanes, byte[] salt, int bytes) {
    Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
    argon2.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memoryKib)
            .withIterations(passes)
            .withParallelism(lanes)
            .withSalt(salt)
            .build());
    byte[] hash = new byte[bytes];
    argon2.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
    return hash;
  }
}
