package dev.lms.session;

import dev.lms.session.crypto.Hmac;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * One token per session, derived from its handle: nothing to store, and new whenever the id is
 * (HMAC-based token pattern of the OWASP CSRF cheat sheet).
 */
final class CsrfTokens {
  private final List<Hmac> keys;

  CsrfTokens(KeyRing keys) {
    this.keys = keys.keys("csrf").stream().map(Hmac::new).toList();
  }

  String token(String handle) {
    byte[] signature = keys.get(0).sign(bytes(handle));
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Arrays.copyOf(signature, Hmac.TAG_BYTES));
  }

  boolean matches(String handle, String token) {
    byte[] tag;
    try {
      tag = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      return false;
    }
    return keys.stream().anyMatch(key -> Hmac.matches(key.sign(bytes(handle)), tag));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
