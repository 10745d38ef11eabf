// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.crypto.CsrfTokens;
import dev.lms.session.observation.StoreObserver;
import dev.lms.session.passport.PassportCookie;
import dev.lms.session.text.Cookies;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a site: a store, the secret keys and the settings. Create one at start-up and
 * share it; it is thread-safe.
 *
 * <p>A breaker stands between requests and the store: after several failed calls in a row, requests
 * fail at once and one probe a second asks the store, until it answers.
 *
 * <pre>{@code
 * Sessions sessions = Sessions.of(FileSessionStore.open(folder, keys), keys);
 * Session session = sessions.open(exchange.getRequestHeaders().get("Cookie"));
 * session.add("visits", 1);
 * session.commit();
 * session.setCookie().ifPresent(cookie -> exchange.getResponseHeaders().add("Set-Cookie", cookie));
 * }</pre>
 *
 * <p>On the JDK's HttpServer, {@code dev.lms.session.httpserver.SessionFilter} does all that.
 */
public final class Sessions {
  private final Site site;

  private Sessions(Site site) {
    this.site = site;
  }

  /**
   * Creates sessions with {@linkplain SessionSettings#defaults() default settings}, whose cookie
   * needs HTTPS.
   *
   * @param store where sessions are kept
   * @param keys the secret keys, the same as the store's
   * @return the sessions of the site
   * @throws IllegalArgumentException as {@link Builder#build()}
   */
  public static Sessions of(SessionStore store, KeyRing keys) {
    return builder(store, keys).build();
  }

  /**
   * Creates sessions with other settings, such as {@link SessionSettings#plainHttp()}.
   *
   * @param store where sessions are kept
   * @param keys the secret keys, the same as the store's
   * @param settings cookie, lifetimes, limit and rotation
   * @return the sessions of the site
   * @throws IllegalArgumentException as {@link Builder#build()}
   */
  public static Sessions of(SessionStore store, KeyRing keys, SessionSettings settings) {
    return builder(store, keys).settings(settings).build();
  }

  /**
   * Starts to configure sessions, with a clock or listeners for example.
   *
   * @param store where sessions are kept
   * @param keys the secret keys, the same as the store's
   * @return a builder with default settings
   */
  public static Builder builder(SessionStore store, KeyRing keys) {
    return new Builder(store, keys);
  }

  /** Configures the {@link Sessions} of a site. Not thread-safe. */
  public static final class Builder {
    private final SessionStore store;
    private final KeyRing keys;
    private final List<SessionListener> listeners = new ArrayList<>();
    private final List<StoreObserver> observers = new ArrayList<>();
    private SessionSettings settings = SessionSettings.defaults();
    private Clock clock = Clock.systemUTC();
    private LongSupplier nanoTime = System::nanoTime;

    private Builder(SessionStore store, KeyRing keys) {
      this.store = store;
      this.keys = keys;
    }

    /**
     * Replaces the {@linkplain SessionSettings#defaults() default settings}.
     *
     * @param settings cookie, lifetimes, limit and rotation
     * @return this builder
     */
    public Builder settings(SessionSettings settings) {
      this.settings = settings;
      return this;
    }

    /**
     * Replaces the system's clock.
     *
     * @param clock the clock that judges deadlines
     * @return this builder
     */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /**
     * Adds a listener that is told what happens to sessions. May be called several times.
     *
     * @param listener the listener to add
     * @return this builder
     */
    public Builder listener(SessionListener listener) {
      listeners.add(listener);
      return this;
    }

    /**
     * Adds an observer that watches calls to the store. May be called several times.
     *
     * @param observer the observer to add
     * @return this builder
     */
    public Builder observer(StoreObserver observer) {
      observers.add(observer);
      return this;
    }

    /** What measures how long things take. */
    Builder nanoTime(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      return this;
    }

    /**
     * Creates the sessions.
     *
     * @return the sessions of the site
     * @throws IllegalArgumentException if the store is for a cookie of another name than the
     *     settings send: it would measure, seal and accept what no browser has
     */
    public Sessions build() {
      String cookie = settings.cookie().name();
      if (store instanceof SessionStore.ForOneCookie bound && !bound.cookieName().equals(cookie)) {
        throw new IllegalArgumentException(
            "the store is for the cookie '%s', but the settings send '%s': give both the same"
                .formatted(bound.cookieName(), cookie));
      }
      SessionEvents events = new SessionEvents(listeners);
      GuardedStore guarded =
          new GuardedStore(store, events, StoreObserver.all(observers), nanoTime);
      return new Sessions(
          new Site(
              guarded,
              events,
              settings,
              clock,
              new CsrfTokens(keys.keys("csrf")),
              settings.passports(keys)));
    }
  }

