// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * One token per session, derived from its handle: nothing to store, and new whenever the id is
 * (HMAC-based token pattern of the OWASP CSRF cheat sheet).
 */
public final class CsrfTokens {
  private final List<Hmac> keys;

  /** By handle: every page with a form asks. */
  private final Recent<String> recent = new Recent<>();

  /**
   * Creates tokens with the first of the keys; all of them are accepted.
   *
   * @param keys at least one key of 256 bits
   */
  public CsrfTokens(List<byte[]> keys) {
    this.keys = keys.stream().map(Hmac::new).toList();
  }

  /**
   * {@return the token of a session}
   *
   * @param handle the session's handle
   */
  public String token(String handle) {
    Optional<String> known = recent.get(handle);
    if (known.isPresent()) {
      return known.get();
    }
    String token = make(handle);
    recent.put(handle, token);
    return token;
  }

  private String make(String handle) {
    byte[] signature = keys.get(0).sign(bytes(handle));
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Arrays.copyOf(signature, Hmac.TAG_BYTES));
  }

  /**
   * {@return whether a text is the token of a session} The comparison takes constant time.
   *
   * @param handle the session's handle
   * @param token what a form carried
   */
  public boolean matches(String handle, String token) {
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
