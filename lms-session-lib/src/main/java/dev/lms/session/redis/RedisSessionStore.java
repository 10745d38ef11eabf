// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static java.util.Objects.requireNonNull;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.migration.Transfer;
import dev.lms.session.migration.Transferable;
import dev.lms.session.store.EnvelopeCodec;
import dev.lms.session.store.Forward;
import dev.lms.session.store.SessionTokens;
import dev.lms.session.store.SessionTokens.Token;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Keeps sessions in Redis 6.2 or newer, as one string each. Thread-safe.
 *
 * <p>To begin a session costs one round trip ({@code SET}), to read it one ({@code GET}), and every
 * change one (a script that checks that the session still exists and changes it in the same step).
 * No command touches two cluster slots: a rotated id stays in the slot of the old one, and a change
 * of the person's index is a command of its own in the same round trip, or in one more in a
 * cluster. A sign-in that ends another session costs one more; so does a limit that {@linkplain
 * SessionLimit#refuses() refuses}, because it must be checked first. A rotated id costs one more
 * for each rotation since, while it is an alias. Concurrent reads may share a round trip, and so
 * may concurrent changes, except in a cluster.
 *
 * <p>The guarantees hold while Redis keeps what it acknowledged. What a failover or a restart from
 * disk forgets, this store forgets.
 */
public final class RedisSessionStore
    implements SessionStore, PrincipalIndex, SessionStore.Reporting, Transferable {
  private static final System.Logger LOG = System.getLogger(RedisSessionStore.class.getName());

  private final LongAdder unreadable = new LongAdder();

  private final UnifiedJedis redis;
  private final RedisCalls calls;
  private final SharedReads reads;
  private final RedisKeys keys;
  private final SessionTokens tokens;
  private final EnvelopeCodec envelopes;
  private final RedisIndex index;
  private final RedisWrites writes;
  private final Holders holders;
  private final @Nullable RedisNear near;
  private final RedisPeople people;
  private final RedisCensus census;
  private final RedisTransfer transfer;
  private volatile SessionListener listener = new SessionListener() {};

  /**
   * Creates a store over a client; {@link RedisConnections} opens one with safe settings. A cluster
   * client must not repeat commands whose connection broke, as Jedis' own does: a change that may
   * have been made must not be made again.
   *
   * @param redis the client, which the caller closes
   * @param keys the secret keys of the site, the same in every process
   * @param prefix what every key starts with, for example {@code session:}
   */
  public RedisSessionStore(UnifiedJedis redis, KeyRing keys, String prefix) {
    this(redis, keys, prefix, 0, System::nanoTime);
  }

  /**
   * Creates a store that keeps copies of what it has read, each for less than a second: a session
   * that is asked for again within a second costs no round trip. What any store over this Redis has
   * changed, ended or given other roles holds here when that call returns: it waits until copies
   * are dropped, about two milliseconds, or a second for a process that does not answer. Close the
   * store before the client. A thread listens for that while there are copies, on a connection of
   * the client's pool.
   *
   * <p>Every process over this Redis must know of copies, so must be of this version or newer.
   * Limits: what Redis loses, it no longer knows who has a copy of; a copy may then be used for the
   * rest of its second. Leases are measured by the machine's monotonic clock: a machine that was
   * suspended may use the rest of its leases after it wakes.
   *
   * @param redis the client, which the caller closes; not of a cluster
   * @param keys the secret keys of the site, the same in every process
   * @param prefix what every key starts with, for example {@code session:}
   * @param maxBytes about how much memory the copies may take
   * @return the store
   * @throws IllegalArgumentException if the client is of a cluster, or no memory is allowed
   */
  public static RedisSessionStore withNearCopies(
      UnifiedJedis redis, KeyRing keys, String prefix, long maxBytes) {
    return withNearCopies(redis, keys, prefix, maxBytes, System::nanoTime);
  }

  /** Measures leases, and waits for those of others, by another clock that is never set. */
  static RedisSessionStore withNearCopies(
      UnifiedJedis redis, KeyRing keys, String prefix, long maxBytes, LongSupplier nanos) {
    if (Step.isCluster(redis)) {
      throw new IllegalArgumentException(
          "copies of sessions are kept with one Redis or Sentinels, not with a cluster");
    }
    if (maxBytes < 1) {
      throw new IllegalArgumentException("copies of sessions need memory; allow a megabyte");
    }
    RedisSessionStore store = new RedisSessionStore(redis, keys, prefix, maxBytes, nanos);
    requireNonNull(store.near).start();
    return store;
  }

  private RedisSessionStore(
      UnifiedJedis redis, KeyRing keys, String prefix, long nearBytes, LongSupplier nanos) {
    this.redis = redis;
    this.calls = new RedisCalls(redis);
    this.reads = new SharedReads(redis, RedisConnections.PATIENCE);
    this.keys = new RedisKeys(prefix);
    this.tokens = new SessionTokens(keys);
    this.envelopes = new EnvelopeCodec(keys);
    this.near = nearBytes > 0 ? new RedisNear(calls, this.keys, nearBytes, nanos) : null;
    this.holders =
        new Holders(calls, this.keys, Optional.ofNullable(near).map(RedisNear::own), nanos);
    this.index = new RedisIndex(calls, this.keys, keys, envelopes, holders);
    this.writes = new RedisWrites(calls, this.keys, tokens, envelopes, index, holders);
    this.people = new RedisPeople(calls, this.keys, index, envelopes, holders);
    this.census = new RedisCensus(calls, this.keys, envelopes, holders);
    this.transfer =
        new RedisTransfer(calls, this.keys, index, envelopes, holders, this::leaveMarks);
  }

  @Override
  public Optional<String> handle(String token) {
    return tokens.parse(token).map(Token::handle);
  }

  @Override
  public Opened open(String token, Instant now) {
    Optional<Token> name = tokens.parse(token);
    String first = name.map(Token::handle).orElse("");
    while (name.isPresent()) {
      RedisValue value = read(name.get(), now);
      Optional<Forward> forward =
          value instanceof RedisValue.Moved moved
              ? writes.forward(name.get(), moved.forward())
              : Optional.empty();
      if (forward.isEmpty()) {
        Optional<StoredSession> session =
            decode(name.get(), value)
                .filter(found -> found.handle().equals(first) || !found.envelope().renewalDue());
        return session.isPresent() ? new Opened.Live(session.get()) : Opened.ABSENT;
      }
      if (!forward.get().isAlias(now)) {
        return forward.get().afterwards(name.get().handle());
      }
      name = Optional.of(name.get().as(forward.get().handle()));
    }
    return Opened.ABSENT;
  }

  private RedisValue read(Token name, Instant now) {
    return near == null ? read(name) : near.read(RedisKeys.field(name), now, () -> read(name));
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

  private Optional<StoredSession> decode(Token token, RedisValue value) {
    if (value instanceof RedisValue.Found found) {
      Optional<Envelope> envelope = envelopes.decode(token.handle(), found.envelope());
      if (envelope.isPresent()) {
        return Optional.of(
            new StoredSession(token.text(), token.handle(), envelope.get(), found.deadline())
                .withAttributes(found.attributes()));
      }
      return unreadable(token);
    }
    if (value == RedisValue.None.LEFT || value instanceof RedisValue.Taken) {
      throw Transfer.moved(token.handle());
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
  public Optional<String> create(
      Envelope envelope, Map<String, String> attributes, WriteOptions options) {
    return writes.create(envelope, attributes, options, listener);
  }

  @Override
  public Written update(StoredSession session, Changes changes, WriteOptions options) {
    return writes.update(SessionTokens.of(session), session, changes, options);
  }

  @Override
  public Written rotate(
      StoredSession session, Envelope envelope, Changes changes, WriteOptions options) {
    return options.grace().isPresent()
        ? writes.rotate(session, changes, options, listener)
        : writes.replace(session, envelope, changes, options, listener);
  }

  @Override
  public boolean delete(String token, Optional<StoredSession> loaded, Instant now) {
    return loaded.isPresent()
        ? writes.end(SessionTokens.of(loaded.get()), loaded.get().envelope())
        : tokens.parse(token).filter(writes::end).isPresent();
  }

  @Override
  public Page page(String principalId, Optional<String> from, int most, Instant now) {
    return people.page(principalId, from, most, now);
  }

  @Override
  public int changeRoles(String principalId, Set<String> roles, Instant now) {
    return people.changeRoles(principalId, roles, now);
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
  public SessionCensus stats(Instant now) {
    return census.stats(now);
  }

  @Override
  public long purge(Instant now) {
    return census.purge(now);
  }

  private void leaveMarks() {
    writes.leaveMarks();
    census.leaveMarks();
  }

  @Override
  public Transfer transfer() {
    return transfer;
  }

  /**
   * {@return how many sessions could not be read and were counted as absent, since this store was
   * created}
   */
  public long unreadable() {
    return unreadable.sum();
  }

  /**
   * What copies of sessions have saved and cost a store.
   *
   * @param hits how often a session was read from a copy, without a round trip
   * @param fills how many copies were begun
   * @param waits how often a write had to wait until others had dropped their copies
   * @param bytes about how much memory the copies take now
   */
  public record NearReads(long hits, long fills, long waits, long bytes) {}

  /** {@return what copies have saved and cost since this store was created} */
  public NearReads nearReads() {
    return near == null
        ? new NearReads(0, 0, holders.waits(), 0)
        : new NearReads(
            near.copies().hits(), near.copies().fills(), holders.waits(), near.copies().bytes());
  }

  /** Stops using copies, and says so to those who would wait for them. */
  @Override
  public void close() {
    if (near != null) {
      near.close();
    }
  }

  @Override
  public void reportTo(SessionListener listener) {
    this.listener = listener;
  }

  @Override
  public void outageBegan() {
    reads.giveUp();
    writes.giveUp();
  }

  @Override
  public Set<Capability> capabilities() {
    return EnumSet.allOf(Capability.class);
  }
}
