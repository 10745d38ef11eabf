// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisBinary;
import dev.lms.session.redis.server.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.params.ClientKillParams;

/** G12: a master, a replica and three Sentinels, all real; the master dies by SIGKILL. */
class RedisSentinelTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Instant LATER = NOW.plus(Duration.ofDays(7));
  private static final Principal ADA = new Principal("ada", Set.of("student"));
  private static final Envelope PERSON =
      new Envelope(NOW, Optional.of(NOW), LATER, Optional.of(ADA));
  private static final RedisBinary BINARY = RedisBinary.V7_OR_NEWER;

  private final List<RedisServer> sentinels = new ArrayList<>();
  private RedisServer master;
  private RedisServer replica;
  private UnifiedJedis client;
  private SessionStore store;

  @BeforeEach
  void start() {
    master = RedisServer.start(BINARY);
    replica =
        RedisServer.start(
            BINARY,
            "--replicaof",
            "127.0.0.1 " + master.port(),
            "--repl-diskless-sync-delay",
            "0",
            // A master that was paused or killed is noticed through its Sentinels, not by this.
            "--repl-timeout",
            "60");
    for (int i = 0; i < 3; i++) {
      sentinels.add(RedisServer.sentinel(BINARY, "lms", master.port()));
    }
    await("the replica follows", () -> info(replica, "master_link_status").equals("up"));
    for (RedisServer sentinel : sentinels) {
      await("the Sentinels know each other and the replica", () -> knowsAll(sentinel));
    }
    String hosts =
        sentinels.stream().map(s -> "127.0.0.1:" + s.port()).collect(Collectors.joining(","));
    client = RedisConnections.open("redis-sentinel://" + hosts + "/lms", 8);
    store = new RedisSessionStore(client, KEYS, "session:");
  }

  @AfterEach
  void stop() {
    client.close();
    sentinels.forEach(RedisServer::close);
    replica.close();
    master.close();
  }

  private static boolean knowsAll(RedisServer sentinel) {
    try (Jedis jedis = sentinel.jedis()) {
      Map<String, String> known = jedis.sentinelMaster("lms");
      return "2".equals(known.get("num-other-sentinels")) && "1".equals(known.get("num-slaves"));
    }
  }

  private static String info(RedisServer server, String name) {
    try (Jedis jedis = server.jedis()) {
      return RedisServer.info(jedis, "replication", name);
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!holds(condition)) {
      assertTrue(System.nanoTime() < giveUp, "waited in vain until " + what);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private boolean isServed(String token) {
    try {
      return Stores.load(store, token).isPresent();
    } catch (SessionStoreException e) {
      return false;
    }
  }

  /** Who is made master drops all connections, also of those who only look. */
  private static boolean holds(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (JedisConnectionException e) {
      return false;
    }
  }

  /** What requests do while a master is missing: they fail as outages, and are tried again. */
  private String signInWhenPossible() {
    List<String> token = new ArrayList<>();
    await(
        "somebody can sign in again",
        () -> {
          try {
            token.add(
                store.create(PERSON, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
            return true;
          } catch (SessionStoreException e) {
            return false;
          }
        });
    return token.get(0);
  }

  private static StoredSession load(SessionStore store, String token) {
    return Stores.load(store, token)
        .orElseThrow(() -> new AssertionError("the session is not there"));
  }

  private static Changes set(String value) {
    return new Changes(Map.of("a", value), Set.of(), Map.of());
  }

  @Test
  void aFailoverIsAnOutageThatEndsByItself() {
    String token = store.create(PERSON, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession session = load(store, token);
    assertTrue(store.update(session, set("2"), WriteOptions.at(NOW, SOON)).token().isPresent());
    StoredSession signedOut =
        load(store, store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
    Stores.end(store, signedOut, NOW);
    replicated();

    master.kill();
    assertFalse(isServed(token) && !info(replica, "role").equals("master"), "nobody is there");
    String after = signInWhenPossible();

    assertEquals("master", info(replica, "role"));
    assertEquals("2", load(store, token).attributes().get("a"));
    // The new master knows none of the scripts.
    try (Jedis admin = replica.jedis()) {
      admin.scriptFlush();
    }
    Changes one = new Changes(Map.of(), Set.of(), Map.of("n", 1L));
    assertTrue(store.update(session, one, WriteOptions.at(NOW, SOON)).token().isPresent());
    assertEquals("1", load(store, token).attributes().get("n"));
    assertEquals(Optional.empty(), Stores.load(store, signedOut.token()));
    assertEquals(
        Optional.empty(), store.update(signedOut, set("back"), WriteOptions.at(NOW, SOON)).token());
    assertEquals(
        Set.of(session.handle(), load(store, after).handle()),
        Stores.index(store).list(ADA.id(), NOW).stream()
            .map(SessionInfo::handle)
            .collect(Collectors.toSet()));
    assertEquals(2, Stores.index(store).revokeAll(ADA.id(), Optional.empty(), NOW));
    assertEquals(Optional.empty(), Stores.load(store, token));
  }

  private void replicated() {
    try (Jedis admin = master.jedis()) {
      String offset = RedisServer.info(admin, "replication", "master_repl_offset");
      await(
          "the replica has everything",
          () -> Long.parseLong(info(replica, "slave_repl_offset")) >= Long.parseLong(offset));
    }
  }

  /**
   * Not a promise but its limit: replication is asynchronous, so what was acknowledged last may be
   * lost, and a sign-out with it. What is lost is lost whole, and never makes half a session.
   */
  @Test
  void whatWasNotReplicatedIsLostWhole() {
    StoredSession changed =
        load(
            store,
            store.create(PERSON, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
    StoredSession signedOut =
        load(
            store,
            store.create(PERSON, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
    replicated();
    replica.pause();
    try (Jedis admin = master.jedis()) {
      // Or the network would still deliver what follows.
      admin.clientKill(ClientKillParams.clientKillParams().type(ClientType.REPLICA));
    }
    assertTrue(store.update(changed, set("2"), WriteOptions.at(NOW, SOON)).token().isPresent());
    Stores.end(store, signedOut, NOW);
    StoredSession begun =
        load(
            store,
            store.create(PERSON, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
    assertEquals(Optional.empty(), Stores.load(store, signedOut.token()));
    master.kill();
    replica.resume();

    signInWhenPossible();
    assertEquals("1", load(store, changed.token()).attributes().get("a"), "the commit before");
    assertEquals(Optional.empty(), Stores.load(store, begun.token()), "a value, not an exception");
    assertEquals(
        Optional.empty(), store.update(begun, set("2"), WriteOptions.at(NOW, SOON)).token());
    assertEquals(
        Map.of("a", "1"),
        load(store, signedOut.token()).attributes(),
        "the limit that the documentation states: this sign-out is lost");
    assertEquals(
        3,
        Stores.index(store).revokeAll(ADA.id(), Optional.empty(), NOW),
        "but is found to be revoked");
    try (Jedis admin = replica.jedis()) {
      for (String key : admin.keys("*")) {
        assertTrue(admin.ttl(key) > 0, key + " has no expiry");
      }
    }
  }
}
