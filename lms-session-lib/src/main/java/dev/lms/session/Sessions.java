package dev.lms.session;

import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a site: a store, the keys, the rules. Make one at start and share it; it is
 * immutable and thread-safe.
 *
 * <pre>{@code
 * Sessions sessions = new Sessions(FileSessionStore.open(folder, keys), keys);
 * Session session = sessions.open(exchange.getRequestHeaders().get("Cookie"));
 * session.add("visits", 1);
 * session.commit();
 * session.setCookie().ifPresent(cookie -> exchange.getResponseHeaders().add("Set-Cookie", cookie));
 * }</pre>
 *
 * <p>On the JDK's HttpServer, {@code dev.lms.session.httpserver.SessionFilter} does all that.
 */
public final class Sessions {
  private final SessionStore store;
  private final CookieSettings cookie;
  private final Lifetimes lifetimes;
  private final Clock clock;
  private final CsrfTokens csrf;

  /** With default lifetimes, the system's clock, and a cookie for HTTPS. */
  public Sessions(SessionStore store, KeyRing keys) {
    this(store, keys, CookieSettings.secureDefaults(), Lifetimes.DEFAULT, Clock.systemUTC());
  }

  /** With everything said. */
  public Sessions(
      SessionStore store, KeyRing keys, CookieSettings cookie, Lifetimes lifetimes, Clock clock) {
    this.store = store;
    this.cookie = cookie;
    this.lifetimes = lifetimes;
    this.clock = clock;
    this.csrf = new CsrfTokens(keys);
  }

  /**
   * The session of one request. Costs no I/O: the store is asked when the session is first looked
   * at, and never for a request without a cookie of ours.
   *
   * @param cookieHeaders every {@code Cookie} header of the request; null for none, as HTTP servers
   *     say it
   */
  public Session open(@Nullable List<String> cookieHeaders) {
    List<String> tokens =
        cookieHeaders == null ? List.of() : Cookies.values(cookieHeaders, cookie.name());
    return new Session(this, tokens);
  }

  SessionStore store() {
    return store;
  }

  CookieSettings cookie() {
    return cookie;
  }

  Lifetimes lifetimes() {
    return lifetimes;
  }

  Clock clock() {
    return clock;
  }

  CsrfTokens csrf() {
    return csrf;
  }
}
