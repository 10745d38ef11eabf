package dev.lms.session;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How the session cookie is sent (RFC 6265bis). Immutable.
 *
 * <p>What browsers would silently reject is an {@link IllegalArgumentException} of the method that
 * asks for it: so begin with {@link #defaults()} or {@link #plainHttp()}, and give another name
 * before what the old one forbids.
 */
public final class CookieSettings {
  /** With which requests from other sites a browser sends the cookie. */
  public enum SameSite {
    /** When a person follows a link to this site. */
    LAX("Lax"),
    /** With none. */
    STRICT("Strict"),
    /** With all; needs {@code Secure}. */
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

  /** For HTTPS: {@code __Host-session; Path=/; Secure; HttpOnly; SameSite=Lax}. */
  public static CookieSettings defaults() {
    return DEFAULTS;
  }

  /** For development over plain HTTP: {@code session; Path=/; HttpOnly; SameSite=Lax}. */
  public static CookieSettings plainHttp() {
    return PLAIN_HTTP;
  }

  /**
   * With another name. A {@code __Host-} name keeps sibling domains from planting a cookie; it and
   * {@code __Secure-} need {@code Secure}, and {@code __Host-} the path / and no domain.
   */
  public CookieSettings withName(String other) {
    return new CookieSettings(flags, other, domain, path);
  }

  /** Says whether it is sent over HTTPS only. */
  public CookieSettings withSecure(boolean secure) {
    return with(
        new Flags(
            secure, flags.httpOnly(), flags.sameSite(), flags.permanent(), flags.partitioned()));
  }

  /** Says whether it is hidden from scripts. */
  public CookieSettings withHttpOnly(boolean httpOnly) {
    return with(
        new Flags(
            flags.secure(), httpOnly, flags.sameSite(), flags.permanent(), flags.partitioned()));
  }

  /** Says with which requests from other sites it is sent. */
  public CookieSettings withSameSite(SameSite sameSite) {
    return with(
        new Flags(
            flags.secure(), flags.httpOnly(), sameSite, flags.permanent(), flags.partitioned()));
  }

  /** Says whether it is kept when the browser closes; {@link SignInOptions} may say otherwise. */
  public CookieSettings withPermanent(boolean permanent) {
    return with(
        new Flags(
            flags.secure(), flags.httpOnly(), flags.sameSite(), permanent, flags.partitioned()));
  }

  /**
   * Says whether a browser keeps it apart for each site that embeds this one (CHIPS); needs {@code
   * Secure}.
   */
  public CookieSettings withPartitioned(boolean partitioned) {
    return with(
        new Flags(
            flags.secure(), flags.httpOnly(), flags.sameSite(), flags.permanent(), partitioned));
  }

  /** Sends it to this domain and all below it, rather than to the host that set it alone. */
  public CookieSettings withDomain(String other) {
    return new CookieSettings(flags, name, Optional.of(other), path);
  }

  /** Sends it with requests below this path only; no protection from scripts of other paths. */
  public CookieSettings withPath(String other) {
    return new CookieSettings(flags, name, domain, other);
  }

  private CookieSettings with(Flags other) {
    return new CookieSettings(other, name, domain, path);
  }

  /** The cookie's name. */
  public String name() {
    return name;
  }

  /** Whether it is sent over HTTPS only. */
  public boolean secure() {
    return flags.secure();
  }

  /** Whether it is kept when the browser closes. */
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
