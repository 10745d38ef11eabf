// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.EveryCall;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.ParkingProxy;
import dev.lms.session.redis.server.RedisBinary;
import dev.lms.session.redis.server.RedisServer;
import dev.lms.session.store.Revocations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.util.Pool;

/**
 * G11: an address leads to another master, and the one it led to before is alive and takes no more
 * writes, while pools are full of connections to it. What it refuses was not done, so nobody needs
 * to hear of it.
 */
class RedisMovedTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Envelope ADA =
      new Envelope(
          NOW,
          Optional.of(NOW),
          NOW.plus(Duration.ofDays(7)),
          Optional.of(new Principal("ada", Set.of())));
  private static final Changes ONE = new Changes(Map.of(), Set.of(), Map.of("n", 1L));
  private static final int CONNECTIONS = 3;

  private final List<Site> sites = new ArrayList<>();
  private RedisServer before;
  private RedisServer after;
  private ParkingProxy proxy;

  /** {@link Redis7MovedTest} runs the same on a newer one, which words refusals differently. */
  RedisBinary binary() {
    return RedisBinary.V6_2;
  }

  @BeforeEach
  void start() throws Exception {
    before = RedisServer.start(binary(), "--repl-diskless-sync-delay", "0");
    after = RedisServer.start(binary());
    try (Jedis heir = after.jedis()) {
      heir.replicaof("127.0.0.1", before.port());
    }
    proxy = new ParkingProxy(before.port());
  }

  @AfterEach
  void stop() {
    sites.forEach(site -> site.client().close());
    proxy.close();
    after.close();
    before.close();
  }

  /** A worker with a person's session, and a pool that has no more connections to open. */
  private record Site(UnifiedJedis client, SessionStore store, StoredSession ada) {
    Revocations revocations() {
      return new RedisRevocations(client, "session:");
    }
  }

  private Site site(UnifiedJedis client) {
    SessionStore store = new RedisSessionStore(client, KEYS, "session:");
    StoredSession ada =
        load(store, store.create(ADA, Map.of("n", "0"), WriteOptions.at(NOW, SOON)).orElseThrow());
    fill(assertInstanceOf(RedisClient.class, client).getPool());
    Site site = new Site(client, store, ada);
    sites.add(site);
    return site;
  }

  private Site ours() {
    return site(RedisConnections.open(proxy.url(), CONNECTIONS));
  }

  /** A client that a program opened by itself, with Jedis' own pool. */
  private Site theirs() {
    return site(
        RedisClient.builder().hostAndPort(new HostAndPort("127.0.0.1", proxy.port())).build());
  }

  private static void fill(Pool<Connection> pool) {
    List<Connection> taken = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      Connection connection = pool.getResource();
      connection.ping();
      taken.add(connection);
    }
    taken.forEach(Connection::close);
  }

  private static StoredSession load(SessionStore store, String token) {
    return Stores.load(store, token)
        .orElseThrow(() -> new AssertionError("the session is not there"));
  }

  /** What the old master does when it is no master any more, or no good one. */
  enum Fate {
    /** It follows the new one. */
    FOLLOWS,
    /** It is to follow one that it does not reach, and may not tell what is perhaps old. */
    IS_LOST,
    /** Nobody follows it any more. */
    IS_ALONE
  }

  private void happens(Fate fate, Jedis old) {
    switch (fate) {
      case FOLLOWS -> {
        old.replicaof("127.0.0.1", after.port());
        assertRefused("READONLY", () -> old.set("probe", "1"));
      }
      case IS_LOST -> {
        old.configSet("replica-serve-stale-data", "no");
        old.replicaof("127.0.0.1", RedisServer.freePort());
        assertRefused("MASTERDOWN", () -> old.get("probe"));
      }
      case IS_ALONE -> {
        old.configSet("min-replicas-to-write", "1");
        assertRefused("NOREPLICAS", () -> old.set("probe", "1"));
      }
    }
  }

  private static void assertRefused(String why, Executable call) {
    String said = String.valueOf(assertThrows(RuntimeException.class, call).getMessage());
    assertTrue(said.startsWith(why), said);
  }

  private void move(Fate fate) {
    try (Jedis heir = after.jedis();
        Jedis old = before.jedis()) {
      String all = RedisServer.info(old, "replication", "master_repl_offset");
      SharedReadsTest.await(
          () ->
              RedisServer.info(heir, "replication", "master_link_status").equals("up")
                  && Long.parseLong(RedisServer.info(heir, "replication", "slave_repl_offset"))
                      >= Long.parseLong(all));
      heir.replicaofNoOne();
      happens(fate, old);
    }
    proxy.leadTo(after.port());
  }

  @ParameterizedTest
  @EnumSource(Fate.class)
  void nobodyHearsOfIt(Fate fate) {
    List<Executable> calls = new ArrayList<>();
    for (Site site : List.of(ours(), theirs())) {
      calls.add(
          () ->
              assertTrue(
                  site.store().update(site.ada(), ONE, WriteOptions.at(NOW, SOON)).isStored()));
    }
    int kinds =
        EveryCall.of(sites.get(0).store(), sites.get(0).revocations(), sites.get(0).ada(), NOW)
            .size();
    for (int i = 0; i < kinds; i++) {
      for (Site site : List.of(ours(), theirs())) {
        calls.add(EveryCall.of(site.store(), site.revocations(), site.ada(), NOW).get(i));
      }
    }
    move(fate);
    for (int i = 0; i < calls.size(); i++) {
      assertDoesNotThrow(calls.get(i), "call " + i);
    }
  }

  @Test
  void whatIsRefusedIsDoneOnce() {
    Site site = ours();
    move(Fate.FOLLOWS);
    for (int i = 0; i < 5; i++) {
      assertTrue(
          site.store()
              .update(site.ada(), ONE, WriteOptions.at(NOW, SOON.plusSeconds(i)))
              .isStored());
    }
    assertEquals("5", load(site.store(), site.ada().token()).attributes().get("n"));
    try (Jedis old = before.jedis()) {
      SharedReadsTest.await(() -> clients(old).noneMatch(line -> line.contains("cmd=evalsha")));
    }
  }

  private static Stream<String> clients(Jedis server) {
    return server.clientList().lines();
  }

  @Test
  void aReplicaThatStaysOneIsSaidWithItsRemedy() {
    try (Jedis old = before.jedis()) {
      Site site = ours();
      old.replicaof("127.0.0.1", after.port());
      String said =
          String.valueOf(
              assertThrows(
                      SessionStoreException.class,
                      () -> site.store().update(site.ada(), ONE, WriteOptions.at(NOW, SOON)))
                  .getMessage());
      assertTrue(said.contains("replica"), said);
      old.replicaofNoOne();
      assertTrue(
          site.store().update(site.ada(), ONE, WriteOptions.at(NOW, SOON)).isStored(),
          "no restart");
    }
  }

  /** Its machine is gone or hangs: what is sent to it gets neither an answer nor a refusal. */
  @Test
  void oneThatNoLongerAnswersCostsOneCall() {
    Site site = ours();
    move(Fate.FOLLOWS);
    before.pause();
    try {
      try {
        Stores.load(site.store(), site.ada().token());
      } catch (SessionStoreException e) {
        // The one call. A connection that has rested meanwhile is asked first, and costs none.
        assertTrue(String.valueOf(e.getMessage()).contains("answer"), e.getMessage());
      }
      for (int i = 0; i < 2 * CONNECTIONS; i++) {
        assertTrue(site.store().update(site.ada(), ONE, WriteOptions.at(NOW, SOON)).isStored());
      }
    } finally {
      before.resume();
    }
  }

  /** A worker that only reads would be told what was true before the move. */
  @Test
  void whoOnlyReadsNoticesToo() {
    Site site = ours();
    move(Fate.FOLLOWS);
    try (Jedis old = before.jedis();
        Jedis heir = after.jedis()) {
      // So that what it tells is old for sure.
      old.replicaof("127.0.0.1", RedisServer.freePort());
      heir.flushAll();
    }
    SharedReadsTest.await(() -> Stores.load(site.store(), site.ada().token()).isEmpty());
  }

  @Test
  void connectionsThatRedisClosedAreNotUsedForWhatIsSentOnlyOnce() throws Exception {
    try (Jedis old = before.jedis()) {
      old.configSet("timeout", "1");
    }
    Site site = ours();
    SharedReadsTest.await(
        () -> {
          try (Jedis old = before.jedis()) {
            return clients(old).filter(line -> !line.contains("flags=S")).count() == 1;
          }
        });
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      List<Future<String>> signIns = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        signIns.add(
            threads.submit(
                () ->
                    site.store().create(ADA, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow()));
      }
      for (Future<String> signIn : signIns) {
        assertTrue(Stores.load(site.store(), signIn.get(60, TimeUnit.SECONDS)).isPresent());
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
