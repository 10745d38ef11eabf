// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisBinary;
import dev.lms.session.redis.server.RedisCluster;
import dev.lms.session.redis.server.RedisServer;
import dev.lms.session.redis.server.TlsKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/**
 * {@code rediss-sentinel://} and {@code rediss-cluster://}: no server here has a port without TLS,
 * and the user may do no more than the README says it must.
 */
class RedisTlsTopologiesTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Principal ADA = new Principal("ada", Set.of("student"));
  private static final Envelope PERSON =
      new Envelope(NOW, Optional.of(NOW), NOW.plus(Duration.ofDays(7)), Optional.of(ADA));
  private static final RedisBinary BINARY = RedisBinary.V7_OR_NEWER;
  private static final String USER = "lms:open%3Asesame%2F%40@";

  @TempDir private Path folder;

  @AfterEach
  void trustAsBefore() {
    TlsKeys.trustAsBefore();
  }

  private static void allowNoMoreThanTheReadmeSays(RedisServer server, String... more) {
    try (Jedis admin = server.jedis()) {
      admin.aclSetUser("lms", RedisAccessTest.RULES);
      if (more.length > 0) {
        admin.aclSetUser("lms", more);
      }
    }
  }

  /** Everything a store does: a sign-in, a change, a rotation, a list, and the end of all. */
  private static void useSessions(SessionStore store) {
    StoredSession session =
        load(
            store,
            store.create(PERSON, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
    Changes changes = new Changes(Map.of("a", "2"), Set.of(), Map.of("n", 1L));
    assertTrue(store.update(session, changes, WriteOptions.at(NOW, SOON)).token().isPresent());
    String next =
        store
            .rotate(session, PERSON, Changes.NONE, WriteOptions.at(NOW, SOON))
            .token()
            .orElseThrow();
    assertEquals(Map.of("a", "2", "n", "1"), load(store, next).attributes());
    assertFalse(Stores.index(store).list(ADA.id(), NOW).isEmpty());
    assertTrue(Stores.index(store).revokeAll(ADA.id(), Optional.empty(), NOW) > 0);
    assertEquals(Optional.empty(), Stores.load(store, next));
  }

  private static StoredSession load(SessionStore store, String token) {
    return Stores.load(store, token)
        .orElseThrow(() -> new AssertionError("the session is not there"));
  }

  private static SessionStore store(UnifiedJedis client) {
    return new RedisSessionStore(client, KEYS, "session:");
  }

  private static void isNotTrusted(String url) {
    SessionStoreException e =
        assertThrows(SessionStoreException.class, () -> RedisConnections.open(url, 2).close());
    assertTrue(
        String.valueOf(e.getMessage()).contains("TLS certificate is not trusted"), e.getMessage());
  }

  /** From then on the keys are trusted. */
  private static void onlyWorksWithTrustAndTls(String url, TlsKeys keys) throws Exception {
    isNotTrusted(url);
    keys.trust();
    assertThrows(
        SessionStoreException.class,
        () -> RedisConnections.open(url.replace("rediss", "redis"), 2).close(),
        "without TLS");
  }

  @Test
  void sentinelsAndTheirMasterSpeakTlsAfterAFailoverToo() throws Exception {
    TlsKeys keys = TlsKeys.make(folder, "ip:127.0.0.1");
    List<RedisServer> servers = new ArrayList<>();
    try {
      RedisServer master = RedisServer.start(BINARY, keys);
      servers.add(master);
      RedisServer replica =
          RedisServer.start(
              BINARY,
              keys,
              "replicaof 127.0.0.1 " + master.port(),
              "repl-diskless-sync-delay 0",
              "repl-timeout 60");
      servers.add(replica);
      servers.forEach(server -> allowNoMoreThanTheReadmeSays(server));
      RedisCluster.await(
          "the replica follows",
          () -> RedisCluster.info(replica, "master_link_status").equals("up"));
      List<RedisServer> sentinels = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        sentinels.add(RedisServer.sentinel(BINARY, "lms", master.port(), keys));
      }
      servers.addAll(sentinels);
      for (RedisServer sentinel : sentinels) {
        RedisCluster.await("the Sentinels know each other", () -> knowsAll(sentinel));
      }
      String hosts =
          sentinels.stream().map(s -> "127.0.0.1:" + s.port()).collect(Collectors.joining(","));
      String url = "rediss-sentinel://" + USER + hosts + "/lms";

      onlyWorksWithTrustAndTls(url, keys);
      try (UnifiedJedis client = RedisConnections.open(url, 4)) {
        SessionStore store = store(client);
        useSessions(store);
        master.kill();
        RedisCluster.await("the replica has taken over", () -> works(store));
        useSessions(store);
        assertEquals("master", RedisCluster.info(replica, "role"));
      }
    } finally {
      servers.forEach(RedisServer::close);
    }
  }

  private static boolean knowsAll(RedisServer sentinel) {
    try (Jedis jedis = sentinel.jedis()) {
      Map<String, String> known = jedis.sentinelMaster("lms");
      return "2".equals(known.get("num-other-sentinels")) && "1".equals(known.get("num-slaves"));
    }
  }

  private static boolean works(SessionStore store) {
    try {
      store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON));
      return true;
    } catch (SessionStoreException e) {
      return false;
    }
  }

  @Test
  void allNodesOfAClusterSpeakTls() throws Exception {
    TlsKeys keys = TlsKeys.make(folder, "ip:127.0.0.1");
    try (RedisCluster cluster = RedisCluster.start(BINARY, keys)) {
      cluster
          .nodes()
          .forEach(node -> allowNoMoreThanTheReadmeSays(node, "+cluster|slots", "+cluster|shards"));
      String url = cluster.url(USER);
      onlyWorksWithTrustAndTls(url, keys);
      try (UnifiedJedis client = RedisConnections.open(url, 4)) {
        SessionStore store = store(client);
        useSessions(store);
        for (int i = 0; i < 60; i++) {
          store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON));
        }
        assertEquals(60, Stores.index(store).list(ADA.id(), NOW).size());
        assertEquals(60, Stores.index(store).stats(NOW).signedIn());
      }
      for (RedisServer node : cluster.nodes()) {
        try (Jedis admin = node.jedis()) {
          assertTrue(admin.dbSize() > 0, "the sessions are spread over all nodes");
        }
      }
    }
  }

  @Test
  void aClusterWithACertificateForAnotherHostIsRefused() throws Exception {
    TlsKeys keys = TlsKeys.make(folder, "dns:redis.example.org");
    int port = RedisServer.freePort();
    try (RedisServer node =
        RedisServer.start(BINARY, keys, "cluster-enabled yes", "cluster-port " + port)) {
      keys.trust();
      isNotTrusted("rediss-cluster://127.0.0.1:" + node.port());
    }
  }
}
