package dev.lms.session;

/**
 * The rules for the sessions of a site. Immutable.
 *
 * @param cookie how the cookie is sent
 * @param lifetimes when a session ends by itself
 * @param limit how many sessions one person may have; stores without a principal index ignore it
 */
public record SessionSettings(CookieSettings cookie, Lifetimes lifetimes, SessionLimit limit) {
  /** A cookie for HTTPS, and the default lifetimes and limit. */
  public static final SessionSettings DEFAULT =
      new SessionSettings(CookieSettings.secureDefaults(), Lifetimes.DEFAULT, SessionLimit.DEFAULT);

  /** The same with another cookie. */
  public SessionSettings with(CookieSettings other) {
    return new SessionSettings(other, lifetimes, limit);
  }

  /** The same with other lifetimes. */
  public SessionSettings with(Lifetimes other) {
    return new SessionSettings(cookie, other, limit);
  }

  /** The same with another limit. */
  public SessionSettings with(SessionLimit other) {
    return new SessionSettings(cookie, lifetimes, other);
  }
}
