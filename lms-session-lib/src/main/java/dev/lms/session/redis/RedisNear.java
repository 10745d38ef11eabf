// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.SessionStoreException;
import dev.lms.session.redis.near.NearCopies;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Builder;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.util.KeyValue;

/**
 * Reads sessions from copies in this process while their leases last, and makes copies of what is
 * asked for again within a second. A thread of its own listens to those who write: that saves them
 * time and is no part of why copies are right, so nothing hangs on a message that is lost. It
 * listens while there are copies, and rests otherwise; while it does not listen no copies are made,
 * because those who write would wait for their leases. Thread-safe.
 */
final class RedisNear implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RedisNear.class.getName());
  private static final Script FILL = Script.named("fill.lua");
  private static final double LISTEN_SECONDS = 0.25;
  private static final long REST_AFTER = NearCopies.REMEMBERED.plusSeconds(1).toNanos();
  private static final Duration END = Duration.ofSeconds(3);

  private final UnifiedJedis redis;
  private final RedisCalls calls;
  private final RedisKeys keys;
  private final Holders.Own own;
  private final LongSupplier nanos;
  private final Thread listener;
  private volatile boolean closed;
  private volatile boolean isListening;
  private volatile long wanted;

  /** What fill.lua tells. */
  private record Filled(RedisValue value, boolean entered) {}

  private static final Builder<Filled> FILLED =
      new Builder<>() {
        @Override
        public Filled build(@Nullable Object answer) {
          return answer instanceof List<?> list
              ? new Filled(SessionText.parse((byte[]) list.get(0)), true)
              : new Filled(SessionText.parse((byte[]) answer), false);
        }
      };

  RedisNear(RedisCalls calls, RedisKeys keys, long maxBytes, LongSupplier nanos) {
    this.redis = calls.redis();
    this.calls = calls;
    this.keys = keys;
    this.nanos = nanos;
    NearCopies<RedisValue.Found> copies = new NearCopies<>(maxBytes, RedisNear::weight, nanos);
    this.own = new Holders.Own(UUID.randomUUID().toString(), copies);
    this.wanted = nanos.getAsLong() - REST_AFTER - 1;
    this.listener = new Thread(this::listen, "session copies");
    listener.setDaemon(true);
  }

  /** About what it takes in memory, with its key and its place. */
  private static long weight(RedisValue.Found session) {
    long weight = 512 + 2L * session.envelope().length();
    for (var attribute : session.attributes().entrySet()) {
      weight += 128 + 2L * (attribute.getKey().length() + attribute.getValue().length());
    }
    return weight;
  }

  void start() {
    listener.start();
  }

  Holders.Own own() {
    return own;
  }

  NearCopies<RedisValue.Found> copies() {
    return own.copies();
  }

  /**
   * What is under the key of a session. A copy that says that the session has ended is not
   * believed: others may have moved its deadline.
   *
   * @param far reads it from Redis
   */
  RedisValue read(String field, Instant now, Supplier<RedisValue> far) {
    RedisValue.Found copy = copies().find(field);
    if (copy != null && copy.deadline().isAfter(now)) {
      return copy;
    }
    NearCopies.Fill fill = copies().pays(field) && listens() ? copies().begin(field) : null;
    if (fill == null) {
      return far.get();
    }
    try {
      Filled filled = calls.repeatable(() -> fill(fill));
      if (filled.entered() && filled.value() instanceof RedisValue.Found found) {
        copies().keep(fill, found);
      }
      return filled.value();
    } finally {
      copies().end(fill);
    }
  }

  private Filled fill(NearCopies.Fill fill) {
    List<String> names = List.of(keys.session(fill.key()), keys.holders(fill.key()));
    List<String> arguments =
        List.of(own.node(), Long.toString(fill.number()), Holders.remembered());
    return Refusal.askAgainAfter(
        redis,
        () -> {
          try {
            return redis.executeCommand(new CommandObject<>(FILL.byHash(names, arguments), FILLED));
          } catch (JedisNoScriptException e) {
            return redis.executeCommand(new CommandObject<>(FILL.byText(names, arguments), FILLED));
          }
        });
  }

  private boolean listens() {
    wanted = nanos.getAsLong();
    if (!isListening) {
      LockSupport.unpark(listener);
    }
    return isListening;
  }

  private void listen() {
    boolean failed = false;
    double seconds = 0.01;
    while (!closed) {
      if (nanos.getAsLong() - wanted > REST_AFTER) {
        isListening = false;
        copies().sweep();
        LockSupport.park(this);
        seconds = 0.01;
        continue;
      }
      try {
        KeyValue<String, String> message = redis.blpop(seconds, keys.near(own.node()));
        isListening = true;
        failed = false;
        seconds = LISTEN_SECONDS;
        if (message != null) {
          Holders.obey(calls, keys, own, message.getValue());
        }
        copies().sweep();
      } catch (JedisException | SessionStoreException e) {
        deaf(failed, e);
        failed = true;
      }
    }
  }

  /** What was said meanwhile may be lost. */
  private void deaf(boolean again, RuntimeException e) {
    isListening = false;
    copies().forgetAll();
    if (!again) {
      LOG.log(Level.WARNING, "No copies of sessions for now: {0}", e.toString());
    }
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250));
  }

  /** Drops all copies, and has Redis know it, so that nobody waits for this node. */
  @Override
  public void close() {
    closed = true;
    isListening = false;
    List<String> left = copies().close();
    LockSupport.unpark(listener);
    try {
      calls.repeatable(left.stream().map(field -> Holders.dropped(keys, own, field)).toList());
      listener.join(END.toMillis());
    } catch (SessionStoreException e) {
      LOG.log(Level.DEBUG, "others wait until the leases of this node have run out", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