  /**
   * Opens the session of one request. This costs no I/O: the store is asked when the session is
   * first read, and never for a request without a cookie that these keys signed. In an outage the
   * request fails: {@link OutagePolicy#FAIL_CLOSED}.
   *
   * @param cookieHeaders every {@code Cookie} header of the request; null for none, as HTTP servers
   *     report it
   * @return the request's session, which may not exist yet
   */
  public Session open(@Nullable List<String> cookieHeaders) {
    return open(cookieHeaders, OutagePolicy.FAIL_CLOSED);
  }

  /**
   * Opens the session of one request, like {@link #open(List)}, with a policy for an outage.
   *
   * @param cookieHeaders every {@code Cookie} header of the request; null for none
   * @param policy what the request gets while the store cannot be reached
   * @return the request's session, which may not exist yet
   * @throws IllegalArgumentException if the policy takes passports and the settings {@linkplain
   *     SessionSettings#withPassport give none}
   */
  public Session open(@Nullable List<String> cookieHeaders, OutagePolicy policy) {
    policy.check(site.passports().isPresent());
    List<String> tokens =
        cookieHeaders == null ? List.of() : Cookies.values(cookieHeaders, site.cookie().name());
    return open(tokens, Optional.empty(), cookieHeaders, policy);
  }

  /**
   * Opens the session of one request, like {@link #open(List)}, wherever the settings have clients
   * send it: in the cookie or in a {@link TokenHeader}.
   *
   * @param fields every line of a header field by the field's name in any case; null for none
   * @return the request's session, which may not exist yet
   */
  public Session openRequest(Function<String, @Nullable List<String>> fields) {
    return openRequest(fields, OutagePolicy.FAIL_CLOSED);
  }

  /**
   * Opens the session of one request, like {@link #openRequest(Function)}, with a policy for an
   * outage.
   *
   * @param fields every line of a header field by the field's name in any case; null for none
   * @param policy what the request gets while the store cannot be reached
   * @return the request's session, which may not exist yet
   */
  public Session openRequest(Function<String, @Nullable List<String>> fields, OutagePolicy policy) {
    Optional<TokenHeader> header = site.settings().tokenHeader();
    return header
        .flatMap(field -> field.tokens(fields))
        .map(tokens -> open(tokens, header, null, policy)) // A passport is a cookie.
        .orElseGet(() -> open(fields.apply("Cookie"), policy));
  }

  private Session open(
      List<String> tokens,
      Optional<TokenHeader> header,
      @Nullable List<String> cookieHeaders,
      OutagePolicy policy) {
    PassportCookie papers =
        new PassportCookie(
            header.isPresent() ? null : site.passports().orElse(null), cookieHeaders);
    return new Session(site, new LoadedSession(site, tokens, header, papers, policy), policy);
  }

  /**
   * Lists the live sessions of a person, which an account page shows as their devices. The one
   * whose handle is {@link Session#handle()} is the request's own.
   *
   * @param principalId the person's id
   * @return the latest sign-in first
   * @throws IllegalStateException if the store is not a {@link PrincipalIndex}, like the cookie
   *     store: it keeps no record of whose sessions exist
   * @throws SessionStoreException if the store cannot be reached
   */
  public List<SessionInfo> list(String principalId) {
    return site.store().list(principalId, site.now());
  }

  /**
   * Lists some of the live sessions of a person who may have many; reads no attributes.
   *
   * @param principalId the person's id
   * @param from the previous page's {@linkplain PrincipalIndex.Page#next next}; empty for the first
   *     page
   * @param most how many sessions a page holds; at least 1
   * @return the sessions, the latest sign-in first, and where the next page begins
   * @throws IllegalArgumentException if {@code from} came from no page, or {@code most} is less
   *     than 1
   * @throws IllegalStateException if the store is not a {@link PrincipalIndex}
   * @throws SessionStoreException if the store cannot be reached
   */
  public PrincipalIndex.Page page(String principalId, Optional<String> from, int most) {
    return site.store().page(principalId, from, most, site.now());
  }

