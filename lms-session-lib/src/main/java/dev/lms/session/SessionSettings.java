package dev.lms.session;

import java.time.Duration;

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

  /**
   * What becomes of the old id when a session gets a new one {@linkplain Session#rotate() without a
   * change of privilege}. Immutable.
   *
   * <p>After a sign-in or a {@linkplain Session#changeRoles change of roles} the old id is dead at
   * once, whatever this says.
   */
  public static final class Rotation {
    private static final Rotation DEFAULTS = new Rotation(Duration.ofSeconds(10), false);

    private final Duration grace;
    private final boolean reuseEndsSession;

    private Rotation(Duration grace, boolean reuseEndsSession) {
      if (grace.isNegative() || grace.compareTo(Lifetimes.LONGEST) > 0) {
        throw new IllegalArgumentException(
            "the grace of a rotation must be from nothing to 68 years, not " + grace);
      }
      this.grace = grace;
      this.reuseEndsSession = reuseEndsSession;
    }

    /** Ten seconds, and reuse is reported. */
    public static Rotation defaults() {
      return DEFAULTS;
    }

    /**
     * With another grace: how long requests that were under way may go on with the old id; zero for
     * not at all. Stores that do not {@linkplain SessionStore.Capability#FOLLOWS_ROTATION follow
     * rotations} allow none.
     *
     * @throws IllegalArgumentException if it is negative, or longer than any session lives
     */
    public Rotation withGrace(Duration other) {
      return new Rotation(other, reuseEndsSession);
    }

    /**
     * Says whether the old id, used after the grace, ends the session under its new id too: two
     * parties hold ids of one session, and nobody can tell which is the thief. If not, the use is
     * only reported.
     */
    public Rotation withReuseEndsSession(boolean ends) {
      return new Rotation(grace, ends);
    }

    /** How long requests that were under way may go on with the old id. */
    public Duration grace() {
      return grace;
    }

    /** Whether the old id, used after the grace, ends the session. */
    public boolean reuseEndsSession() {
      return reuseEndsSession;
    }

    @Override
    public String toString() {
      return "Rotation[grace=%s, reuseEndsSession=%s]".formatted(grace, reuseEndsSession);
    }
  }
}
