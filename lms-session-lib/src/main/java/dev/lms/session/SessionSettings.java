package dev.lms.session;

/**
 * The rules for the sessions of a site. Immutable.
 *
 * @param cookie how the cookie is sent
 * @param lifetimes when a session ends by itself
 * @param limit how many sessions one person may have; stores without a principal index ignore it
 * @param rotation what becomes of an old id
 */
public record SessionSettings(
    CookieSettings cookie, Lifetimes lifetimes, SessionLimit limit, Rotation rotation) {
  /** A cookie for HTTPS, and the default lifetimes, limit and rotation. */
  public static final SessionSettings DEFAULT =
      new SessionSettings(
          CookieSettings.secureDefaults(),
          Lifetimes.DEFAULT,
          SessionLimit.DEFAULT,
          Rotation.DEFAULT);

  /** The same with another cookie. */
  public SessionSettings with(CookieSettings other) {
    return new SessionSettings(other, lifetimes, limit, rotation);
  }

  /** The same with other lifetimes. */
  public SessionSettings with(Lifetimes other) {
    return new SessionSettings(cookie, other, limit, rotation);
  }

  /** The same with another limit. */
  public SessionSettings with(SessionLimit other) {
    return new SessionSettings(cookie, lifetimes, other, rotation);
  }

  /** The same with another rule for old ids. */
  public SessionSettings with(Rotation other) {
    return new SessionSettings(cookie, lifetimes, limit, other);
  }
}
