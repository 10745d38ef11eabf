package dev.lms.session;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
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
  private final OutagePolicy policy;
  private List<String> tokens;
  private boolean loaded;
  private @Nullable StoredSession stored;
  private @Nullable SessionStoreException outage;

  private final PendingChanges pending = new PendingChanges();

  private @Nullable Principal signingIn;
  private Device device = Device.UNKNOWN;
  private @Nullable Set<String> changedRoles;
  private boolean rotating;

  private @Nullable String setCookie;
  private long uses;

  /** What a commit threw, after which nobody knows what was written. */
  private @Nullable Throwable lost;

  private final CommitBeforeAnswer beforeAnswer = new CommitBeforeAnswer(this);

  Session(Sessions sessions, List<String> tokens, OutagePolicy policy) {
    this.sessions = sessions;
    this.tokens = tokens;
    this.policy = policy;
  }

  /** Whether the request came with a session that is still there. */
  public boolean exists() {
    return load() != null;
  }

  /** Whose session this is; empty for a stranger. */
  public Optional<Principal> principal() {
    StoredSession current = load();
    if (signingIn != null) {
      return Optional.of(signingIn);
    }
    return current == null ? Optional.empty() : principal(current.envelope());
  }

  private Optional<Principal> principal(Envelope envelope) {
    Set<String> roles = changedRoles;
    return roles == null
        ? envelope.principal()
        : envelope.principal().map(person -> new Principal(person.id(), roles));
  }

  /** An attribute, as this request sees it. */
  public Optional<String> get(String name) {
    return pending.get(name, stored());
  }

  private Map<String, String> stored() {
    StoredSession current = load();
    return current == null ? Map.of() : current.attributes();
  }

  /**
   * A typed attribute, as this request sees it; its default if it is absent or unreadable. Empty if
   * there is no default either.
   */
  public <T> Optional<T> get(SessionKey<T> key) {
    Optional<T> value = read(key);
    return value.isEmpty() && key instanceof SessionKey.WithDefault<T> withDefault
        ? Optional.of(withDefault.value())
        : value;
  }

  /** A typed attribute, as this request sees it; its default if it is absent or unreadable. */
  public <T> T get(SessionKey.WithDefault<T> key) {
    return read(key).orElse(key.value());
  }

  private <T> Optional<T> read(SessionKey<T> key) {
    Optional<String> text = get(key.name());
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<T> value = key.read(text.get());
    if (value.isEmpty()) {
      sessions.unreadable(key.name(), handle().orElse("new"));
    }
    return value;
  }

  /** All attributes, as this request sees them: its own changes included. A copy. */
  public Map<String, String> attributes() {
    return pending.changes().applyTo(stored());
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
    if (!Utf8.canWrite(name) || !Utf8.canWrite(value)) {
      throw new IllegalArgumentException(
          "attribute '" + name + "' holds half of a surrogate pair, which UTF-8 cannot write");
    }
    uses++;
    pending.set(name, value);
  }

  /**
   * Sets a typed attribute. Of concurrent changes, {@link SessionKey#merge} says what survives.
   *
   * @throws IllegalArgumentException if the value could not be read again
   * @throws IllegalStateException if it is a counter, and that far from where it was that it would
   *     overflow on the way
   */
  public <T> void set(SessionKey<T> key, T value) {
    if (key.merge() == Merge.COUNTER && value instanceof Long number) {
      move(key.name(), difference(key.name(), number));
      return;
    }
    guard(key);
    set(key.name(), key.write(value));
  }

  /**
   * Removes a typed attribute. If it {@linkplain Merge#REJECT must not be overwritten unseen}, it
   * is not removed unseen either.
   */
  public void remove(SessionKey<?> key) {
    guard(key);
    remove(key.name());
  }

  private void guard(SessionKey<?> key) {
    if (key.merge() == Merge.REJECT) {
      pending.guard(key.name());
    }
  }

  /** Removes an attribute. */
  public void remove(String name) {
    uses++;
    pending.remove(name);
  }

  /**
   * Moves a counter. With a store that {@linkplain Capability#MERGES_CONCURRENT_CHANGES merges},
   * concurrent requests lose no increment.
   *
   * @return the counter as this request sees it; others may have moved it further
   * @throws IllegalStateException if the attribute holds something that is not a whole number, or
   *     would overflow (64 bits); {@link #commit} throws it too, if others have moved it meanwhile
   */
  public long add(String name, long delta) {
    if (Changes.counter(get(name).orElse("0")).isEmpty()) {
      throw new IllegalStateException("attribute '" + name + "' is not a counter");
    }
    return move(name, delta);
  }

  /**
   * Moves a counter, like {@link #add(String, long)}; one that cannot be read begins again at 0.
   *
   * @throws IllegalArgumentException if the key's rule is not {@link Merge#COUNTER}
   * @throws IllegalStateException if it would overflow
   */
  public long add(SessionKey<Long> key, long delta) {
    if (key.merge() != Merge.COUNTER) {
      throw new IllegalArgumentException(
          "attribute '%s' is not a counter: declare it with SessionKey.counter"
              .formatted(key.name()));
    }
    return move(key.name(), delta);
  }

  private long move(String name, long delta) {
    if (!Utf8.canWrite(name)) {
      throw new IllegalArgumentException(
          "counter '" + name + "' holds half of a surrogate pair, which UTF-8 cannot write");
    }
    long sum = Changes.sum(name, count(name), delta);
    pending.add(name, delta, sum);
    return sum;
  }

  private long difference(String name, long number) {
    try {
      return Math.subtractExact(number, count(name));
    } catch (ArithmeticException e) {
      throw new IllegalStateException("counter '" + name + "' would overflow", e);
    }
  }

  /** What is no counter counts as 0, as in every store. */
  private long count(String name) {
    return get(name).flatMap(Changes::counter).orElse(0L);
  }

  /**
   * Makes this the session of a person who has just proved who they are. At commit it gets a new
   * id; the old one is dead at once (OWASP ASVS 7.2.4). Attributes are kept, unless they belong to
   * somebody else's sign-in.
   */
  public void signIn(Principal principal) {
    signIn(principal, Device.UNKNOWN);
  }

  /**
   * {@link #signIn(Principal) The same}, and remembers what the person signed in with, for {@link
   * Sessions#list}. If the site {@linkplain SessionLimit#refuses() refuses} more than so many
   * sessions per person, commit before answering: {@link #commit()} may say {@link
   * CommitOutcome#REFUSED}.
   */
  public void signIn(Principal principal, Device device) {
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
    signingIn = principal;
    this.device = device;
  }

  /**
   * Gives the session a new id at commit, so that a stolen one is worth less. Requests under way
   * may go on with the old one for the {@linkplain Rotation#grace grace}. Not for a change of what
   * the person may do: that is {@link #changeRoles}.
   */
  public void rotate() {
    uses++;
    rotating = true;
  }

  /**
   * Gives the person other roles, and the session a new id at commit; the old one is dead at once
   * (OWASP ASVS 7.2.4). Call it also, with the roles as they are, when the program itself keeps
   * what a person may do. Nothing happens if nobody is signed in.
   */
  public void changeRoles(Set<String> roles) {
    if (principal().isEmpty()) {
      return;
    }
    if (signingIn != null) {
      signingIn = new Principal(signingIn.id(), roles);
    } else {
      changedRoles = Set.copyOf(roles);
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
      failInOutage();
      ended = delete(current);
    } finally {
      forgetChanges();
    }
    if (!tokens.isEmpty()) {
      setCookie = sessions.cookie().deleting();
    }
    tokens = List.of();
    stored = null;
    loaded = true;
    if (current != null && ended) {
      sessions.events().ended(SessionEvent.of(current), EndReason.SIGNED_OUT);
    }
  }

  /** Whether this ended anything: another request may have done it before. */
  private boolean delete(@Nullable StoredSession current) {
    boolean ended = false;
    for (String token : tokens) {
      Optional<StoredSession> known =
          Optional.ofNullable(current).filter(session -> session.token().equals(token));
      ended |= sessions.store().delete(token, known, now());
    }
    return ended;
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

  /** The token that this session's forms carry. Empty if there is no stored session. */
  public Optional<String> csrfToken() {
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
    return uses;
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
    if (lost != null) {
      throw new SessionStoreException(
          "an earlier commit of this session failed, and nobody knows what it has written", lost);
    }
    try {
      return commitOnce();
    } catch (IllegalStateException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      lost = e;
      throw e;
    } finally {
      forgetChanges();
    }
  }

  private CommitOutcome commitOnce() {
    Changes changes = pending.changes();
    boolean renewing = rotating || signingIn != null || changedRoles != null;
    if (!renewing && changes.isEmpty() && (!loaded || stored == null)) {
      return CommitOutcome.UNCHANGED;
    }
    StoredSession current = load();
    failInOutage();
    if (current == null) {
      return changes.isEmpty() && signingIn == null ? CommitOutcome.UNCHANGED : create(changes);
    }
    return write(current, pending.guarded(changes, current.attributes()), renewing);
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
    return rotating || hasToBeKept();
  }

  /** Whether something is lost if the changes are not written; a new id alone is nothing. */
  boolean hasToBeKept() {
    return signingIn != null || changedRoles != null || !pending.isEmpty();
  }

  /** Whether a commit has thrown, after which this session commits no more. */
  boolean isLost() {
    return lost != null;
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
    return outage != null;
  }

  /** The {@code Set-Cookie} value the response must carry after {@link #commit()}, if any. */
  public Optional<String> setCookie() {
    return Optional.ofNullable(setCookie);
  }

  private CommitOutcome create(Changes changes) {
    Instant now = now();
    Envelope envelope = envelope(now, now);
    Instant deadline = sessions.lifetimes().deadline(now, envelope.absoluteDeadline());
    Map<String, String> attributes =
        changes.added().isEmpty() ? changes.set() : changes.applyTo(Map.of());
    Optional<String> token =
        sessions
            .store()
            .create(
                envelope, attributes, WriteOptions.at(now, deadline).withLimit(sessions.limit()));
    if (token.isEmpty()) {
      return CommitOutcome.REFUSED;
    }
    handOut(token.get(), envelope, now);
    sessions.events().created(() -> name(token.get(), envelope));
    return CommitOutcome.STORED;
  }

  private CommitOutcome rotate(StoredSession current, Changes changes) {
    Instant now = now();
    Envelope envelope = renewed(current.envelope(), now);
    Instant deadline = sessions.lifetimes().deadline(now, envelope.absoluteDeadline());
    WriteOptions options = WriteOptions.at(now, deadline);
    if (signingIn != null) {
      options = options.withLimit(sessions.limit());
    } else if (changedRoles == null) {
      options = options.withGrace(sessions.rotation().grace());
    }
    Written written = sessions.store().rotate(current, envelope, changes, options);
    if (written.outcome() == CommitOutcome.GONE && signingIn != null) {
      // A visitor's old session may end while they sign in: the sign-in stands, the old data do
      // not.
      return create(changes);
    }
    written
        .token()
        .filter(token -> !token.equals(current.token()))
        .flatMap(token -> name(token, envelope))
        .ifPresent(session -> sessions.events().rotated(session, current.handle()));
    return wrote(written, current, envelope, now);
  }

  private Envelope renewed(Envelope old, Instant now) {
    if (signingIn != null) {
      return envelope(old.created(), now);
    }
    return old.withPrincipal(principal(old));
  }

  private CommitOutcome write(StoredSession current, Changes changes, boolean renewing) {
    if (renewing) {
      return rotate(current, changes);
    }
    return changes.isEmpty() ? touch(current) : update(current, changes);
  }

  /** A page that was read already is not lost because its session could not slide. */
  private CommitOutcome touch(StoredSession current) {
    try {
      return update(current, Changes.NONE);
    } catch (SessionStoreException e) {
      if (policy == OutagePolicy.FAIL_CLOSED) {
        throw e;
      }
      return CommitOutcome.UNCHANGED;
    }
  }

  private CommitOutcome update(StoredSession current, Changes changes) {
    Instant now = now();
    Instant deadline = sessions.lifetimes().deadline(now, current.envelope().absoluteDeadline());
    Duration gain = Duration.between(current.deadline(), deadline);
    if (gain.compareTo(sessions.lifetimes().touchInterval()) < 0) {
      if (changes.isEmpty()) {
        return CommitOutcome.UNCHANGED;
      }
      // Only a move worth a touch is worth telling the person's index.
      deadline = current.deadline();
    }
    Written written = sessions.store().update(current, changes, WriteOptions.at(now, deadline));
    return wrote(written, current, current.envelope(), now);
  }

  /**
   * If the session is gone, the cookie is left alone: another response may have replaced it
   * already, and deleting it here would sign that person out.
   */
  private CommitOutcome wrote(
      Written written, StoredSession current, Envelope envelope, Instant now) {
    stored = null;
    loaded = written.outcome() == CommitOutcome.GONE;
    written
        .token()
        .filter(token -> !token.equals(current.token()))
        .ifPresent(token -> handOut(token, envelope, now));
    if (written.outcome() == CommitOutcome.GONE) {
      sessions.events().gone(SessionEvent.of(current));
    } else if (written.outcome() == CommitOutcome.CONFLICT) {
      sessions.events().conflict(SessionEvent.of(current));
    }
    return written.outcome();
  }

  private void handOut(String token, Envelope envelope, Instant now) {
    tokens = List.of(token);
    loaded = false;
    setCookie =
        sessions
            .cookie()
            .setting(
                token,
                Duration.between(now, envelope.absoluteDeadline()),
                sessions.cookie().permanent());
  }

  private Optional<SessionEvent> name(String token, Envelope envelope) {
    return sessions.store().handle(token).map(handle -> SessionEvent.of(handle, envelope));
  }

  private Envelope envelope(Instant created, Instant now) {
    return new Envelope(
            created,
            signingIn == null ? Optional.empty() : Optional.of(now),
            now.plus(sessions.lifetimes().absolute()),
            Optional.ofNullable(signingIn))
        .withDevice(device);
  }

  /** Whose session the store holds, whatever this request is about to make of it. */
  Optional<Principal> storedPrincipal() {
    return Optional.ofNullable(load()).flatMap(s -> s.envelope().principal());
  }

  private @Nullable StoredSession load() {
    uses++;
    if (!loaded) {
      try {
        stored = find();
      } catch (SessionStoreException e) {
        if (policy == OutagePolicy.FAIL_CLOSED) {
          throw e;
        }
        outage = e;
        stored = null;
      }
      loaded = true;
    }
    return stored;
  }

  /** A stand-in for a session that was not seen must not replace it. */
  private void failInOutage() {
    if (outage != null) {
      throw new SessionStoreException(
          "a request that is treated as a stranger's cannot change its session", outage);
    }
  }

  /** Old ids beside one that opens the session are no theft: whoever sent them needs none. */
  private @Nullable StoredSession find() {
    Map<String, Opened.Reused> reuses = new LinkedHashMap<>();
    for (String token : tokens) {
      Opened opened = sessions.store().open(token, now());
      if (opened instanceof Opened.Live found) {
        if (isAlive(found.session())) {
          return found.session();
        }
        sessions.events().ended(SessionEvent.of(found.session()), EndReason.EXPIRED);
      } else if (opened instanceof Opened.Reused reused) {
        reuses.put(token, reused);
      }
    }
    reuses.forEach(sessions::reused);
    return null;
  }

  /** The absolute deadline has a MAC in every store; the other one may have been tampered with. */
  private boolean isAlive(StoredSession found) {
    Instant now = now();
    return found.deadline().isAfter(now) && found.envelope().absoluteDeadline().isAfter(now);
  }

  private void forgetChanges() {
    pending.clear();
    changedRoles = null;
    signingIn = null;
    device = Device.UNKNOWN;
    rotating = false;
  }

  private Instant now() {
    return sessions.now();
  }

  /** Asks no store, and shows no sensitive value. */
  @Override
  public String toString() {
    StoredSession current = stored;
    return current == null
        ? "Session[]"
        : "Session[%s, %s]"
            .formatted(current.handle(), masked(pending.changes().applyTo(current.attributes())));
  }
}
