// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Protects the sign-in form of strangers, who have no session to hold a token: a random nonce in a
 * cookie and its MAC in the form (the signed double-submit pattern of the OWASP CSRF cheat sheet).
 * Another site can neither read the cookie nor make a pair that fits. Nothing is stored.
 *
 * <p>A pair that was handed out to an attacker does fit. Over HTTPS the prefix {@code __Host-}
 * keeps a sibling domain from planting it (RFC 6265bis section 4.1.3.2); without HTTPS nothing can.
 */
final class LoginTokens {
  private static final int NONCE_BYTES = 16;

  /** Each value costs a signature; more of one name than this are somebody playing. */
  private static final int MOST = 4;

  private static final Pattern NONCE = Pattern.compile("[A-Za-z0-9_-]{22}");
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final List<SecretKeySpec> keys;
  private final String cookie;
  private final String attributes;
  private final SecureRandom random = new SecureRandom();

  /**
   * With these secrets.
   *
   * @param secrets the first signs, all are accepted
   * @param secure whether the cookie is for HTTPS only
   */
  LoginTokens(List<String> secrets, boolean secure) {
    this.keys =
        secrets.stream()
            .map(s -> hmac(key(s.getBytes(StandardCharsets.UTF_8)), "lms sign-in form"))
            .map(LoginTokens::key)
            .toList();
    // The prefix demands the whole site as its path.
    this.cookie = secure ? "__Host-lms_login" : "lms_login";
    this.attributes =
        (secure ? "; Path=/; Secure" : "; Path=/user/login") + "; HttpOnly; SameSite=Lax; Max-Age=";
  }

  /** The token for a form, and the cookie that goes with it into the response. */
  String issue(HttpExchange exchange) {
    String nonce = nonces(exchange).stream().findFirst().orElseGet(this::newNonce);
    exchange.getResponseHeaders().add("Set-Cookie", cookie(nonce, 3600));
    return token(keys.getFirst(), nonce);
  }

  /** Whether the form and the cookie of the request belong together; constant time. */
  boolean matches(HttpExchange exchange, String token) {
    byte[] sent = token.getBytes(StandardCharsets.UTF_8);
    boolean matches = false;
    for (String nonce : nonces(exchange)) {
      for (SecretKeySpec key : keys) {
        matches |= MessageDigest.isEqual(token(key, nonce).getBytes(StandardCharsets.UTF_8), sent);
      }
    }
    return matches;
  }

  /** Removes the cookie with the response. */
  void forget(HttpExchange exchange) {
    exchange.getResponseHeaders().add("Set-Cookie", cookie("", 0));
  }

  private String cookie(String value, int maxAge) {
    return cookie + "=" + value + attributes + maxAge;
  }

  private String newNonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return BASE64.encodeToString(nonce);
  }

  private List<String> nonces(HttpExchange exchange) {
    return nonces(exchange.getRequestHeaders().getOrDefault("Cookie", List.of()));
  }

  /** Well-formed nonces from all cookie headers: there may be several, and several of one name. */
  List<String> nonces(List<String> headers) {
    List<String> nonces = new ArrayList<>();
    for (String header : headers) {
      for (String pair : header.split(";", -1)) {
        int equals = pair.indexOf('=');
        if (equals >= 0 && trimmed(pair.substring(0, equals)).equals(cookie)) {
          String nonce = unquoted(trimmed(pair.substring(equals + 1)));
          if (nonces.size() < MOST && NONCE.matcher(nonce).matches() && !nonces.contains(nonce)) {
            nonces.add(nonce);
          }
        }
      }
    }
    return nonces;
  }

  /** Without spaces and tabs around it: nothing else is white space in a header. */
  private static String trimmed(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isBlank(text.charAt(start))) {
      start++;
    }
    while (end > start && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /** Without the quotes that a value may have (RFC 6265 section 4.1.1) and some clients add. */
  private static String unquoted(String value) {
    int length = value.length();
    return length >= 2 && value.charAt(0) == '"' && value.charAt(length - 1) == '"'
        ? value.substring(1, length - 1)
        : value;
  }

  private static String token(SecretKeySpec key, String nonce) {
    return BASE64.encodeToString(hmac(key, nonce));
  }

  private static SecretKeySpec key(byte[] bytes) {
    return new SecretKeySpec(bytes, "HmacSHA256");
  }

  private static byte[] hmac(SecretKeySpec key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
