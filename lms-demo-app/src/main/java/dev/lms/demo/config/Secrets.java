// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys that sign and seal.
 *
 * @param key signs; empty until {@link Config#withSecretKey} gave the generated one
 * @param fallbacks older keys, still accepted, never used to sign
 */
public record Secrets(Optional<String> key, List<String> fallbacks) {
  private static final int MIN_LENGTH = 32;
  private static final Set<String> GUESSED =
      Set.of("dev", "development", "test", "secret", "changeme");
  private static final int MARK_BYTES = 8;

  /** The key that signs. */
  public String signingKey() {
    return key.orElseThrow(() -> new IllegalStateException("no secret key was generated yet"));
  }

  /** Whether it is one of those that everybody tries first. */
  public boolean isGuessed() {
    return isGuessed(signingKey());
  }

  /** Whether it is shorter than production demands. */
  public boolean isShort() {
    return signingKey().length() < MIN_LENGTH;
  }

  private static boolean isGuessed(String key) {
    return GUESSED.contains(key.toLowerCase(Locale.ROOT));
  }

  /** Why production refuses a key; empty if it does not. */
  static Optional<String> weakness(String key) {
    if (isGuessed(key)) {
      return Optional.of("is one everybody guesses");
    }
    if (key.length() < MIN_LENGTH) {
      return Optional.of("has " + key.length() + " characters, production needs " + MIN_LENGTH);
    }
    return Optional.empty();
  }

  /** By which the key that signs is known again, without telling it. */
  public String mark() {
    return mark(signingKey());
  }

  /** The marks of all keys that are accepted. */
  public Set<String> marks() {
    Set<String> marks = new TreeSet<>();
    key.ifPresent(signing -> marks.add(mark(signing)));
    fallbacks.forEach(fallback -> marks.add(mark(fallback)));
    return marks;
  }

  private static String mark(String key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] code = mac.doFinal("lms: which key".getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(code, 0, MARK_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /** Never the keys themselves. */
  @Override
  public String toString() {
    return "Secrets[" + (key.isPresent() ? 1 : 0) + " key, " + fallbacks.size() + " fallbacks]";
  }
}
