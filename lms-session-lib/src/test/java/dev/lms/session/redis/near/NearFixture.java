// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.near;

import static org.junit.jupiter.api.Assertions.fail;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.SkewedStores;
import dev.lms.session.redis.server.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/** Two stores with copies of their own and one without, over one Redis. */
abstract class NearFixture {
  static final KeyRing KEYS = KeyRing.of("near-copies-of-sessions-are-tested-with-this");
  static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  static final Instant SOON = NOW.plus(Duration.ofMinutes(30));
  static final Changes SET = new Changes(Map.of("a", "2"), Set.of(), Map.of());

  static RedisServer server;
  UnifiedJedis client;
  UnifiedJedis otherClient;
  RedisSessionStore near;
  RedisSessionStore other;
  RedisSessionStore plain;
  Jedis admin;

  @BeforeAll
  static void startRedis() {
    server = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    server.close();
  }

  @BeforeEach
  void open() {
    admin = server.jedis();
    admin.flushAll();
    client = RedisConnections.open(server.url(), 8);
    otherClient = RedisConnections.open(server.url(), 8);
    near = lasting();
    other = RedisSessionStore.withNearCopies(otherClient, KEYS, "session:", 1 << 20);
    plain = new RedisSessionStore(otherClient, KEYS, "session:");
  }

  /** A store whose clock stands still: no lease runs out while this machine is busy elsewhere. */
  RedisSessionStore lasting() {
    return SkewedStores.open(client, KEYS, () -> 0);
  }

  @AfterEach
  void close() {
    near.close();
    other.close();
    client.close();
    otherClient.close();
    admin.close();
  }

  static Envelope envelope(String... roles) {
    return new Envelope(
        NOW,
        Optional.of(NOW),
        NOW.plus(Duration.ofDays(7)),
        Optional.of(new Principal("u1", Set.of(roles))));
  }

  String begin() {
    return plain
        .create(envelope("student"), Map.of("a", "1"), WriteOptions.at(NOW, SOON))
        .orElseThrow();
  }

  static Optional<StoredSession> read(RedisSessionStore store, String token) {
    return store.open(token, NOW) instanceof Opened.Live live
        ? Optional.of(live.session())
        : Optional.empty();
  }

  static void until(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        fail("not within a minute: " + what);
      }
      Thread.onSpinWait();
    }
  }

  /** Reads until the answer came from a copy that was just made, which Redis will not forget. */
  StoredSession copied(RedisSessionStore store, String token) {
    long fills = store.nearReads().fills();
    until(
        "a copy",
        () -> {
          long hits = store.nearReads().hits();
          read(store, token);
          return store.nearReads().fills() > fills && store.nearReads().hits() > hits;
        });
    StoredSession session = read(store, token).orElseThrow();
    admin.persist(holders(session));
    return session;
  }

  String holders(StoredSession session) {
    return admin.keys("session:*" + session.handle() + ":near").iterator().next();
  }

  /** Calls of commands that a read or a write sends, but not those of who listens. */
  long calls() {
    return admin
        .info("commandstats")
        .lines()
        .filter(line -> line.matches("cmdstat_(get|eval|evalsha|hgetall):calls=.*"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("^[^=]*calls=(\\d+),.*", "$1").strip()))
        .sum();
  }
}
