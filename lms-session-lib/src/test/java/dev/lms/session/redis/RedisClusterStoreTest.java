// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.SessionStoreContract;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisCluster;
import dev.lms.session.redis.server.RedisServer;
import dev.lms.session.testkit.MovableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/** G12: the whole contract on a cluster, which refuses any command that touches two slots. */
class RedisClusterStoreTest extends SessionStoreContract {
  private static RedisCluster cluster;
  private UnifiedJedis client;
  private List<Jedis> admins;

  @BeforeAll
  static void startCluster() {
    cluster = RedisCluster.start();
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void connect() {
    client = RedisConnections.open(cluster.url(), 16);
    admins = cluster.nodes().stream().map(RedisServer::jedis).toList();
  }

  @AfterEach
  void disconnect() {
    client.close();
    admins.forEach(Jedis::close);
  }

  @Override
  protected SessionStore open(KeyRing keys) {
    return new RedisSessionStore(client, keys, "session:");
  }

  @Override
  protected OptionalLong roundTrips() {
    return OptionalLong.of(admins.stream().mapToLong(RedisServer::totalReads).sum());
  }

  @Test
  void everyKeyOnEveryNodeHasThePrefixAndADeadline() {
    SessionStore store = store();
    for (int i = 0; i < 30; i++) {
      String token =
          store.create(person(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
      Stores.index(store)
          .revoke(person().principal().orElseThrow().id(), loaded(store, token).handle(), NOW);
      store.create(person(), Map.of(), WriteOptions.at(NOW, SOON));
    }
    for (RedisServer node : cluster.nodes()) {
      try (Jedis admin = node.jedis()) {
        Set<String> keys = admin.keys("*");
        assertTrue(!keys.isEmpty(), "the sessions are spread over all nodes");
        for (String key : keys) {
          assertTrue(key.startsWith("session:"), key);
          assertTrue(admin.ttl(key) > 0, key + " has no expiry");
        }
      }
    }
  }

  /** G10: one more for each further slot. */
  @Test
  void roundTripsStayWithinTheBudget() {
    MovableClock clock = new MovableClock(NOW);
    Sessions sessions =
        Sessions.builder(store(), KEYS).settings(SessionSettings.plainHttp()).clock(clock).build();
    for (int warmUp = 0; warmUp < 60; warmUp++) {
      Session session = sessions.open(signIn(sessions, visitor(sessions), "warm " + warmUp));
      session.set("a", "1");
      session.commit();
      clock.move(Duration.ofMinutes(2));
      session.set("a", "2");
      session.commit();
      session.end();
    }
    List<List<String>> cookies = new ArrayList<>(List.of(visitor(sessions)));
    assertEquals(3, reads(() -> cookies.add(signIn(sessions, cookies.get(0), "u1"))), "a sign-in");
    List<String> signedIn = cookies.get(1);
    assertEquals(1, reads(() -> sessions.open(signedIn).attributes()), "a read");
    clock.move(Duration.ofSeconds(30));
    assertEquals(
        2,
        reads(
            () -> {
              Session session = sessions.open(signedIn);
              session.set("b", session.get("a").orElse("2"));
              session.commit();
            }),
        "a write that gains too little for the index to know");
    clock.move(Duration.ofMinutes(2));
    assertEquals(
        3,
        reads(
            () -> {
              Session session = sessions.open(signedIn);
              session.set("b", session.get("a").orElse("3"));
              session.commit();
            }),
        "a write that also moves the deadline");
    assertEquals(
        3,
        reads(
            () -> {
              Session session = sessions.open(signedIn);
              assertTrue(session.exists());
              session.end();
              session.commit();
            }),
        "a sign-out: read, end, leave the index");
  }

  private static List<String> visitor(Sessions sessions) {
    Session session = sessions.open(null);
    session.set("a", "1");
    session.commit();
    return cookie(session);
  }

  private static List<String> signIn(Sessions sessions, List<String> visitor, String id) {
    Session session = sessions.open(visitor);
    session.signIn(new Principal(id, Set.of()));
    session.commit();
    return cookie(session);
  }

  private static List<String> cookie(Session session) {
    return List.of(session.setCookie().orElseThrow().replaceFirst(";.*", ""));
  }

  /** What all nodes count, less the calls that ask for the counts. */
  private long reads(Runnable requests) {
    long before = roundTrips().orElseThrow();
    requests.run();
    return roundTrips().orElseThrow() - before - admins.size();
  }
}
