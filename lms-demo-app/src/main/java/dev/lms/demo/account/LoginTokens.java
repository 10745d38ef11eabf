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
 */
final class LoginTokens {
  private static final String COOKIE = "lms_login";
  private static final int NONCE_BYTES = 16;
  private static final Pattern NONCE = Pattern.compile("[A-Za-z0-9_-]{22}");
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final List<SecretKeySpec> keys;
  private final boolean secure;
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
    this.secure = secure;
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
    return COOKIE
        + "="
        + value
        + "; Path=/user/login; Max-Age="
        + maxAge
        + "; HttpOnly; SameSite=Lax"
        + (secure ? "; Secure" : "");
  }

  private String newNonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return BASE64.encodeToString(nonce);
  }

  /** Well-formed nonces from all cookie headers: there may be several, and several of one name. */
  private static List<String> nonces(HttpExchange exchange) {
    List<String> nonces = new ArrayList<>();
    for (String header : exchange.getRequestHeaders().getOrDefault("Cookie", List.of())) {
      for (String pair : header.split(";", -1)) {
        String trimmed = pair.strip();
        if (trimmed.startsWith(COOKIE + "=")) {
          String nonce = trimmed.substring(COOKIE.length() + 1);
          if (NONCE.matcher(nonce).matches()) {
            nonces.add(nonce);
          }
        }
      }
    }
    return nonces;
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
