package dev.lms.session.redis;

import dev.lms.session.Capabilities;
import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.EnvelopeCodec;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.SessionTokens;
import dev.lms.session.SessionTokens.Token;
import dev.lms.session.StoredSession;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Sessions in Redis 6.2 or newer: one hash each. Thread-safe.
 *
 * <p>Reading costs one round trip ({@code HGETALL}), every write one (a script that checks that the
 * session is still there and changes it in the same step). No command touches two cluster slots: a
 * rotated id stays in the slot of the old one.
 *
 * <p>The guarantees hold while Redis keeps what it acknowledged. What a failover or a restart from
 * disk forgets, this store forgets.
 */
public final class RedisSessionStore implements SessionStore {
  /**
   * Redis's own expiry only collects what has ended; the stored deadline, judged by our clock,
   * rules. The margin keeps a Redis whose clock runs fast from ending sessions early.
   */
  private static final Duration COLLECT_AFTER = Duration.ofMinutes(1);

  private static final String ENVELOPE = "envelope";
  private static final String DEADLINE = "deadline";
  private static final String ATTRIBUTE = "a:";

  private static final Script CREATE = Script.named("create.lua");
  private static final Script COMMIT = Script.named("commit.lua");

  private final UnifiedJedis redis;
  private final String prefix;
  private final SessionTokens tokens;
  private final EnvelopeCodec envelopes;

  /**
   * A store over a client that the caller opened and closes; {@link RedisConnections} opens one
   * with safe settings.
   *
   * @param prefix what every key starts with, for example {@code session:}
   */
  public RedisSessionStore(UnifiedJedis redis, KeyRing keys, String prefix) {
    this.redis = redis;
    this.prefix = prefix;
    this.tokens = new SessionTokens(keys);
    this.envelopes = new EnvelopeCodec(keys);
  }

  @Override
  public Optional<StoredSession> load(String token) {
    return tokens
        .parse(token)
        .flatMap(parsed -> decode(parsed, repeatable(() -> redis.hgetAll(key(parsed)))));
  }

  private Optional<StoredSession> decode(Token token, Map<String, String> fields) {
    String envelope = fields.get(ENVELOPE);
    String deadline = fields.get(DEADLINE);
    if (envelope == null || deadline == null) {
      return Optional.empty();
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
      return envelopes
          .decode(token.handle(), envelope)
          .map(read -> new StoredSession(token.text(), token.handle(), read, end, attributes));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  @Override
  public String create(
      Envelope envelope, Map<String, String> attributes, Instant deadline, Instant now) {
    Token token = tokens.mint();
    List<String> arguments = new ArrayList<>();
    arguments.add(timeToLive(deadline, now));
    arguments.add(ENVELOPE);
    arguments.add(envelopes.encode(token.handle(), envelope));
    arguments.add(DEADLINE);
    arguments.add(millis(deadline));
    attributes.forEach(
        (name, value) -> {
          arguments.add(ATTRIBUTE + name);
          arguments.add(value);
        });
    once(() -> CREATE.run(redis, List.of(key(token)), arguments));
    return token.text();
  }

  @Override
  public Optional<String> update(
      StoredSession session, Changes changes, Instant deadline, Instant now) {
    return tokens
        .parse(session.token())
        .filter(
            token -> {
              List<String> keys = List.of(key(token));
              List<String> arguments = arguments(Map.of(), changes, deadline, now);
              // Increments must not be sent twice; all else may.
              return changes.added().isEmpty()
                  ? repeatable(() -> COMMIT.run(redis, keys, arguments))
                  : once(() -> COMMIT.run(redis, keys, arguments));
            })
        .map(Token::text);
  }

  @Override
  public Optional<String> rotate(
      StoredSession session, Envelope envelope, Changes changes, Instant deadline, Instant now) {
    return tokens
        .parse(session.token())
        .flatMap(old -> rotate(old, envelope, changes, deadline, now));
  }

  private Optional<String> rotate(
      Token old, Envelope envelope, Changes changes, Instant deadline, Instant now) {
    Token token = tokens.mintBeside(old);
    Map<String, String> own = Map.of(ENVELOPE, envelopes.encode(token.handle(), envelope));
    List<String> arguments = arguments(own, changes, deadline, now);
    boolean done = once(() -> COMMIT.run(redis, List.of(key(old), key(token)), arguments));
    return done ? Optional.of(token.text()) : Optional.empty();
  }

  @Override
  public void delete(String token, Instant now) {
    tokens.parse(token).ifPresent(parsed -> repeatable(() -> redis.del(key(parsed))));
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(true, true);
  }

  /** In the order commit.lua reads them. */
  private static List<String> arguments(
      Map<String, String> own, Changes changes, Instant deadline, Instant now) {
    List<String> arguments = new ArrayList<>();
    arguments.add(millis(now));
    arguments.add(millis(deadline));
    arguments.add(timeToLive(deadline, now));
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

  /** The braces make the group the key's cluster slot. */
  private String key(Token token) {
    return prefix + '{' + token.group() + '}' + token.handle();
  }

  private static String millis(Instant instant) {
    return Long.toString(instant.toEpochMilli());
  }

  private static String timeToLive(Instant deadline, Instant now) {
    return Long.toString(Duration.between(now, deadline).plus(COLLECT_AFTER).toMillis());
  }

  /**
   * Tries once more on a fresh connection: the first command after a restart of Redis meets one
   * that is dead already.
   */
  private <T> T repeatable(Supplier<T> command) {
    try {
      return command.get();
    } catch (JedisConnectionException e) {
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
