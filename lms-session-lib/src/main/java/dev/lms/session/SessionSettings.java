// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.passport.Passports;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings for the sessions of a site: cookie, header, lifetimes, limit and rotation.
 * Immutable.
 */
public final class SessionSettings {
  private static final Duration SHORTEST_PASSPORT = Duration.ofSeconds(1);
  private static final Duration LONGEST_PASSPORT = Duration.ofHours(1);
  private static final SessionSettings DEFAULTS =
      new SessionSettings(
          CookieSettings.defaults(),
          Optional.empty(),
          Lifetimes.defaults(),
          SessionLimit.defaults(),
          Rotation.defaults(),
          Optional.empty());

  private final CookieSettings cookie;
  private final Optional<TokenHeader> tokenHeader;
  private final Lifetimes lifetimes;
  private final SessionLimit limit;
  private final Rotation rotation;
  private final Optional<Duration> passport;

  private SessionSettings(
      CookieSettings cookie,
      Optional<TokenHeader> tokenHeader,
      Lifetimes lifetimes,
      SessionLimit limit,
      Rotation rotation,
      Optional<Duration> passport) {
    this.cookie = cookie;
    this.tokenHeader = tokenHeader;
    this.lifetimes = lifetimes;
    this.limit = limit;
    this.rotation = rotation;
    this.passport = passport;
  }

  /**
   * {@return the default cookie, which needs HTTPS, and the default lifetimes, limit and rotation}
   */
  public static SessionSettings defaults() {
    return DEFAULTS;
  }

  /**
   * {@return the defaults with a cookie that also goes over plain HTTP: for development on
   * localhost}
   */
  public static SessionSettings plainHttp() {
    return DEFAULTS.withCookie(CookieSettings.plainHttp());
  }

  /**
   * {@return these settings with another cookie}
   *
   * @param other how the cookie is sent
   */
  public SessionSettings withCookie(CookieSettings other) {
    return new SessionSettings(other, tokenHeader, lifetimes, limit, rotation, passport);
  }

  /**
   * {@return these settings for a site whose clients may send their session in a header field} The
   * others go on sending the cookie.
   *
   * @param field the field; {@link Sessions#openRequest(java.util.function.Function)} and the
   *     filters look for it
   */
  public SessionSettings withTokenHeader(TokenHeader field) {
    return new SessionSettings(cookie, Optional.of(field), lifetimes, limit, rotation, passport);
  }

  /**
   * {@return these settings with other lifetimes}
   *
   * @param other when a session ends by itself
   */
  public SessionSettings withLifetimes(Lifetimes other) {
    return new SessionSettings(cookie, tokenHeader, other, limit, rotation, passport);
  }

  /**
   * {@return these settings with another limit} Stores without a {@link PrincipalIndex} ignore it.
   *
   * @param other how many sessions one person may have
   */
  public SessionSettings withLimit(SessionLimit other) {
    return new SessionSettings(cookie, tokenHeader, lifetimes, other, rotation, passport);
  }

  /**
   * {@return these settings with another rule for old ids}
   *
   * @param other what happens to the old id of a rotated session
   */
  public SessionSettings withRotation(Rotation other) {
    return new SessionSettings(cookie, tokenHeader, lifetimes, limit, other, passport);
  }

  /**
   * {@return these settings with passports: who is signed in also gets a cookie that says who they
   * are, for {@link OutagePolicy#PASSPORT} and nothing else}
   *
   * <p>It has the name of the session's cookie and {@code -passport} at its end, the same flags,
   * and is sealed under keys of its own. It is handed out with each new session id, and anew when
   * the session {@linkplain Session#commit() slides}, which is once a minute at most. Nobody gets
   * one whose id and roles do not fit into a cookie of 4096 bytes.
   *
   * @param life how long it is good after the store was last asked; from a second to an hour. Some
   *     minutes are enough for a restart of the store; each of them is one in which whoever was
   *     signed out may still read
   * @throws IllegalArgumentException if the life is out of range
   */
  public SessionSettings withPassport(Duration life) {
    if (life.compareTo(SHORTEST_PASSPORT) < 0 || life.compareTo(LONGEST_PASSPORT) > 0) {
      throw new IllegalArgumentException(
          "a passport must be good for a second to an hour, not " + life);
    }
    return new SessionSettings(cookie, tokenHeader, lifetimes, limit, rotation, Optional.of(life));
  }

  /** {@return how the cookie is sent} */
  public CookieSettings cookie() {
    return cookie;
  }

  /** {@return the header field in which clients may send their session; empty for none} */
  public Optional<TokenHeader> tokenHeader() {
    return tokenHeader;
  }

  /** {@return when a session ends by itself} */
  public Lifetimes lifetimes() {
    return lifetimes;
  }

  /** {@return how many sessions one person may have} */
  public SessionLimit limit() {
    return limit;
  }

  /** {@return what happens to the old id of a rotated session} */
  public Rotation rotation() {
    return rotation;
  }

  /** {@return how long a passport is good; empty if there are none, as by default} */
  public Optional<Duration> passport() {
    return passport;
  }

  /** Those of a site with these settings, if it has any. */
  Optional<Passports> passports(KeyRing keys) {
    CookieSettings named = cookie.withName(cookie.name() + "-passport");
    return passport.map(
        life ->
            new Passports(
                keys.keys("passport"),
                new Passports.Sending(
                    named.name(),
                    life,
                    (value, time) -> named.setting(value, time, true),
                    named.deleting())));
  }

  @Override
  public String toString() {
    return "SessionSettings[%s%s, %s, %s, %s%s]"
        .formatted(
            cookie,
            tokenHeader.map(field -> ", " + field).orElse(""),
            lifetimes,
            limit,
            rotation,
            passport.map(life -> ", passport=" + life).orElse(""));
  }

  /**
   * What happens to the old id when a session gets a new one {@linkplain Session#rotate() without a
   * change of privilege}. Immutable.
   *
   * <p>After a sign-in or a {@linkplain Session#changeRoles change of roles} the old id stops
   * working at once, whatever this says.
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

    /** {@return a grace of ten seconds, after which a use of the old id is reported} */
    public static Rotation defaults() {
      return DEFAULTS;
    }

    /**
     * {@return this rule with another grace} Stores that do not {@linkplain
     * SessionStore.Capability#FOLLOWS_ROTATION follow rotations} allow none.
     *
     * @param other how long requests under way may use the old id; zero for not at all
     * @throws IllegalArgumentException if it is negative, or longer than {@link Lifetimes#LONGEST}
     */
    public Rotation withGrace(Duration other) {
      return new Rotation(other, reuseEndsSession);
    }

    /**
     * {@return this rule, which ends the session or not when its old id is used after the grace}
     * Two parties then hold ids of one session, and nobody can tell which of them is the thief.
     * Either way the use is reported.
     *
     * @param ends whether the session ends, under its new id too
     */
    public Rotation withReuseEndsSession(boolean ends) {
      return new Rotation(grace, ends);
    }

    /** {@return how long requests under way may use the old id} */
    public Duration grace() {
      return grace;
    }

    /** {@return whether a use of the old id after the grace ends the session} */
    public boolean reuseEndsSession() {
      return reuseEndsSession;
    }

    @Override
    public String toString() {
      return "Rotation[grace=%s, reuseEndsSession=%s]".formatted(grace, reuseEndsSession);
    }
  }
}
