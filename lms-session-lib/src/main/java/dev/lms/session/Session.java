// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The session of one request. It asks the store once, when it is first read; it collects changes
 * and writes them in one step at {@link #commit()}. A session that does not exist yet reads as
 * empty and begins with the first change.
 *
 * <p>Not thread-safe: one thread at a time may use it. Every method that may ask the store throws
 * {@link SessionStoreException} if the store cannot be reached. Attribute names and values are
 * text.
 */
public final class Session {
  private final Site site;
  private final LoadedSession found;
  private final Changes.Pending pending = new Changes.Pending();
  private final Renewal renewal = new Renewal();
  private final Attributes attributes;
  private final SessionCommit commit;
  private final CommitBeforeAnswer beforeAnswer;

  Session(Site site, LoadedSession found, OutagePolicy policy) {
    this.site = site;
    this.found = found;
    this.attributes = new Attributes(site, found, pending);
    this.commit = new SessionCommit(site, policy, found, pending, renewal);
    this.beforeAnswer = new CommitBeforeAnswer(commit, found);
  }

  /** {@return whether the request came with a session that still exists} */
  public boolean exists() {
    return found.load() != null;
  }

  /** {@return whose session this is; empty for an anonymous visitor} */
  public Optional<Principal> principal() {
    Optional<Envelope> stored = Optional.ofNullable(found.load()).map(StoredSession::envelope);
    Optional<Principal> person = renewal.signingIn().or(() -> stored.flatMap(renewal::principal));
    return person.or(found::personOnPassport);
  }

  /**
   * {@return an attribute as this request sees it, or empty if it is absent}
   *
   * @param name the attribute's name
   */
  public Optional<String> get(String name) {
    return attributes.get(name);
  }

  /**
   * {@return a typed attribute as this request sees it; if it is absent or unreadable, the key's
   * default, if it has one}
   *
   * @param key the attribute
   * @param <T> the type of its value
   */
  public <T> Optional<T> get(SessionKey<T> key) {
    Optional<T> value = attributes.read(key);
    return value.isEmpty() && key instanceof SessionKey.WithDefault<T> withDefault
        ? Optional.of(withDefault.value())
        : value;
  }

  /**
   * {@return a typed attribute as this request sees it, or the key's default}
   *
   * @param key the attribute
   * @param <T> the type of its value
   */
  public <T> T get(SessionKey.WithDefault<T> key) {
    return attributes.read(key).orElse(key.value());
  }

  /** {@return a copy of all attributes as this request sees them, with its own changes} */
  public Map<String, String> attributes() {
    return attributes.all();
  }

  /** {@return {@link #attributes()} for logs, {@linkplain SessionKey#sensitive secrets} masked} */
  public Map<String, String> shown() {
    return attributes.shown(found.load());
  }

  /**
   * Sets an attribute. If concurrent requests set the same one, the last to commit wins. The value
   * that was read is a change too, over another's: compare first where that need not be.
   *
   * @param name the attribute's name
   * @param value its new value
   * @throws IllegalArgumentException if UTF-8 cannot encode the name or the value
   */
  public void set(String name, String value) {
    attributes.set(name, value);
  }

  /**
   * Sets a typed attribute. The key's {@linkplain SessionKey#merge rule} decides which of several
   * concurrent changes survive.
   *
   * @param key the attribute
   * @param value its new value
   * @param <T> the type of the value
   * @throws IllegalArgumentException if the value could not be read back
   * @throws IllegalStateException if the attribute is a counter and the difference overflows 64
   *     bits
   */
  public <T> void set(SessionKey<T> key, T value) {
    attributes.set(key, value);
  }

  /**
   * Removes a typed attribute. With {@link Merge#REJECT}, the commit is refused if another request
   * has changed the attribute since this one read it.
   *
   * @param key the attribute
   */
  public void remove(SessionKey<?> key) {
    attributes.remove(key);
  }

  /**
   * Removes an attribute.
   *
   * @param name the attribute's name
   */
  public void remove(String name) {
    attributes.remove(name);
  }

  /**
   * {@return a typed attribute, which it removes; empty if it is absent or unreadable} For messages
   * that are shown once: with {@link Merge#REJECT} no two requests show the same one.
   *
   * @param key the attribute
   * @param <T> the type of its value
   */
  public <T> Optional<T> pop(SessionKey<T> key) {
    return attributes.pop(key);
  }

  /**
   * Adds to a counter. With a store that {@linkplain
   * SessionStore.Capability#MERGES_CONCURRENT_CHANGES merges}, no increment is lost.
   *
   * @param name the counter's name; a missing one counts from 0
   * @param delta what to add; may be negative
   * @return the counter as this request sees it; others may have moved it further
   * @throws IllegalStateException if the attribute is not a whole number or would overflow 64 bits;
   *     {@link #commit} throws it too, if the counter would overflow after the changes of others
   */
  public long add(String name, long delta) {
    return attributes.add(name, delta);
  }

  /**
   * {@return what {@link #add(String, long)} returns} An unreadable counter starts again at 0.
   *
   * @param key the counter
   * @param delta what to add; may be negative
   * @throws IllegalArgumentException if the key's rule is not {@link Merge#COUNTER}
   * @throws IllegalStateException if it would overflow 64 bits
   */
  public long add(SessionKey<Long> key, long delta) {
    return attributes.add(key, delta);
  }

  /**
   * Makes this the session of a person who has just proved who they are. At commit it gets a new
   * id; the old one stops working at once (OWASP ASVS 7.2.4). Attributes are kept, unless another
   * person was signed in: then that session ends.
   *
   * @param principal the person
   */
  public void signIn(Principal principal) {
    signIn(principal, SignInOptions.defaults());
  }

  /**
   * Signs a person in from a given device and for a given time: "remember me" is {@link
   * SignInOptions#rememberedFor}. If a {@link SessionLimit} {@linkplain SessionLimit#refuses()
   * refuses} further sessions, commit before answering: it may be {@link CommitOutcome#REFUSED}.
   *
   * @param principal the person
   * @param options the device, and how long this sign-in lasts
   */
  public void signIn(Principal principal, SignInOptions options) {
    if (found.isOfAnother(principal)) {
      end();
    }
    renewal.signIn(principal, options);
  }

  /**
   * Gives the session a new id at commit. Requests under way may use the old one during the
   * {@linkplain SessionSettings.Rotation#grace grace}. If rights change, {@link #changeRoles}.
   */
  public void rotate() {
    found.use();
    renewal.rotate();
  }

  /**
   * Gives the person other roles, and the session a new id at commit; the old id stops working at
   * once (OWASP ASVS 7.2.4). If the program itself records what a person may do, call it with
   * unchanged roles after each change. {@link Sessions#changeRoles} does it for all their sessions.
   *
   * @param roles all roles the person has from now on
   */
  public void changeRoles(Set<String> roles) {
    if (principal().isPresent()) {
      renewal.changeRoles(roles);
    }
  }

  /**
   * Ends the session immediately: when this returns, no worker accepts it any more and no request
   * still under way can bring it back. Uncommitted changes are dropped, even if this throws; it may
   * then be called again.
   */
  public void end() {
    try {
      found.end();
    } finally {
      dropChanges();
    }
  }

  /** {@return when the session began; empty if there is none} */
  public Optional<Instant> created() {
    return Optional.ofNullable(found.load()).map(s -> s.envelope().created());
  }

  /** {@return when the session ends if no further request arrives; empty if there is none} */
  public Optional<Instant> expires() {
    return Optional.ofNullable(found.load()).map(StoredSession::deadline);
  }

  /** {@return when the person last proved who they are; empty for an anonymous visitor} */
  public Optional<Instant> authenticated() {
    return Optional.ofNullable(found.load()).flatMap(s -> s.envelope().authenticated());
  }

  /** {@return how long ago that was: ask again before anything sensitive (OWASP ASVS 7.5.1)} */
  public Optional<Duration> sinceAuthentication() {
    Optional<Duration> passed = authenticated().map(at -> Duration.between(at, site.now()));
    return passed.map(time -> time.isNegative() ? Duration.ZERO : time);
  }

  /** {@return the session's name in logs and lists, not a credential; empty if there is none} */
  public Optional<String> handle() {
    return found.handle();
  }

  /**
   * {@return the token that this session's forms carry; empty if no session is stored} A new id
   * that {@link Sessions#changeRoles} made due is given now, because the token depends on it.
   */
  public Optional<String> csrfToken() {
    commit.renewIfDue();
    return handle().map(site.csrf()::token);
  }

  /**
   * {@return whether a form carried this session's token, compared in constant time; true of all
   * requests with a {@link TokenHeader}, which no other site can have a browser send}
   *
   * @param token what the form carried
   */
  public boolean csrfMatches(String token) {
    return found.isInHeader()
        || handle().filter(handle -> site.csrf().matches(handle, token)).isPresent();
  }

  /** {@return how often this was read or changed: whether a page depends on the person} */
  public long uses() {
    return found.uses();
  }

  /**
   * Writes all changes in one atomic step and returns when the store has acknowledged them. A
   * session that was only read is extended now and then, so that its deadline slides. Call it
   * before the first byte of the response leaves; a second call writes what has changed since the
   * first.
   *
   * <p>If it throws, the changes are dropped: they may have been written. After a {@link
   * SessionStoreException} every further call throws as well.
   *
   * @return what became of the changes
   * @throws SessionStoreException if the store cannot be reached, or could not be reached at an
   *     earlier commit of this session; the changes may have been written
   * @throws IllegalStateException if the store refuses the changes: a cookie grows too large, or a
   *     counter would overflow after the changes of others; nothing was written
   */
  public CommitOutcome commit() {
    return commit.commit();
  }

  /**
   * {@linkplain #commit() Commits} on behalf of a program that has not done so itself. Adapters to
   * HTTP servers call it for each answer, before anything is sent.
   *
   * <p>An answer of 500 and above says that the request failed, so its changes are {@linkplain
   * #dropChanges() dropped}. Any other answer leaves after the changes are written. An answer below
   * 400 claims a success, and none leaves after a commit of this kind has failed.
   *
   * @param status the HTTP status of the answer
   * @return empty if the answer may leave. Otherwise why changes that had to be kept are not
   *     stored: {@link CommitOutcome} {@code CONFLICT}, {@code REFUSED} or {@code GONE}; say so
   *     instead of claiming a success. That a session vanished with nothing to keep is no reason
   * @throws SessionStoreException as {@link #commit()}
   * @throws IllegalStateException as {@link #commit()}
   */
  public Optional<CommitOutcome> commitBeforeAnswer(int status) {
    return beforeAnswer.commit(status);
  }

  /**
   * {@return what {@link #commit()} returns, on a server without an adapter} It throws the same.
   *
   * @param fields sets a field of the answer: cookie, which it adds, or token, and {@code no-store}
   */
  public CommitOutcome commitTo(BiConsumer<String, String> fields) {
    return beforeAnswer.telling(fields);
  }

  /**
   * {@linkplain #commitBeforeAnswer Commits} for an answer on a server without an adapter.
   *
   * @param status the HTTP status of the answer
   * @param fields as for {@link #commitTo(BiConsumer)}
   * @return that status, or the one of an empty answer to send instead: 409, or 403 if refused
   */
  public int commitTo(int status, BiConsumer<String, String> fields) {
    return beforeAnswer.telling(status, fields);
  }

  /** {@return whether there are changes that {@link #commit()} has not written} */
  public boolean hasChanges() {
    return commit.hasChanges();
  }

  /** Drops what was not committed: for a request that failed and is answered below 500. */
  public void dropChanges() {
    commit.dropChanges();
  }

  /**
   * {@return whether an outage and {@link OutagePolicy#TREAT_AS_ANONYMOUS} made this read as an
   * anonymous visitor's} No cache may keep such an answer: it tells nothing of such visitors.
   */
  public boolean treatedAsAnonymous() {
    return found.isInOutage() && !isOnPassport();
  }

  /**
   * {@return whether the store could not be reached when this was first read, and {@link
   * OutagePolicy#PASSPORT} let the request go on} Say so on the page. No cache may keep the answer.
   */
  public boolean isOnPassport() {
    return found.isOnPassport();
  }

  /** Has the browser forget its passport, as {@link #end()} does; asks no store. */
  public void forgetPassport() {
    found.forgetPassport();
  }

  /** {@return the session's {@code Set-Cookie} value to send after {@link #commit()}, if any} */
  public Optional<String> setCookie() {
    return found.setCookie();
  }

  /** {@return the fields to send after {@link #commit()}: a cookie or a token, if there is one} */
  public List<TokenHeader.AnswerField> answerFields() {
    return found.answerFields();
  }

  /** Whose session the store holds, whatever this request is about to make of it. */
  Optional<Principal> storedPrincipal() {
    return found.principal();
  }

  @Override // Shows no sensitive value and asks no store.
  public String toString() {
    StoredSession now = found.peek();
    return "Session[" + (now == null ? "" : now.handle() + ", " + attributes.shown(now)) + "]";
  }
}
