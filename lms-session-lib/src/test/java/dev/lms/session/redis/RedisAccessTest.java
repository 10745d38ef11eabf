// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.SessionStoreContract;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisBinary;
import dev.lms.session.redis.server.RedisCluster;
import dev.lms.session.redis.server.RedisServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/** The whole contract as a Redis user who may do no more than the README says it must. */
class RedisAccessTest extends SessionStoreContract {
  /** As in the README. */
  static final String[] RULES = {
    "reset",
    "on",
    ">open:sesame/@",
    "~session:*",
    "+get",
    "+set",
    "+getrange",
    "+setrange",
    "+append",
    "+incrby",
    "+exists",
    "+del",
    "+pexpire",
    "+pttl",
    "+hgetall",
    "+hget",
    "+hset",
    "+hdel",
    "+hlen",
    "+hrandfield",
    "+rpush",
    "+blpop",
    "+eval",
    "+evalsha",
    "+scan",
    "+multi",
    "+exec",
    "+hello",
    "+ping"
  };

  private static @Nullable RedisServer server;
  private UnifiedJedis client;

  /** The oldest that is promised; {@link Redis7AccessTest} runs the same on a newer one. */
  RedisBinary binary() {
    return RedisBinary.V6_2;
  }

  @AfterAll
  static void stopRedis() {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  private static String url(String userInfo) {
    return "redis://" + userInfo + "@127.0.0.1:" + running().port();
  }

  private static RedisServer running() {
    return Objects.requireNonNull(server);
  }

  @BeforeEach
  void connect() {
    if (server == null) {
      server = RedisServer.start(binary());
      try (Jedis admin = server.jedis()) {
        admin.aclSetUser("lms", RULES);
        admin.aclSetUser("default", "off");
      }
    }
    client = RedisConnections.open(url("lms:open%3Asesame%2F%40"), 16);
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  @Override
  protected SessionStore open(KeyRing keys) {
    return new RedisSessionStore(client, keys, "session:");
  }

  @Test
  void countingPurgingAndTheRevocationListWorkToo() {
    SessionStore store = store();
    String token = store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    assertTrue(Stores.index(store).stats(NOW).signedIn() > 0);
    assertTrue(Stores.index(store).purge(NOW) > 0);
    assertFalse(Stores.load(store, token).isPresent());
    RedisRevocations revocations = new RedisRevocations(client, "session:");
    assertTrue(revocations.revoke("a handle", NOW.plus(Duration.ofMinutes(1)), NOW));
    assertTrue(revocations.isRevoked("a handle"));
  }

  /** Their access list was written for a version that had no use for these. */
  @Test
  void withoutTheCommandsThatOnlySaveWorkSignInsWork() {
    try (RedisServer other = RedisServer.start(binary());
        Jedis admin = other.jedis()) {
      admin.aclSetUser("lms", RULES);
      admin.aclSetUser("lms", "-hlen", "-hrandfield");
      try (UnifiedJedis some =
          RedisConnections.open("redis://lms:open%3Asesame%2F%40@127.0.0.1:" + other.port(), 2)) {
        SessionStore store = new RedisSessionStore(some, KEYS, "session:");
        for (int i = 0; i < 30; i++) {
          store.create(person(), Map.of(), WriteOptions.at(NOW, SOON));
        }
        Instant night = SOON.plusSeconds(120);
        store.create(person(), Map.of(), WriteOptions.at(night, night.plusSeconds(60)));
        assertEquals(1, admin.hlen(admin.keys("*index:*").iterator().next()));
      }
    }
  }

  @Test
  void aWrongPasswordIsSaidWithItsRemedyAndNeverShown() {
    for (String userInfo : new String[] {"lms:hidden-secret", "other:hidden-secret"}) {
      try (UnifiedJedis refused = RedisConnections.open(url(userInfo), 2)) {
        SessionStore store = new RedisSessionStore(refused, KEYS, "session:");
        SessionStoreException e =
            assertThrows(
                SessionStoreException.class,
                () -> store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
        assertTrue(
            String.valueOf(e.getMessage()).contains("Check both in the URL"), e.getMessage());
        assertFalse(everything(e).contains("hidden-secret"));
      }
    }
  }

  @Test
  void aMissingPasswordIsSaidWithItsRemedy() {
    try (UnifiedJedis refused = RedisConnections.open(running().url(), 2)) {
      SessionStore store = new RedisSessionStore(refused, KEYS, "session:");
      SessionStoreException e =
          assertThrows(
              SessionStoreException.class,
              () -> store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
      assertTrue(String.valueOf(e.getMessage()).contains("Check both in the URL"), e.getMessage());
    }
  }

  @Test
  void whatTheUserMayNotIsSaidWithItsRemedy() {
    SessionStore elsewhere = new RedisSessionStore(client, KEYS, "other:");
    SessionStoreException e =
        assertThrows(
            SessionStoreException.class,
            () -> elsewhere.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
    assertTrue(String.valueOf(e.getMessage()).contains("Allow the user"), e.getMessage());
    assertEquals(
        true,
        Stores.load(
                store(),
                store().create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow())
            .isPresent());
  }

  /** What a cluster and a database other than 0 need beyond that, and without it do not get. */
  @ParameterizedTest
  @CsvSource({
    "V6_2, +cluster, CLUSTER",
    "V7_OR_NEWER, +cluster|slots, CLUSTER",
    "V6_2, +select, SINGLE",
    "V7_OR_NEWER, +select, SINGLE",
  })
  void clustersAndDatabasesNeedMore(RedisBinary binary, String rule, RedisUrl.Topology topology) {
    boolean isCluster = topology == RedisUrl.Topology.CLUSTER;
    try (RedisServer other =
            RedisServer.start(binary, "--cluster-enabled", isCluster ? "yes" : "no");
        Jedis admin = other.jedis()) {
      if (isCluster) {
        RedisCluster.takeAllSlots(admin);
      }
      String url =
          (isCluster ? "redis-cluster" : "redis")
              + "://lms:open%3Asesame%2F%40@127.0.0.1:"
              + other.port()
              + (isCluster ? "" : "/3");
      admin.aclSetUser("lms", RULES);
      assertThrows(SessionStoreException.class, () -> useSessions(url));
      admin.aclSetUser("lms", rule);
      useSessions(url);
    }
  }

  private static void useSessions(String url) {
    try (UnifiedJedis some = RedisConnections.open(url, 2)) {
      SessionStore store = new RedisSessionStore(some, KEYS, "session:");
      assertTrue(
          Stores.load(
                  store, store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow())
              .isPresent());
    }
  }

  private static String everything(Throwable e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
