package dev.lms.demo.config;

import java.util.List;
import java.util.Optional;

/**
 * The keys that sign and seal.
 *
 * @param key signs; empty until {@link Config#withSecretKey} gave the generated one
 * @param fallbacks older keys, still accepted, never used to sign
 */
public record Secrets(Optional<String> key, List<String> fallbacks) {

  /** The key that signs. */
  public String signingKey() {
    return key.orElseThrow(() -> new IllegalStateException("no secret key was generated yet"));
  }

  /** Never the keys themselves. */
  @Override
  public String toString() {
    return "Secrets[" + (key.isPresent() ? 1 : 0) + " key, " + fallbacks.size() + " fallbacks]";
  }
}
