package dev.lms.session;

import java.time.Duration;
import java.util.Locale;

/**
 * How the session cookie is sent (RFC 6265bis). Immutable.
 *
 * @param name the cookie's name; with {@code secure}, a {@code __Host-} name keeps sibling domains
 *     from planting one
 * @param secure sent over HTTPS only
 * @param httpOnly hidden from scripts
 * @param sameSite {@code Lax}, {@code Strict} or {@code None}; None needs {@code secure}
 * @param permanent kept when the browser closes
 */
public record CookieSettings(
    String name, boolean secure, boolean httpOnly, String sameSite, boolean permanent) {

  /** Checks what browsers would silently reject. */
  public CookieSettings {
    if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
      throw new IllegalArgumentException("not a cookie name: '" + name + "'");
    }
    if (name.startsWith("$")) {
      throw new IllegalArgumentException(
          "cookie names with $ are attributes to older clients (RFC 2965): '" + name + "'");
    }
    if (!sameSite.matches("Lax|Strict|None")) {
      throw new IllegalArgumentException(
          "SameSite must be Lax, Strict or None, not '" + sameSite + "'");
    }
    if (!secure && sameSite.equals("None")) {
      throw new IllegalArgumentException("browsers reject SameSite=None without Secure");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (!secure && lower.matches("__(host|secure|http)-.*")) {
      throw new IllegalArgumentException("browsers reject a cookie " + name + " without Secure");
    }
    if (!httpOnly && (lower.startsWith("__http-") || lower.startsWith("__host-http-"))) {
      throw new IllegalArgumentException("browsers reject a cookie " + name + " without HttpOnly");
    }
  }

  /** For HTTPS: {@code __Host-session; Secure; HttpOnly; SameSite=Lax}. */
  public static CookieSettings secureDefaults() {
    return new CookieSettings("__Host-session", true, true, "Lax", false);
  }

  /** For development over plain HTTP: {@code session; HttpOnly; SameSite=Lax}. */
  public static CookieSettings insecureDefaults() {
    return new CookieSettings("session", false, true, "Lax", false);
  }

  /** The {@code Set-Cookie} value that hands out a token. */
  String setting(String token, Duration life) {
    return with(token, permanent ? "; Max-Age=" + Math.max(1, life.toSeconds()) : "");
  }

  /** The {@code Set-Cookie} value that deletes the cookie. */
  String deleting() {
    return with("", "; Max-Age=0");
  }

  private String with(String value, String maxAge) {
    return name
        + '='
        + value
        + "; Path=/"
        + maxAge
        + (secure ? "; Secure" : "")
        + (httpOnly ? "; HttpOnly" : "")
        + "; SameSite="
        + sameSite;
  }
}
