// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How the session cookie is sent (RFC 6265bis). Immutable.
 *
 * <p>A method that asks for a cookie which browsers would silently reject throws {@link
 * IllegalArgumentException}. Start with {@link #defaults()} or {@link #plainHttp()}, and change the
 * name before you change what a {@code __Host-} or {@code __Secure-} name forbids.
 */
public final class CookieSettings {
  /** Which requests from other sites carry the cookie. */
  public enum SameSite {
    /** Requests in which a person follows a link to this site. */
    LAX("Lax"),
    /** None. */
    STRICT("Strict"),
    /** All; needs {@code Secure}. */
    NONE("None");

    private final String text;

    SameSite(String text) {
      this.text = text;
    }
  }

  private static final CookieSettings DEFAULTS =
      new CookieSettings(
          new Flags(true, true, SameSite.LAX, false, false),
          "__Host-session",
          Optional.empty(),
          "/");
  private static final CookieSettings PLAIN_HTTP =
      new CookieSettings(
          new Flags(false, true, SameSite.LAX, false, false), "session", Optional.empty(), "/");

  private record Flags(
      boolean secure, boolean httpOnly, SameSite sameSite, boolean permanent, boolean partitioned) {
    String text() {
      return (secure ? "; Secure" : "")
          + (httpOnly ? "; HttpOnly" : "")
          + "; SameSite="
          + sameSite.text
          + (partitioned ? "; Partitioned" : "");
    }
  }

  private final Flags flags;
  private final String name;
  private final Optional<String> domain;
  private final String path;

  private CookieSettings(Flags flags, String name, Optional<String> domain, String path) {
    this.flags = flags;
    this.name = name;
    this.domain = domain;
    this.path = path;
    checkName();
    checkPrefix(name.toLowerCase(Locale.ROOT));
    if (!flags.secure() && flags.sameSite() == SameSite.NONE) {
      throw new IllegalArgumentException("browsers reject SameSite=None without Secure");
    }
    if (!flags.secure() && flags.partitioned()) {
      throw new IllegalArgumentException("browsers reject Partitioned without Secure");
    }
    domain.ifPresent(CookieSettings::checkDomain);
    if (!path.matches("/[!-:<-~]*")) {
      throw new IllegalArgumentException("not a cookie's path: '" + path + "'");
    }
  }

  private void checkName() {
    if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
      throw new IllegalArgumentException("not a cookie name: '" + name + "'");
    }
    if (name.startsWith("$")) {
      throw new IllegalArgumentException(
          "cookie names with $ are attributes to older clients (RFC 2965): '" + name + "'");
    }
  }

  /** Browsers compare prefixes without regard to case (RFC 6265bis section 5.7). */
  private void checkPrefix(String lower) {
    if (!flags.secure() && lower.matches("__(host|secure|http)-.*")) {
      throw new IllegalArgumentException("browsers reject a cookie " + name + " without Secure");
    }
    if (!flags.httpOnly() && (lower.startsWith("__http-") || lower.startsWith("__host-http-"))) {
      throw new IllegalArgumentException("browsers reject a cookie " + name + " without HttpOnly");
    }
    if (lower.startsWith("__host-") && domain.isPresent()) {
      throw new IllegalArgumentException("browsers reject a cookie " + name + " with a Domain");
    }
    if (lower.startsWith("__host-") && !path.equals("/")) {
      throw new IllegalArgumentException("browsers reject a cookie " + name + " without Path=/");
    }
  }

  private static void checkDomain(String domain) {
    String label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    if (domain.length() > 253 || !domain.matches(label + "(?:\\." + label + ")*")) {
      throw new IllegalArgumentException("not a cookie's domain: '" + domain + "'");
    }
  }

  /**
   * {@return settings for HTTPS: {@code __Host-session; Path=/; Secure; HttpOnly; SameSite=Lax}}
   */
  public static CookieSettings defaults() {
    return DEFAULTS;
  }

  /**
   * {@return settings for development over plain HTTP: {@code session; Path=/; HttpOnly;
   * SameSite=Lax}}
   */
  public static CookieSettings plainHttp() {
    return PLAIN_HTTP;
  }

  /**
   * {@return these settings with another name} A {@code __Host-} name keeps sibling domains from
   * planting a cookie and needs {@code Secure}, the path / and no domain; {@code __Secure-} needs
   * {@code Secure}.
   *
   * @param other the cookie's name
   * @throws IllegalArgumentException if browsers would reject the cookie
   */
  public CookieSettings withName(String other) {
    return new CookieSettings(flags, other, domain, path);
  }

  /**
   * {@return these settings for a cookie that is sent over HTTPS only, or also over plain HTTP}
   *
   * @param secure whether HTTPS is needed
   * @throws IllegalArgumentException if browsers would reject the cookie
   */
  public CookieSettings withSecure(boolean secure) {
    return with(
        new Flags(
            secure, flags.httpOnly(), flags.sameSite(), flags.permanent(), flags.partitioned()));
  }

  /**
   * {@return these settings for a cookie that is hidden from scripts, or not}
   *
   * @param httpOnly whether it is hidden
   * @throws IllegalArgumentException if browsers would reject the cookie
   */
  public CookieSettings withHttpOnly(boolean httpOnly) {
    return with(
        new Flags(
            flags.secure(), httpOnly, flags.sameSite(), flags.permanent(), flags.partitioned()));
  }

  /**
   * {@return these settings with another rule for requests from other sites}
   *
   * @param sameSite which of them carry the cookie
   * @throws IllegalArgumentException if browsers would reject the cookie
   */
  public CookieSettings withSameSite(SameSite sameSite) {
    return with(
        new Flags(
            flags.secure(), flags.httpOnly(), sameSite, flags.permanent(), flags.partitioned()));
  }

  /**
   * {@return these settings for a cookie that outlives the browser, or not} {@link SignInOptions}
   * may override it.
   *
   * @param permanent whether the cookie has a {@code Max-Age}
   */
  public CookieSettings withPermanent(boolean permanent) {
    return with(
        new Flags(
            flags.secure(), flags.httpOnly(), flags.sameSite(), permanent, flags.partitioned()));
  }

  /**
   * {@return these settings for a cookie that browsers keep separately for each site that embeds
   * this one (CHIPS), or not}
   *
   * @param partitioned whether they are separate; needs {@code Secure}
   * @throws IllegalArgumentException if browsers would reject the cookie
   */
  public CookieSettings withPartitioned(boolean partitioned) {
    return with(
        new Flags(
            flags.secure(), flags.httpOnly(), flags.sameSite(), flags.permanent(), partitioned));
  }

  /**
   * {@return these settings for a cookie that goes to a domain and all its subdomains, rather than
   * to the host that set it alone}
   *
   * @param other the domain
   * @throws IllegalArgumentException if browsers would reject the cookie
   */
  public CookieSettings withDomain(String other) {
    return new CookieSettings(flags, name, Optional.of(other), path);
  }

  /**
   * {@return these settings for a cookie that goes with requests below a path only} This does not
   * protect it from scripts on other paths.
   *
   * @param other the path
   * @throws IllegalArgumentException if browsers would reject the cookie
   */
  public CookieSettings withPath(String other) {
    return new CookieSettings(flags, name, domain, other);
  }

  private CookieSettings with(Flags other) {
    return new CookieSettings(other, name, domain, path);
  }

  /** {@return the cookie's name} */
  public String name() {
    return name;
  }

  /** {@return whether the cookie is sent over HTTPS only} */
  public boolean secure() {
    return flags.secure();
  }

  /** {@return whether the cookie outlives the browser} */
  public boolean permanent() {
    return flags.permanent();
  }

  /** The {@code Set-Cookie} value that hands out a token. */
  String setting(String token, Duration life, boolean permanent) {
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
        + domain.map(host -> "; Domain=" + host).orElse("")
        + "; Path="
        + path
        + maxAge
        + flags.text();
  }

  @Override
  public String toString() {
    return "CookieSettings[" + with("…", flags.permanent() ? "; Max-Age=…" : "") + "]";
  }
}
