package dev.lms.session;

/** The rules for the sessions of a site. Immutable. */
public final class SessionSettings {
  private static final SessionSettings DEFAULTS =
      new SessionSettings(
          CookieSettings.defaults(),
          Lifetimes.defaults(),
          SessionLimit.defaults(),
          Rotation.defaults());

  private final CookieSettings cookie;
  private final Lifetimes lifetimes;
  private final SessionLimit limit;
  private final Rotation rotation;

  private SessionSettings(
      CookieSettings cookie, Lifetimes lifetimes, SessionLimit limit, Rotation rotation) {
    this.cookie = cookie;
    this.lifetimes = lifetimes;
    this.limit = limit;
    this.rotation = rotation;
  }

  /** A cookie for HTTPS, and the default lifetimes, limit and rotation. */
  public static SessionSettings defaults() {
    return DEFAULTS;
  }

  /** The defaults, with a cookie that also goes over plain HTTP: for development on localhost. */
  public static SessionSettings plainHttp() {
    return DEFAULTS.withCookie(CookieSettings.plainHttp());
  }

  /** With another cookie. */
  public SessionSettings withCookie(CookieSettings other) {
    return new SessionSettings(other, lifetimes, limit, rotation);
  }

  /** With other lifetimes. */
  public SessionSettings withLifetimes(Lifetimes other) {
    return new SessionSettings(cookie, other, limit, rotation);
  }

  /** With another limit; stores without a {@link PrincipalIndex} ignore it. */
  public SessionSettings withLimit(SessionLimit other) {
    return new SessionSettings(cookie, lifetimes, other, rotation);
  }

  /** With another rule for old ids. */
  public SessionSettings withRotation(Rotation other) {
    return new SessionSettings(cookie, lifetimes, limit, other);
  }

  /** How the cookie is sent. */
  public CookieSettings cookie() {
    return cookie;
  }

  /** When a session ends by itself. */
  public Lifetimes lifetimes() {
    return lifetimes;
  }

  /** How many sessions one person may have. */
  public SessionLimit limit() {
    return limit;
  }

  /** What becomes of an old id. */
  public Rotation rotation() {
    return rotation;
  }

  @Override
  public String toString() {
    return "SessionSettings[%s, %s, %s, %s]".formatted(cookie, lifetimes, limit, rotation);
  }
}
