// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.KeyRing;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.redis.server.RedisCluster;
import dev.lms.session.redis.server.RedisServer;
import dev.lms.session.store.SessionTokens;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.util.JedisClusterCRC16;

/** G11 in a cluster: the breaker is each node's own. One is silent; the others serve on. */
class RedisClusterSilenceTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final int SILENT = 1;
  private static RedisCluster cluster;

  private UnifiedJedis client;
  private Sessions sessions;

  /** The nodes are patient with each other, so that only the client notices. */
  @BeforeAll
  static void startCluster() {
    cluster = RedisCluster.start();
    for (RedisServer node : cluster.nodes()) {
      try (Jedis admin = node.jedis()) {
        admin.configSet("cluster-node-timeout", "120000");
      }
    }
  }

  @BeforeEach
  void connect() {
    client = RedisConnections.open(cluster.url(), 8);
    sessions =
        Sessions.builder(new RedisSessionStore(client, KEYS, "session:"), KEYS)
            .settings(SessionSettings.plainHttp())
            .clock(Clock.fixed(NOW, ZoneOffset.UTC))
            .build();
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  /** A cookie of a session that this master has, or that another has. */
  private String cookie(boolean atSilent) {
    while (true) {
      Session session = sessions.open(null);
      session.set("a", "1");
      session.commit();
      String cookie = session.setCookie().orElseThrow().replaceFirst(";.*", "");
      String token = cookie.substring(cookie.indexOf('=') + 1);
      String key =
          new RedisKeys("session:").session(new SessionTokens(KEYS).parse(token).orElseThrow());
      if ((RedisCluster.masterOf(JedisClusterCRC16.getSlot(key)) == SILENT) == atSilent) {
        return cookie;
      }
    }
  }

  /** Whoever is connected to that node, but for who asks and the other nodes. */
  private static long clients(RedisServer node) {
    try (Jedis admin = node.jedis()) {
      return admin.clientList().lines().filter(line -> line.contains(" flags=N ")).count() - 1;
    }
  }

  private static void closeAtRestAfter(int seconds) {
    for (RedisServer node : cluster.nodes()) {
      try (Jedis admin = node.jedis()) {
        admin.configSet("timeout", Integer.toString(seconds));
      }
    }
  }

  /** A sign-in is sent once, so it must not be sent on a connection that its node has closed. */
  @Test
  void connectionsThatNodesClosedAreNotUsed() throws Exception {
    List<String> cookies = List.of(cookie(true), cookie(false));
    closeAtRestAfter(1);
    try {
      RedisCluster.await(
          "the nodes hang up", () -> cluster.nodes().stream().allMatch(node -> clients(node) == 0));
      for (String cookie : cookies) {
        assertEquals(Optional.of("1"), read(cookie));
      }
      RedisCluster.await(
          "the nodes hang up again",
          () -> cluster.nodes().stream().allMatch(node -> clients(node) == 0));
      cookie(true);
      cookie(false);
    } finally {
      closeAtRestAfter(0);
    }
  }

  private Optional<String> read(String cookie) {
    return sessions.open(List.of(cookie)).get("a");
  }

  private void fail(String cookie, int times) {
    atOnce(times, () -> assertThrows(SessionStoreException.class, () -> read(cookie)));
  }

  private void refused(int times) {
    atOnce(
        times,
        () -> {
          Session session = sessions.open(null);
          session.set("a", "1");
          assertThrows(SessionStoreException.class, session::commit);
        });
  }

  private static void atOnce(int times, Runnable call) {
    ExecutorService threads = Executors.newFixedThreadPool(times);
    try {
      List<CompletableFuture<Void>> calls = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        calls.add(CompletableFuture.runAsync(call, threads).orTimeout(60, TimeUnit.SECONDS));
      }
      calls.forEach(CompletableFuture::join);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void oneSilentMasterOfThreeIsLeftAloneAndTheOthersAreNot() {
    String lost = cookie(true);
    String served = cookie(false);
    RedisServer master = cluster.nodes().get(SILENT);
    master.pause();
    try {
      // Others are served meanwhile, so that never five in a row fail over the whole cluster.
      for (int i = 0; i < NodeBreaker.FAILURES; i++) {
        fail(lost, 2);
        assertEquals(Optional.of("1"), read(served));
      }
      long began = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        assertThrows(SessionStoreException.class, () -> read(lost));
        assertEquals(Optional.of("1"), read(served));
      }
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      // Each of the twenty would wait for two seconds; a probe in between may.
      assertTrue(took.compareTo(Duration.ofSeconds(15)) < 0, "took " + took);
      fail(lost, 2 * NodeBreaker.FAILURES);
      assertEquals(Optional.of("1"), read(served), "nor do they shut what serves");
      assertFalse(sessions.statistics().inOutage());
    } finally {
      master.resume();
    }
    RedisCluster.await("it is asked again", () -> isServed(lost));
  }

  /** Its process was started again, and its data is large. */
  @Test
  void oneMasterThatHasYetToReadItsDataRefusesAloneAndRecoversByItself() {
    String lost = cookie(true);
    String served = cookie(false);
    RedisServer master = cluster.nodes().get(SILENT);
    try (Jedis admin = master.jedis()) {
      admin.configSet("rdbcompression", "no");
      // It looks after its clients after each 2 MB that it has read.
      String value = "x".repeat(1 << 20);
      int keys = 0;
      for (int i = 0; keys < 20; i++) {
        if (RedisCluster.masterOf(JedisClusterCRC16.getSlot("other:" + i)) == SILENT) {
          admin.set("other:" + i, value);
          keys++;
        }
      }
      admin.save();
    }
    master.kill();
    master.restartReading(Duration.ofMillis(100));
    RedisCluster.await(
        "it refuses",
        () -> {
          SessionStoreException refused =
              assertThrows(SessionStoreException.class, () -> read(lost));
          assertEquals(Optional.of("1"), read(served));
          // It has yet to hear from the others as well, and that is what Redis 6.2 and 7.0 tell
          // first.
          String why = String.valueOf(refused.getMessage());
          return why.contains("has yet to read its data") || why.contains("is not complete");
        });
    assertEquals(Optional.of("1"), read(served));
    assertFalse(sessions.statistics().inOutage());
    RedisCluster.await("it has read its data", () -> isServed(lost));
    try (Jedis admin = master.jedis()) {
      admin.configSet("cluster-node-timeout", "120000");
    }
  }

  private boolean isServed(String cookie) {
    try {
      return read(cookie).equals(Optional.of("1"));
    } catch (SessionStoreException e) {
      return false;
    }
  }

  @Test
  void aWholeClusterThatIsSilentIsAnOutage() {
    String one = cookie(true);
    String other = cookie(false);
    cluster.nodes().forEach(RedisServer::pause);
    try {
      RedisCluster.await(
          "nothing serves",
          () -> {
            // Of any master, by and by.
            refused(8);
            return sessions.statistics().inOutage();
          });
    } finally {
      cluster.nodes().forEach(RedisServer::resume);
    }
    RedisCluster.await("all serve again", () -> isServed(one) && isServed(other));
  }
}
