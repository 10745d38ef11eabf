package dev.lms.session.redis;

import dev.lms.session.Capabilities;
import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.EnvelopeCodec;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionStats;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.SessionTokens;
import dev.lms.session.SessionTokens.Token;
import dev.lms.session.StoredSession;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Sessions in Redis 6.2 or newer: one hash each. Thread-safe.
 *
 * <p>Reading costs one round trip ({@code HGETALL}), every write one (a script that checks that the
 * session is still there and changes it in the same step). No command touches two cluster slots: a
 * rotated id stays in the slot of the old one, and what a write changes in the person's index goes
 * along as a command of its own: in the same round trip, or in a cluster in one more. A sign-in
 * that ends another session costs one more, and so does a limit that {@linkplain
 * SessionLimit#refuses() refuses}, because it must be asked first.
 *
 * <p>The guarantees hold while Redis keeps what it acknowledged. What a failover or a restart from
 * disk forgets, this store forgets.
 */
public final class RedisSessionStore implements SessionStore {
  private static final System.Logger LOG = System.getLogger(RedisSessionStore.class.getName());

  private final LongAdder unreadable = new LongAdder();

  private static final String ATTRIBUTE = "a:";

  private static final Script CREATE = Script.named("create.lua");
  private static final Script COMMIT = Script.named("commit.lua");

  private final UnifiedJedis redis;
  private final RedisKeys keys;
  private final SessionTokens tokens;
  private final EnvelopeCodec envelopes;
  private final RedisIndex index;
  private final RedisCensus census;
  private volatile SessionListener listener = new SessionListener() {};

  /**
   * A store over a client that the caller opened and closes; {@link RedisConnections} opens one
   * with safe settings.
   *
   * @param prefix what every key starts with, for example {@code session:}
   */
  public RedisSessionStore(UnifiedJedis redis, KeyRing keys, String prefix) {
    this.redis = redis;
    this.keys = new RedisKeys(prefix);
    this.tokens = new SessionTokens(keys);
    this.envelopes = new EnvelopeCodec(keys);
    this.index = new RedisIndex(redis, this.keys, keys);
    this.census = new RedisCensus(redis, this.keys, index, envelopes);
  }

  @Override
  public Optional<String> handle(String token) {
    return tokens.parse(token).map(Token::handle);
  }

  @Override
  public Optional<StoredSession> load(String token) {
    return tokens
        .parse(token)
        .flatMap(parsed -> decode(parsed, repeatable(() -> redis.hgetAll(keys.session(parsed)))));
  }

  private Optional<StoredSession> decode(Token token, Map<String, String> fields) {
    String envelope = fields.get(RedisKeys.ENVELOPE);
    String deadline = fields.get(RedisKeys.DEADLINE);
    if (envelope == null || deadline == null) {
      // Nothing at all, or the mark of a revocation, is no session; a half one is.
      return envelope == null && deadline == null ? Optional.empty() : unreadable(token);
    }
    Map<String, String> attributes = new HashMap<>();
    fields.forEach(
        (field, value) -> {
          if (field.startsWith(ATTRIBUTE)) {
            attributes.put(field.substring(ATTRIBUTE.length()), value);
          }
        });
    try {
      Instant end = Instant.ofEpochMilli(Long.parseLong(deadline));
      Optional<Envelope> read = envelopes.decode(token.handle(), envelope);
      if (read.isPresent()) {
        return Optional.of(
            new StoredSession(token.text(), token.handle(), read.get(), end, attributes));
      }
    } catch (NumberFormatException e) {
      // As unreadable as a broken envelope.
    }
    return unreadable(token);
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
    List<String> arguments = new ArrayList<>();
    arguments.add(RedisKeys.timeToLive(deadline, now));
    arguments.add(RedisKeys.ENVELOPE);
    arguments.add(envelopes.encode(token.handle(), envelope));
    arguments.add(RedisKeys.DEADLINE);
    arguments.add(RedisKeys.millis(deadline));
    attributes.forEach(
        (name, value) -> {
          arguments.add(ATTRIBUTE + name);
          arguments.add(value);
        });
    List<String> key = List.of(keys.session(token));
    Optional<String> person = person(envelope);
    if (person.isEmpty()) {
      once(() -> CREATE.run(redis, key, arguments));
      return Optional.of(token.text());
    }
    RedisSignIn signIn =
        new RedisSignIn(person.get(), token, envelope, deadline, now, Optional.empty(), limit);
    // Not written means revoked before it began: the caller has a token of a session that ended.
    return once(() -> signIn.run(redis, index, listener, CREATE.step(key, arguments), List.of()))
        .map(written -> token.text());
  }

  @Override
  public Optional<String> update(
      StoredSession session, Changes changes, Instant deadline, Instant now) {
    return tokens
        .parse(session.token())
        .filter(token -> update(token, session, changes, deadline, now))
        .map(Token::text);
  }

  private boolean update(
      Token token, StoredSession session, Changes changes, Instant deadline, Instant now) {
    List<String> key = List.of(keys.session(token));
    List<String> arguments = arguments(Map.of(), changes, deadline, now);
    Envelope envelope = session.envelope();
    Optional<String> person = person(envelope).filter(id -> deadline.isAfter(session.deadline()));
    Supplier<Boolean> command =
        person.isEmpty()
            ? () -> COMMIT.run(redis, key, arguments)
            : () ->
                touch(
                    person.get(),
                    token,
                    index.touch(person.get(), token, envelope, deadline, now),
                    COMMIT.step(key, arguments));
    // Increments must not be sent twice; all else may.
    return changes.added().isEmpty() ? repeatable(command) : once(command);
  }

  private boolean touch(String person, Token token, Step touch, Step commit) {
    boolean written = Script.isOne(Step.inOrder(redis, List.of(touch, commit)).get(1));
    if (!written) {
      Step.inOrder(redis, index.leave(person, List.of(RedisKeys.field(token))));
    }
    return written;
  }

  @Override
  public Optional<String> rotate(
      StoredSession session, Envelope envelope, Changes changes, Instant deadline, Instant now) {
    return rotate(session, envelope, changes, deadline, now, SessionLimit.NONE);
  }

  @Override
  public Optional<String> rotate(
      StoredSession session,
      Envelope envelope,
      Changes changes,
      Instant deadline,
      Instant now,
      SessionLimit limit) {
    Optional<Token> parsed = tokens.parse(session.token());
    if (parsed.isEmpty()) {
      return Optional.empty();
    }
    Token old = parsed.get();
    Token token = tokens.mintBeside(old);
    Map<String, String> own =
        Map.of(RedisKeys.ENVELOPE, envelopes.encode(token.handle(), envelope));
    List<String> arguments = arguments(own, changes, deadline, now);
    Step write = COMMIT.step(List.of(keys.session(old), keys.session(token)), arguments);
    Optional<String> before = person(session.envelope());
    Optional<String> after = person(envelope);
    List<Step> leave =
        before.map(id -> index.leave(id, List.of(RedisKeys.field(old)))).orElse(List.of());
    if (after.isEmpty()) {
      List<Step> steps = new ArrayList<>(List.of(write));
      steps.addAll(leave);
      boolean written = once(() -> Script.isOne(Step.inOrder(redis, steps).get(0)));
      return written ? Optional.of(token.text()) : Optional.empty();
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
    return once(() -> signIn.run(redis, index, listener, write, leave))
        .filter(written -> written)
        .map(written -> token.text());
  }

  @Override
  public void delete(String token, Instant now) {
    tokens
        .parse(token)
        .ifPresent(
            parsed -> {
              List<Object> answers =
                  repeatable(
                      () ->
                          Step.inOrder(
                              redis,
                              List.of(
                                  Step.read(keys.session(parsed), RedisKeys.ENVELOPE),
                                  Step.delete(keys.session(parsed)))));
              @Nullable Object envelope = ((List<?>) answers.get(0)).get(0);
              if (envelope != null) {
                envelopes
                    .decode(parsed.handle(), envelope.toString())
                    .ifPresent(read -> delete(parsed, read));
              }
            });
  }

  @Override
  public void delete(StoredSession session, Instant now) {
    tokens.parse(session.token()).ifPresent(token -> delete(token, session.envelope()));
  }

  private void delete(Token token, Envelope envelope) {
    List<Step> steps = new ArrayList<>(List.of(Step.delete(keys.session(token))));
    person(envelope)
        .ifPresent(id -> steps.addAll(index.leave(id, List.of(RedisKeys.field(token)))));
    repeatable(() -> Step.inOrder(redis, steps));
  }

  @Override
  public List<SessionInfo> list(String principalId, Instant now) {
    return repeatable(() -> census.list(principalId, now));
  }

  @Override
  public boolean revoke(String principalId, String handle, Instant now) {
    return repeatable(() -> index.revoke(index.all(principalId), handle, now));
  }

  @Override
  public int revokeAll(String principalId, Optional<String> except, Instant now) {
    return repeatable(() -> index.revokeAll(index.all(principalId), except, now));
  }

  @Override
  public SessionStats stats(Instant now) {
    return repeatable(() -> census.stats(now));
  }

  @Override
  public long purge(Instant now) {
    return repeatable(() -> census.purge(now));
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
  public Capabilities capabilities() {
    return new Capabilities(true, true, true);
  }

  private static Optional<String> person(Envelope envelope) {
    return envelope.principal().map(Principal::id);
  }

  /** In the order commit.lua reads them. */
  private static List<String> arguments(
      Map<String, String> own, Changes changes, Instant deadline, Instant now) {
    List<String> arguments = new ArrayList<>();
    arguments.add(RedisKeys.millis(now));
    arguments.add(RedisKeys.millis(deadline));
    arguments.add(RedisKeys.timeToLive(deadline, now));
    arguments.add(Integer.toString(own.size() + changes.set().size()));
    arguments.add(Integer.toString(changes.removed().size()));
    arguments.add(Integer.toString(changes.added().size()));
    own.forEach((field, value) -> arguments.addAll(List.of(field, value)));
    changes.set().forEach((name, value) -> arguments.addAll(List.of(ATTRIBUTE + name, value)));
    changes.removed().forEach(name -> arguments.add(ATTRIBUTE + name));
    changes
        .added()
        .forEach((name, delta) -> arguments.addAll(List.of(ATTRIBUTE + name, delta.toString())));
    return arguments;
  }

  /**
   * Tries once more on a fresh connection: the first command after a restart of Redis meets one
   * that is dead already. What got no answer in time is not asked again: it would only wait longer.
   */
  private <T> T repeatable(Supplier<T> command) {
    try {
      return command.get();
    } catch (JedisConnectionException e) {
      if (e.getCause() instanceof SocketTimeoutException) {
        throw outage(e);
      }
      return once(command);
    } catch (JedisException e) {
      throw outage(e);
    }
  }

  private static <T> T once(Supplier<T> command) {
    try {
      return command.get();
    } catch (JedisException e) {
      throw outage(e);
    }
  }

  private static SessionStoreException outage(JedisException e) {
    return new SessionStoreException("Redis did not take a session command: " + e.getMessage(), e);
  }
}
