package dev.lms.session;

import dev.lms.session.crypto.CsrfTokens;
import dev.lms.session.text.Cookies;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a site: a store, the keys, the rules. Make one at start and share it; it is
 * thread-safe.
 *
 * <p>It stands between requests and store with a breaker: when several calls in a row have failed,
 * requests fail at once and the store is asked by one probe a second, until one is answered.
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
  private static final System.Logger LOG = System.getLogger(Sessions.class.getName());

  private final GuardedStore store;
  private final SessionEvents events;
  private final SessionSettings settings;
  private final Clock clock;
  private final CsrfTokens csrf;
  private final LongAdder unreadableAttributes = new LongAdder();

  private Sessions(Builder builder) {
    SessionStore store = builder.store;
    this.settings = builder.settings;
    if (store instanceof SessionStore.ForOneCookie bound
        && !bound.cookieName().equals(cookie().name())) {
      throw new IllegalArgumentException(
          "the store is for the cookie '%s', but the settings send '%s': give both the same"
              .formatted(bound.cookieName(), cookie().name()));
    }
    this.events = new SessionEvents(builder.listeners);
    this.store = new GuardedStore(store, events, builder.nanoTime);
    this.clock = builder.clock;
    this.csrf = new CsrfTokens(builder.keys.keys("csrf"));
  }

  /** With default settings, for HTTPS. */
  public static Sessions of(SessionStore store, KeyRing keys) {
    return builder(store, keys).build();
  }

  /**
   * With these settings, such as {@link SessionSettings#plainHttp()}.
   *
   * @throws IllegalArgumentException as {@link Builder#build()}
   */
  public static Sessions of(SessionStore store, KeyRing keys, SessionSettings settings) {
    return builder(store, keys).settings(settings).build();
  }

  /** With everything said. */
  public static Builder builder(SessionStore store, KeyRing keys) {
    return new Builder(store, keys);
  }

  /** Says how the sessions of a site are to be. For one thread. */
  public static final class Builder {
    private final SessionStore store;
    private final KeyRing keys;
    private final List<SessionListener> listeners = new ArrayList<>();
    private SessionSettings settings = SessionSettings.defaults();
    private Clock clock = Clock.systemUTC();
    private LongSupplier nanoTime = System::nanoTime;

    private Builder(SessionStore store, KeyRing keys) {
      this.store = store;
      this.keys = keys;
    }

    /** The rules; the default ones otherwise. */
    public Builder settings(SessionSettings settings) {
      this.settings = settings;
      return this;
    }

    /** What deadlines are judged by; the system's clock otherwise. */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /** Somebody who is told what happens to sessions. May be called several times. */
    public Builder listener(SessionListener listener) {
      listeners.add(listener);
      return this;
    }

    /** What measures how long things take. */
    Builder nanoTime(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      return this;
    }

    /**
     * The sessions.
     *
     * @throws IllegalArgumentException if the store is for a cookie of another name than the
     *     settings send: it would measure, seal and accept what no browser has
     */
    public Sessions build() {
      return new Sessions(this);
    }
  }

  /**
   * The session of one request. Costs no I/O: the store is asked when the session is first looked
   * at, and never for a request without a cookie of ours.
   *
   * @param cookieHeaders every {@code Cookie} header of the request; null for none, as HTTP servers
   *     say it
   */
  public Session open(@Nullable List<String> cookieHeaders) {
    return open(cookieHeaders, OutagePolicy.FAIL_CLOSED);
  }

  /** {@link #open(List) The same}, and says what becomes of the request in an outage. */
  public Session open(@Nullable List<String> cookieHeaders, OutagePolicy policy) {
    List<String> tokens =
        cookieHeaders == null ? List.of() : Cookies.values(cookieHeaders, cookie().name());
    return new Session(this, tokens, policy);
  }

  /**
   * The live sessions of a person, the latest sign-in first: what an account page shows as their
   * devices. The one whose handle is {@link Session#handle()} is the request's own.
   *
   * @throws IllegalStateException if the store keeps no record of whose sessions there are: if it
   *     is no {@link PrincipalIndex}, like the cookie store
   * @throws SessionStoreException if the store cannot be reached
   */
  public List<SessionInfo> list(String principalId) {
    return store.list(principalId, now());
  }

  /**
   * Some of the live sessions of a person, for those who have many; reads no attributes.
   *
   * @param from what the page before said is {@linkplain PrincipalIndex.Page#next next}; empty for
   *     the first
   * @param most how many; at least 1
   * @throws IllegalArgumentException if {@code from} is no page's, or {@code most} is less than 1
   * @throws IllegalStateException as {@link #list}
   * @throws SessionStoreException if the store cannot be reached
   */
  public PrincipalIndex.Page page(String principalId, Optional<String> from, int most) {
    return store.page(principalId, from, most, now());
  }

  /**
   * Gives a person other roles in all their sessions, on every worker. When this returns, each
   * request that looks at one of these sessions for the first time sees the new roles, whatever
   * other requests are under way.
   *
   * <p>Ids: each session whose roles this changes gets a new id at its next commit, and the old one
   * is dead at once then (OWASP ASVS 7.2.4). Nobody but the browser can be handed an id, so until
   * it sends its next request the old one stands for the new roles; an alias of a {@linkplain
   * Session#rotate() rotation} does not. Where that is too long, as after a theft, {@linkplain
   * #revokeAll revoke} instead.
   *
   * <p>Write the roles where sign-ins read them before you call this: a sign-in that completes
   * later brings what it was given. Of this and a {@link Session#changeRoles} of one session at the
   * same moment, the last wins.
   *
   * @return how many live sessions had other roles before
   * @throws IllegalArgumentException if the id or a role is none: see {@link Principal}
   * @throws IllegalStateException as {@link #list}
   * @throws SessionStoreException if the store cannot be reached; some may have the new roles. Call
   *     it again
   */
  public int changeRoles(String principalId, Set<String> roles) {
    Principal person = new Principal(principalId, roles);
    int changed = store.changeRoles(person.id(), person.roles(), now());
    events.rolesChanged(person.id(), person.roles(), changed);
    return changed;
  }

  /**
   * Ends one of a person's sessions; other people's are out of reach, so a handle from a form needs
   * no further check. Also ends what the session is rotated into while this runs.
   *
   * @return false if that person has no such session any more
   * @throws IllegalStateException as {@link #list}
   * @throws SessionStoreException if the store cannot be reached; some may have ended
   */
  public boolean revoke(String principalId, String handle) {
    boolean ended = store.revoke(principalId, handle, now());
    if (ended) {
      events.ended(new SessionEvent(handle, Optional.of(principalId)), EndReason.REVOKED);
    }
    return ended;
  }

  /**
   * Ends all of a person's sessions, on every worker. Every sign-in that completed before this
   * returns is ended; of one that runs at the same time and is ended by it, {@link
   * Session#commit()} may still have answered {@link CommitOutcome#STORED}.
   *
   * @return how many live sessions ended
   * @throws IllegalStateException as {@link #list}
   * @throws SessionStoreException if the store cannot be reached; some may have ended
   */
  public int revokeAll(String principalId) {
    return revokeAll(principalId, Optional.empty());
  }

  /**
   * Ends all sessions of the person who is signed in with this one, but this one: for "sign out all
   * other devices", and after a change of password (OWASP ASVS 7.4.3).
   *
   * @return how many live sessions ended; 0 if nobody is signed in with this one, or it has ended
   * @throws IllegalStateException as {@link #list}
   * @throws SessionStoreException if the store cannot be reached; some may have ended
   */
  public int revokeOthers(Session current) {
    return current
        .storedPrincipal()
        .map(person -> revokeAll(person.id(), current.handle()))
        .orElse(0);
  }

  private int revokeAll(String principalId, Optional<String> except) {
    int ended = store.revokeAll(principalId, except, now());
    events.endedTogether(Optional.of(principalId), ended, EndReason.REVOKED);
    return ended;
  }

  /**
   * How many sessions are live, for operators. Looks at every one, without stopping the store.
   *
   * @throws IllegalStateException as {@link #list}
   * @throws SessionStoreException if the store cannot be reached
   */
  public SessionCensus stats() {
    return store.stats(now());
  }

  /**
   * Ends every session of everybody. Those that begin while this runs may stay.
   *
   * @return how many live sessions ended
   * @throws IllegalStateException as {@link #list}
   * @throws SessionStoreException if the store cannot be reached; some may have ended
   */
  public long purge() {
    long ended = store.purge(now());
    events.endedTogether(Optional.empty(), ended, EndReason.PURGED);
    return ended;
  }

  /** What happened in this process since this was made. Asks nobody. */
  public SessionStatistics statistics() {
    return events.statistics(store);
  }

  /** How often a typed attribute could not be read and counted as absent, since this was made. */
  public long unreadableAttributes() {
    return unreadableAttributes.sum();
  }

  void unreadable(String attribute, String handle) {
    unreadableAttributes.increment();
    LOG.log(
        Level.WARNING,
        "attribute {0} of session {1} is unreadable and counts as absent",
        attribute,
        handle);
  }

  /** An id was used after its rotation; the rule says what becomes of the session. */
  void reused(String token, Opened.Reused reuse) {
    boolean ends = rotation().reuseEndsSession();
    LOG.log(
        Level.WARNING,
        "session id {0} was used after it had been rotated; the session {1}",
        reuse.handle(),
        ends ? "ends" : "goes on under its new id");
    SessionEvent session = new SessionEvent(reuse.handle(), Optional.empty());
    events.reused(session);
    if (ends && store.delete(token, Optional.empty(), now())) {
      events.ended(session, EndReason.REUSED);
    }
  }

  /** Stores keep time in milliseconds. */
  Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }

  SessionStore store() {
    return store;
  }

  SessionEvents events() {
    return events;
  }

  CookieSettings cookie() {
    return settings.cookie();
  }

  Lifetimes lifetimes() {
    return settings.lifetimes();
  }

  SessionLimit limit() {
    return settings.limit();
  }

  SessionSettings.Rotation rotation() {
    return settings.rotation();
  }

  CsrfTokens csrf() {
    return csrf;
  }
}
