package dev.lms.session.redis;

import dev.lms.session.Capabilities;
import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionStats;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.Written;
import dev.lms.session.store.EnvelopeCodec;
import dev.lms.session.store.Forward;
import dev.lms.session.store.SessionTokens;
import dev.lms.session.store.SessionTokens.Token;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Sessions in Redis 6.2 or newer: one string each. Thread-safe.
 *
 * <p>Beginning one costs one round trip ({@code SET}), reading one ({@code GET}), every change one
 * (a script that checks that the session is still there and changes it in the same step). No
 * command touches two cluster slots: a rotated id stays in the slot of the old one, and what a
 * write changes in the person's index goes along as a command of its own: in the same round trip,
 * or in a cluster in one more. A sign-in that ends another session costs one more, and so does a
 * limit that {@linkplain SessionLimit#refuses() refuses}, because it must be asked first. An id
 * that was rotated costs one more, while it is an alias, for each rotation since. Reads at the same
 * moment may share a round trip, except in a cluster.
 *
 * <p>The guarantees hold while Redis keeps what it acknowledged. What a failover or a restart from
 * disk forgets, this store forgets.
 */
public final class RedisSessionStore implements SessionStore {
  private static final System.Logger LOG = System.getLogger(RedisSessionStore.class.getName());

  private final LongAdder unreadable = new LongAdder();

  private static final Script COMMIT = Script.named("commit.lua");
  private static final Script END = Script.named("end.lua");

  // What commit.lua answers; text is where the session went.
  private static final Object GONE = 0L;
  private static final Object STORED = 1L;
  private static final Object CONFLICT = 2L;
  private static final Object OVERFLOW = 3L;

  private final UnifiedJedis redis;
  private final RedisCalls calls;
  private final SharedReads reads;
  private final RedisKeys keys;
  private final SessionTokens tokens;
  private final EnvelopeCodec envelopes;
  private final RedisIndex index;
  private final RedisCensus census;
  private volatile SessionListener listener = new SessionListener() {};

  /**
   * A store over a client that the caller opened and closes; {@link RedisConnections} opens one
   * with safe settings. A cluster client must not repeat commands whose connection broke, as Jedis'
   * own does: a change that may have been made must not be made again.
   *
   * @param prefix what every key starts with, for example {@code session:}
   */
  public RedisSessionStore(UnifiedJedis redis, KeyRing keys, String prefix) {
    this.redis = redis;
    this.calls = new RedisCalls(redis);
    this.reads = new SharedReads(redis, RedisConnections.PATIENCE);
    this.keys = new RedisKeys(prefix);
    this.tokens = new SessionTokens(keys);
    this.envelopes = new EnvelopeCodec(keys);
    this.index = new RedisIndex(calls, this.keys, keys, envelopes);
    this.census = new RedisCensus(calls, this.keys, index, envelopes);
  }

  @Override
  public Optional<String> handle(String token) {
    return tokens.parse(token).map(Token::handle);
  }

  @Override
  public Optional<StoredSession> load(String token) {
    return tokens.parse(token).flatMap(name -> decode(name, read(name)));
  }

  @Override
  public Opened open(String token, Instant now) {
    Optional<Token> name = tokens.parse(token);
    while (name.isPresent()) {
      RedisValue value = read(name.get());
      Optional<Forward> forward =
          value instanceof RedisValue.Moved moved
              ? forward(name.get(), moved.forward())
              : Optional.empty();
      if (forward.isEmpty()) {
        Optional<StoredSession> session = decode(name.get(), value);
        return session.isPresent() ? new Opened.Live(session.get()) : Opened.ABSENT;
      }
      if (!forward.get().isAlias(now)) {
        return forward.get().afterwards(name.get().handle());
      }
      name = Optional.of(name.get().as(forward.get().handle()));
    }
    return Opened.ABSENT;
  }

  private RedisValue read(Token name) {
    String key = keys.session(name);
    return calls.repeatable(
        () -> {
          try {
            return Step.isCluster(redis)
                ? Refusal.askAgainAfter(redis, () -> redis.executeCommand(RedisValue.read(key)))
                : reads.read(key);
          } catch (JedisDataException e) {
            if (Failure.isWrongType(e)) {
              return RedisValue.None.FOREIGN;
            }
            throw e;
          }
        });
  }

  /** Where a session went; empty if what a script answered or a key holds does not say. */
  private Optional<Forward> forward(Token name, @Nullable Object answer) {
    return answer instanceof String text
        ? envelopes.decodeForward(name.handle(), text)
        : Optional.empty();
  }

  /** The name a session has now, if it was rotated and the one it had may still change it. */
  private Optional<Token> alias(Token name, Object answer, Instant now) {
    return forward(name, answer)
        .filter(forward -> forward.isAlias(now))
        .map(forward -> name.as(forward.handle()));
  }

  private Optional<StoredSession> decode(Token token, RedisValue value) {
    if (value instanceof RedisValue.Found found) {
      Optional<Envelope> envelope = envelopes.decode(token.handle(), found.envelope());
      if (envelope.isPresent()) {
        return Optional.of(
            new StoredSession(
                token.text(),
                token.handle(),
                envelope.get(),
                found.deadline(),
                found.attributes()));
      }
      return unreadable(token);
    }
    return value == RedisValue.None.UNREADABLE || value == RedisValue.None.FOREIGN
        ? unreadable(token)
        : Optional.empty();
  }

  private Optional<StoredSession> unreadable(Token token) {
    unreadable.increment();
    LOG.log(Level.WARNING, "session {0} is unreadable and counts as absent", token.handle());
    listener.unreadable(token.handle());
    return Optional.empty();
  }

  @Override
  public String create(
      Envelope envelope, Map<String, String> attributes, Instant deadline, Instant now) {
    return create(envelope, attributes, deadline, now, SessionLimit.NONE).orElseThrow();
  }

  @Override
  public Optional<String> create(
      Envelope envelope,
      Map<String, String> attributes,
      Instant deadline,
      Instant now,
      SessionLimit limit) {
    Token token = tokens.mint();
    RedisBeginning beginning =
        RedisBeginning.of(
            keys.session(token),
            RedisKeys.timeToLive(deadline, now),
            SessionText.of(deadline, envelopes.encode(token.handle(), envelope), attributes));
    Optional<String> person = person(envelope);
    if (person.isEmpty()) {
      RedisCalls.once(() -> beginning.step().alone().apply(redis));
      return Optional.of(token.text());
    }
    RedisSignIn signIn =
        new RedisSignIn(person.get(), token, envelope, deadline, now, Optional.empty(), limit);
    // Not written means revoked before it began: the caller has a token of a session that ended.
    return RedisCalls.once(() -> signIn.begin(redis, index, listener, beginning))
        .map(any -> token.text());
  }

  @Override
  public Written update(StoredSession session, Changes changes, Instant deadline, Instant now) {
    return update(SessionTokens.of(session), session, changes, deadline, now);
  }

  private Written update(
      Token name, StoredSession session, Changes changes, Instant deadline, Instant now) {
    List<String> key = List.of(keys.session(name));
    List<Object> arguments = CommitArguments.of(changes, session.deadline(), deadline, now);
    Envelope envelope = session.envelope();
    Optional<String> person = person(envelope).filter(id -> deadline.isAfter(session.deadline()));
    Supplier<Object> command =
        person.isEmpty()
            ? () -> COMMIT.call(redis, key, arguments)
            : () ->
                touch(
                    person.get(),
                    name,
                    index.touch(person.get(), name, envelope, deadline, now),
                    COMMIT.step(key, arguments));
    // A deadline may be moved forward twice; everything else must not be done again.
    Object answer = changes.isEmpty() ? calls.repeatable(command) : RedisCalls.once(command);
    Optional<Token> alias = alias(name, answer, now);
    return alias.isEmpty()
        ? written(answer, name)
        : update(alias.get(), session, changes, deadline, now);
  }

  private Object touch(String person, Token name, Step touch, Step commit) {
    Object answer = Step.inOrder(redis, List.of(touch, commit)).get(1);
    if (GONE.equals(answer) || answer instanceof String) {
      index.tidy(index.leave(person, List.of(RedisKeys.field(name))));
    }
    return answer;
  }

  private static Written written(Object answer, Token token) {
    if (STORED.equals(answer)) {
      return Written.stored(token.text());
    }
    if (OVERFLOW.equals(answer)) {
      throw new IllegalStateException("a counter would overflow; nothing was written");
    }
    return CONFLICT.equals(answer) ? Written.CONFLICT : Written.GONE;
  }

  @Override
  public Written rotate(
      StoredSession session, Envelope envelope, Changes changes, Instant deadline, Instant now) {
    return rotate(session, envelope, changes, deadline, now, SessionLimit.NONE);
  }

  @Override
  public Written rotate(
      StoredSession session,
      Envelope envelope,
      Changes changes,
      Instant deadline,
      Instant now,
      SessionLimit limit) {
    Token name = SessionTokens.of(session);
    while (true) {
      Token token = tokens.mintBeside(name);
      Move move = new Move(name, token, session, envelope, Optional.empty());
      Optional<Object> answer = move(move, changes, deadline, now, limit);
      if (answer.isEmpty()) {
        return Written.REFUSED;
      }
      Optional<Token> alias = alias(name, answer.get(), now);
      if (alias.isEmpty()) {
        return written(answer.get(), token);
      }
      name = alias.get();
    }
  }

  @Override
  public Written rotate(
      StoredSession session, Changes changes, Instant deadline, Instant now, Duration grace) {
    Optional<Token> old = tokens.parse(session.token());
    if (old.isEmpty()) {
      return Written.GONE;
    }
    Token name = old.get();
    if (!name.handle().equals(session.handle())) {
      // Loaded through an alias: another request has just rotated it.
      return update(session, changes, deadline, now);
    }
    Token token = tokens.mintBeside(name);
    Move move = new Move(name, token, session, session.envelope(), Optional.of(now.plus(grace)));
    Object answer = move(move, changes, deadline, now, SessionLimit.NONE).orElse(GONE);
    Optional<Token> alias = alias(name, answer, now);
    return alias.isEmpty()
        ? written(answer, token)
        : update(alias.get(), session, changes, deadline, now);
  }

  /** A session that gets a new name, and perhaps another envelope. */
  private record Move(
      Token from,
      Token to,
      StoredSession session,
      Envelope envelope,
      Optional<Instant> aliasUntil) {}

  /** What commit.lua answers; empty, and nothing written, if the limit refuses. */
  private Optional<Object> move(
      Move move, Changes changes, Instant deadline, Instant now, SessionLimit limit) {
    Token old = move.from();
    Token token = move.to();
    Envelope envelope = move.envelope();
    Forward forward = new Forward(token.handle(), move.aliasUntil());
    List<Object> arguments =
        CommitArguments.moving(
            envelopes.encode(token.handle(), envelope),
            envelopes.encode(old.handle(), forward),
            changes,
            deadline,
            now);
    Step write = COMMIT.step(List.of(keys.session(old), keys.session(token)), arguments);
    Optional<String> before = person(move.session().envelope());
    Optional<String> after = person(envelope);
    List<Step> leave =
        before.map(id -> index.leave(id, List.of(RedisKeys.field(old)))).orElse(List.of());
    if (after.isEmpty()) {
      Object answer = RedisCalls.once(() -> write.alone().apply(redis));
      if (STORED.equals(answer)) {
        index.tidy(leave);
      }
      return Optional.of(answer);
    }
    RedisSignIn signIn =
        new RedisSignIn(
            after.get(),
            token,
            envelope,
            deadline,
            now,
            before.equals(after) ? Optional.of(old) : Optional.empty(),
            limit);
    return RedisCalls.once(() -> signIn.run(redis, index, listener, write, leave));
  }

  @Override
  public boolean delete(String token, Instant now) {
    return tokens.parse(token).filter(this::delete).isPresent();
  }

  /**
   * Ends a session, or what it was rotated into; takes it out of its person's index. Answers
   * whether there was one.
   */
  private boolean delete(Token first) {
    Token name = first;
    Object answer = calls.repeatable(() -> end(first));
    Optional<Forward> forward = forward(name, answer);
    while (forward.isPresent()) {
      Token next = name.as(forward.get().handle());
      answer = calls.repeatable(() -> end(next));
      name = next;
      forward = forward(name, answer);
    }
    Token ended = name;
    Optional<Envelope> envelope = ended(ended, answer);
    envelope
        .flatMap(RedisSessionStore::person)
        .map(person -> index.leave(person, List.of(RedisKeys.field(ended))))
        .ifPresent(calls::repeatable);
    return envelope.isPresent();
  }

  /** The session that end.lua says it has ended; empty if there was none that can be read. */
  private Optional<Envelope> ended(Token name, Object answer) {
    return answer instanceof String text ? envelopes.decode(name.handle(), text) : Optional.empty();
  }

  private Object end(Token name) {
    return END.call(redis, List.of(keys.session(name)), List.of());
  }

  @Override
  public boolean delete(StoredSession session, Instant now) {
    return delete(SessionTokens.of(session), session.envelope());
  }

  private boolean delete(Token name, Envelope envelope) {
    List<Step> steps = new ArrayList<>(List.of(END.step(List.of(keys.session(name)), List.of())));
    person(envelope).ifPresent(id -> steps.addAll(index.leave(id, List.of(RedisKeys.field(name)))));
    Object answer = calls.repeatable(steps).get(0);
    Optional<Forward> forward = forward(name, answer);
    return forward.isPresent()
        ? delete(name.as(forward.get().handle()))
        : ended(name, answer).isPresent();
  }

  @Override
  public List<SessionInfo> list(String principalId, Instant now) {
    return census.list(principalId, now);
  }

  @Override
  public boolean revoke(String principalId, String handle, Instant now) {
    return index.revoke(index.all(principalId), handle, now);
  }

  @Override
  public int revokeAll(String principalId, Optional<String> except, Instant now) {
    return index.revokeAll(index.all(principalId), except, now);
  }

  @Override
  public SessionStats stats(Instant now) {
    return census.stats(now);
  }

  @Override
  public long purge(Instant now) {
    return census.purge(now);
  }

  /** How often this store has met a session that it could not read, since it was opened. */
  public long unreadable() {
    return unreadable.sum();
  }

  @Override
  public void setListener(SessionListener listener) {
    this.listener = listener;
  }

  @Override
  public void outageBegan() {
    reads.giveUp();
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.ALL;
  }

  private static Optional<String> person(Envelope envelope) {
    return envelope.principal().map(Principal::id);
  }
}
