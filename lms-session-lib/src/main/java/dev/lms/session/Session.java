package dev.lms.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The session of the request at hand. Asks the store once, when first looked at; collects changes
 * and writes them in one step at {@link #commit()}. A session that does not exist yet reads as
 * empty and begins with the first change.
 *
 * <p>For one thread at a time. Every method that may ask the store throws {@link
 * SessionStoreException} if it cannot be reached. Attribute names and values are text.
 */
public final class Session {
  private static final String MASK = "***";

  private final Sessions sessions;
  private final LoadedSession found;
  private final PendingChanges pending = new PendingChanges();
  private final Renewal renewal = new Renewal();
  private final Attributes attributes;
  private final SessionCommit commit;

  private final CommitBeforeAnswer beforeAnswer = new CommitBeforeAnswer(this);

  Session(Sessions sessions, List<String> tokens, OutagePolicy policy) {
    this.sessions = sessions;
    this.found = new LoadedSession(sessions, tokens, policy);
    this.attributes = new Attributes(sessions, found, pending);
    this.commit = new SessionCommit(sessions, policy, found, pending, renewal);
  }

  /** Whether the request came with a session that is still there. */
  public boolean exists() {
    return load() != null;
  }

  /** Whose session this is; empty for a stranger. */
  public Optional<Principal> principal() {
    StoredSession current = load();
    return renewal
        .signingIn()
        .or(() -> current == null ? Optional.empty() : renewal.principal(current.envelope()));
  }

  /** An attribute, as this request sees it. */
  public Optional<String> get(String name) {
    return attributes.get(name);
  }

  /**
   * A typed attribute, as this request sees it; its default if it is absent or unreadable. Empty if
   * there is no default either.
   */
  public <T> Optional<T> get(SessionKey<T> key) {
    Optional<T> value = attributes.read(key);
    return value.isEmpty() && key instanceof SessionKey.WithDefault<T> withDefault
        ? Optional.of(withDefault.value())
        : value;
  }

  /** A typed attribute, as this request sees it; its default if it is absent or unreadable. */
  public <T> T get(SessionKey.WithDefault<T> key) {
    return attributes.read(key).orElse(key.value());
  }

  /** All attributes, as this request sees them: its own changes included. A copy. */
  public Map<String, String> attributes() {
    return attributes.all();
  }

  /**
   * The same for a log or a debug page: {@linkplain SessionKey#sensitive sensitive} values masked.
   */
  public Map<String, String> shown() {
    return masked(attributes());
  }

  private static Map<String, String> masked(Map<String, String> attributes) {
    attributes.replaceAll((name, value) -> SessionKey.isSensitive(name) ? MASK : value);
    return attributes;
  }

  /**
   * Sets an attribute. Of concurrent requests that set the same one, the last to commit wins.
   *
   * @throws IllegalArgumentException if UTF-8 cannot write the name or the value
   */
  public void set(String name, String value) {
    attributes.set(name, value);
  }

  /**
   * Sets a typed attribute. Of concurrent changes, {@link SessionKey#merge} says what survives.
   *
   * @throws IllegalArgumentException if the value could not be read again
   * @throws IllegalStateException if it is a counter, and that far from where it was that it would
   *     overflow on the way
   */
  public <T> void set(SessionKey<T> key, T value) {
    attributes.set(key, value);
  }

  /**
   * Removes a typed attribute. If it {@linkplain Merge#REJECT must not be overwritten unseen}, it
   * is not removed unseen either.
   */
  public void remove(SessionKey<?> key) {
    attributes.remove(key);
  }

  /** Removes an attribute. */
  public void remove(String name) {
    attributes.remove(name);
  }

  /**
   * A typed attribute, as this request sees it, which is removed: for messages that are shown once.
   * With {@link Merge#REJECT} no two requests show it.
   */
  public <T> Optional<T> pop(SessionKey<T> key) {
    return attributes.pop(key);
  }

  /**
   * Moves a counter. With a store that {@linkplain
   * SessionStore.Capability#MERGES_CONCURRENT_CHANGES merges}, concurrent requests lose no
   * increment.
   *
   * @return the counter as this request sees it; others may have moved it further
   * @throws IllegalStateException if the attribute holds something that is not a whole number, or
   *     would overflow (64 bits); {@link #commit} throws it too, if others have moved it meanwhile
   */
  public long add(String name, long delta) {
    return attributes.add(name, delta);
  }

  /**
   * Moves a counter, like {@link #add(String, long)}; one that cannot be read begins again at 0.
   *
   * @throws IllegalArgumentException if the key's rule is not {@link Merge#COUNTER}
   * @throws IllegalStateException if it would overflow
   */
  public long add(SessionKey<Long> key, long delta) {
    return attributes.add(key, delta);
  }

  /**
   * Makes this the session of a person who has just proved who they are. At commit it gets a new
   * id; the old one is dead at once (OWASP ASVS 7.2.4). Attributes are kept, unless they belong to
   * somebody else's sign-in.
   */
  public void signIn(Principal principal) {
    signIn(principal, SignInOptions.defaults());
  }

  /**
   * Signs a person in, {@link #signIn(Principal) as above}, and says from which device and for how
   * long: "remember me" is {@link SignInOptions#rememberedFor}. If the site {@linkplain
   * SessionLimit#refuses() refuses} more than so many sessions per person, commit before answering:
   * {@link #commit()} may say {@link CommitOutcome#REFUSED}.
   */
  public void signIn(Principal principal, SignInOptions options) {
    StoredSession current = load();
    boolean someoneElses =
        current != null
            && current
                .envelope()
                .principal()
                .filter(p -> !p.id().equals(principal.id()))
                .isPresent();
    if (someoneElses) {
      end();
    }
    renewal.signIn(principal, options);
  }

  /**
   * Gives the session a new id at commit, so that a stolen one is worth less. Requests under way
   * may go on with the old one for the {@linkplain SessionSettings.Rotation#grace grace}. Not for a
   * change of what the person may do: that is {@link #changeRoles}.
   */
  public void rotate() {
    found.use();
    renewal.rotate();
  }

  /**
   * Gives the person other roles, and the session a new id at commit; the old one is dead at once
   * (OWASP ASVS 7.2.4). Call it also, with the roles as they are, when the program itself keeps
   * what a person may do. Nothing happens if nobody is signed in. For all sessions of a person
   * there is {@link Sessions#changeRoles}.
   */
  public void changeRoles(Set<String> roles) {
    if (principal().isPresent()) {
      renewal.changeRoles(roles);
    }
  }

  /**
   * Ends the session now: when this returns, no worker knows it any more and no request still under
   * way can bring it back. Uncommitted changes are dropped, also if it throws; then it may be
   * called again.
   */
  public void end() {
    StoredSession current;
    boolean ended;
    try {
      current = load();
      found.failInOutage();
      ended = found.delete(current);
    } finally {
      forgetChanges();
    }
    found.forget();
    if (current != null && ended) {
      sessions.events().ended(SessionEvent.of(current), EndReason.SIGNED_OUT);
    }
  }

  /** When the session began; empty if there is none. */
  public Optional<Instant> created() {
    return Optional.ofNullable(load()).map(s -> s.envelope().created());
  }

  /** When it ends if no further request comes; empty if there is none. */
  public Optional<Instant> expires() {
    return Optional.ofNullable(load()).map(StoredSession::deadline);
  }

  /** When the person last proved who they are; empty for a stranger. */
  public Optional<Instant> authenticated() {
    return Optional.ofNullable(load()).flatMap(s -> s.envelope().authenticated());
  }

  /**
   * How long ago the person last proved who they are; empty for a stranger. Ask for the password
   * again before something sensitive if it is too long (OWASP ASVS 7.5.1).
   */
  public Optional<Duration> sinceAuthentication() {
    return authenticated()
        .map(at -> Duration.between(at, now()))
        .map(passed -> passed.isNegative() ? Duration.ZERO : passed);
  }

  /** The name of this session for logs and lists; not a credential. Empty if there is none. */
  public Optional<String> handle() {
    return Optional.ofNullable(load()).map(StoredSession::handle);
  }

  /**
   * The token that this session's forms carry. Empty if there is no stored session. Where a new id
   * is due because of {@link Sessions#changeRoles}, the session gets it now: the token belongs to
   * it.
   */
  public Optional<String> csrfToken() {
    commit.renewIfDue();
    return handle().map(sessions.csrf()::token);
  }

  /** Whether a form carried this session's token; compares in constant time. */
  public boolean csrfMatches(String token) {
    return handle().filter(handle -> sessions.csrf().matches(handle, token)).isPresent();
  }

  /**
   * How often this session has been looked at or changed: a page cache that sees it grow during a
   * render knows that the page is about a person.
   */
  public long uses() {
    return found.uses();
  }

  /**
   * Writes what has changed, in one atomic step, and returns when the store has acknowledged it. A
   * session that was only read is touched now and then, so that it slides. Call it before the first
   * byte of the response leaves; calling it again writes what has changed since.
   *
   * <p>If it throws, the changes are dropped, so that nothing repeats them: they may have been
   * written. After a {@link SessionStoreException} this session commits no more; each further call
   * throws.
   *
   * @throws SessionStoreException if the store cannot be reached, or could not be at an earlier
   *     commit of this session; the changes may have been written
   * @throws IllegalStateException if the store refuses the changes, such as a cookie that grows too
   *     large, or a counter that others have moved meanwhile and that would overflow; nothing was
   *     written
   */
  public CommitOutcome commit() {
    return commit.commit();
  }

  /**
   * {@link #commit() Commits} for a program that has not done so itself, before its answer leaves.
   * For adapters to HTTP servers: they call it for each answer, with nothing sent yet.
   *
   * <p>An answer of 500 and above says that the request failed, so what it had changed is
   * {@linkplain #dropChanges() dropped}. Others leave when the changes are written; one below 400
   * claims that they are, and after a commit of this kind that has failed none leaves any more.
   *
   * @param status the HTTP status of the answer
   * @return empty if the answer may leave. Otherwise what was to be kept and is not, which has to
   *     be told instead of an answer that claims a success: {@link CommitOutcome#CONFLICT}, {@link
   *     CommitOutcome#REFUSED} or {@link CommitOutcome#GONE}. A session that vanished although
   *     nothing was to be kept in it is no reason
   * @throws SessionStoreException as {@link #commit()}
   * @throws IllegalStateException as {@link #commit()}
   */
  public Optional<CommitOutcome> commitBeforeAnswer(int status) {
    return beforeAnswer.commit(status);
  }

  /** Whether there are changes that {@link #commit()} has not written. */
  public boolean hasChanges() {
    return renewal.isWanted() || !pending.isEmpty();
  }

  /** Whether something is lost if the changes are not written; a new id alone is nothing. */
  boolean hasToBeKept() {
    return renewal.hasToBeKept() || !pending.isEmpty();
  }

  /** Whether a commit has thrown, after which this session commits no more. */
  boolean isLost() {
    return commit.isLost();
  }

  /**
   * Drops what was changed and not {@linkplain #commit() committed}, as if it had never been: what
   * a program calls when a request failed, and answers all the same with a status below 500.
   */
  public void dropChanges() {
    forgetChanges();
  }

  /**
   * Whether the store could not be reached when this session was first looked at, and {@link
   * OutagePolicy#TREAT_AS_ANONYMOUS} let it read as a stranger's. What is answered then says
   * nothing about strangers, and no cache may keep it.
   */
  public boolean treatedAsAnonymous() {
    return found.isInOutage();
  }

  /** The {@code Set-Cookie} value the response must carry after {@link #commit()}, if any. */
  public Optional<String> setCookie() {
    return found.setCookie();
  }

  /** Whose session the store holds, whatever this request is about to make of it. */
  Optional<Principal> storedPrincipal() {
    return Optional.ofNullable(load()).flatMap(s -> s.envelope().principal());
  }

  private @Nullable StoredSession load() {
    return found.load();
  }

  private void forgetChanges() {
    pending.clear();
    renewal.clear();
  }

  private Instant now() {
    return sessions.now();
  }

  /** Asks no store, and shows no sensitive value. */
  @Override
  public String toString() {
    StoredSession current = found.peek();
    return current == null
        ? "Session[]"
        : "Session[%s, %s]"
            .formatted(current.handle(), masked(pending.changes().applyTo(current.attributes())));
  }
}