  /**
   * Gives a person other roles in all their sessions, on every worker. When this returns, each
   * request that reads one of these sessions for the first time sees the new roles, whatever other
   * requests are under way.
   *
   * <p>Each session whose roles this changes gets a new id at its next commit; the old id stops
   * working then (OWASP ASVS 7.2.4). Only the browser can be handed a new id, so until it sends its
   * next request the old id stands for the new roles; an alias of a {@linkplain Session#rotate()
   * rotation} does not. If that is too long, for example after a theft, {@linkplain #revokeAll
   * revoke} instead.
   *
   * <p>Write the roles where sign-ins read them before you call this: a sign-in that completes
   * later brings what it was given. If this and a {@link Session#changeRoles} of one session run at
   * the same time, the last wins.
   *
   * @param principalId the person's id
   * @param roles all roles the person has from now on
   * @return how many live sessions had other roles before
   * @throws IllegalArgumentException if {@link Principal} does not allow the id or a role
   * @throws IllegalStateException if the store is not a {@link PrincipalIndex}
   * @throws SessionStoreException if the store cannot be reached; some sessions may have the new
   *     roles. Call it again
   */
  public int changeRoles(String principalId, Set<String> roles) {
    Principal person = new Principal(principalId, roles);
    int changed = site.store().changeRoles(person.id(), person.roles(), site.now());
    site.events().rolesChanged(person.id(), person.roles(), changed);
    return changed;
  }

  /**
   * Ends one of a person's sessions. It never ends another person's, so a handle from a form needs
   * no further check. It also ends what the session is rotated into while this runs.
   *
   * @param principalId the person's id
   * @param handle the session's {@linkplain SessionInfo#handle() handle}
   * @return false if that person no longer has such a session
   * @throws IllegalStateException if the store is not a {@link PrincipalIndex}
   * @throws SessionStoreException if the store cannot be reached; the session may have ended
   */
  public boolean revoke(String principalId, String handle) {
    boolean ended = site.store().revoke(principalId, handle, site.now());
    if (ended) {
      site.events().ended(new SessionEvent(handle, Optional.of(principalId)), EndReason.REVOKED);
    }
    return ended;
  }

  /**
   * Ends all of a person's sessions, on every worker. Every sign-in that completed before this
   * returns is ended. A concurrent sign-in that this ends may still have got {@link
   * CommitOutcome#STORED} from {@link Session#commit()}.
   *
   * @param principalId the person's id
   * @return how many live sessions ended
   * @throws IllegalStateException if the store is not a {@link PrincipalIndex}
   * @throws SessionStoreException if the store cannot be reached; some may have ended
   */
  public int revokeAll(String principalId) {
    return revokeAll(principalId, Optional.empty());
  }

  /**
   * Ends all sessions of the person signed in with this session, except this one: for "sign out all
   * other devices", and after a change of password (OWASP ASVS 7.4.3).
   *
   * @param current the session to keep
   * @return how many live sessions ended; 0 if nobody is signed in with this one, or it has ended
   * @throws IllegalStateException if the store is not a {@link PrincipalIndex}
   * @throws SessionStoreException if the store cannot be reached; some may have ended
   */
  public int revokeOthers(Session current) {
    return current
        .storedPrincipal()
        .map(person -> revokeAll(person.id(), current.handle()))
        .orElse(0);
  }

  private int revokeAll(String principalId, Optional<String> except) {
    int ended = site.store().revokeAll(principalId, except, site.now());
    site.events().endedTogether(Optional.of(principalId), ended, EndReason.REVOKED);
    return ended;
  }

  /**
   * Counts the live sessions, for operators. It reads every session, without blocking the
   * site.store().
   *
   * @return how many sessions are live, and how many entries could not be read
   * @throws IllegalStateException if the store is not a {@link PrincipalIndex}
   * @throws SessionStoreException if the store cannot be reached
   */
  public SessionCensus stats() {
    return site.store().stats(site.now());
  }

  /**
   * Ends every session of everybody. Sessions that begin while this runs may survive.
   *
   * @return how many live sessions ended
   * @throws IllegalStateException if the store is not a {@link PrincipalIndex}
   * @throws SessionStoreException if the store cannot be reached; some may have ended
   */
  public long purge() {
    long ended = site.store().purge(site.now());
    site.events().endedTogether(Optional.empty(), ended, EndReason.PURGED);
    return ended;
  }

  /**
   * {@return what happened to sessions in this process since this object was created} Asks no
   * site.store().
   */
  public SessionStatistics statistics() {
    return site.events().statistics(site.store());
  }

  /**
   * {@return how many reads of typed attributes found text that could not be read, since this
   * object was created} Such an attribute counts as absent.
   */
  public long unreadableAttributes() {
    return site.events().unreadableAttributes();
  }

  Site site() {
    return site;
  }
}
