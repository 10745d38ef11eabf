package dev.lms.session;

import dev.lms.session.crypto.Hmac;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The secret keys of a site: one that signs and seals, and older ones that are still accepted.
 *
 * <p>From each secret a separate key is derived for each purpose (HKDF-style, RFC 5869, with
 * HMAC-SHA256), so a value made for one purpose is worthless for another. Immutable and
 * thread-safe; never prints its secrets.
 *
 * <p>To rotate, in three steps, each on all workers before the next begins: accept the new secret
 * as a fallback; swap the two, so that the new one signs and the old one is the fallback; drop the
 * old one after as long as a session may live (the absolute timeout). Nobody is signed out. Without
 * the first step, workers that do not know the new secret yet would take what it signed for forged.
 */
public final class KeyRing {
  /** The shortest secret that is taken, in characters. */
  public static final int MIN_LENGTH = 32;

  private final List<byte[]> secrets = new ArrayList<>();

  private KeyRing() {}

  /**
   * A ring that signs with {@code current} and also accepts {@code fallbacks}.
   *
   * @param current the signing secret; null, as an unset environment variable gives it, is refused
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
   * The keys for one purpose, the signing one first: for authors of stores, each of whom names a
   * purpose of their own.
   *
   * @return 256 bits each; secrets, never to be logged
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
