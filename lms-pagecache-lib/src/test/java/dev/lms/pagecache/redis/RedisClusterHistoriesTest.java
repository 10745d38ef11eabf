// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.store.PageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.args.ClusterFailoverOption;
import redis.clients.jedis.params.ClientKillParams;
import redis.clients.jedis.util.JedisClusterCRC16;

/** P1 while the slots of all pages move, key by key, and when a master is lost with purges. */
class RedisClusterHistoriesTest {
  @Test
  void slotsThatMoveBringNoOldPageAndFailNoPurge(@TempDir Path folder) throws Exception {
    reshard(ClusterProcess.oldest(folder), 1);
  }

  @Test
  @Tag("long")
  void slotsThatMoveForLong(@TempDir Path folder) throws Exception {
    reshard(ClusterProcess.oldest(folder.resolve("oldest")), 20);
    reshard(ClusterProcess.start(folder.resolve("installed")), 20);
  }

  private static void reshard(ClusterProcess started, int rounds) throws Exception {
    long seed = System.nanoTime();
    try (ClusterProcess cluster = started;
        ClusterHistory history = new ClusterHistory(cluster, seed)) {
      history.start();
      history.awaitSteps(200);
      for (int round = 0; round < rounds; round++) {
        for (int slot : slots()) {
          ClusterProcess.Move move = cluster.move(slot);
          history.awaitSteps(10);
          move.keys();
          history.awaitSteps(10);
          move.end();
          history.awaitSteps(10);
        }
      }
      history.awaitSteps(200);
      history.stop();
      assertEquals(List.of(), List.copyOf(history.violations), "seed " + seed);
      assertEquals(List.of(), List.copyOf(history.failedPurges), "seed " + seed);
      assertEquals(List.of(), List.copyOf(history.failedReads), "seed " + seed);
      assertTrue(history.hits.get() > 100, history.hits + " hits prove nothing");
      assertTrue(errors(cluster, "ASK") > 0, "slots that were open");
      assertTrue(errors(cluster, "MOVED") > 0, "slots that had moved");
    }
  }

  private static Set<Integer> slots() {
    Set<Integer> slots = new TreeSet<>();
    for (int i = 0; i < Buckets.IN_CLUSTER; i++) {
      slots.add(JedisClusterCRC16.getSlot(Buckets.hashTag(i)));
    }
    return slots;
  }

  private static long errors(ClusterProcess cluster, String code) {
    return cluster.masters().stream()
        .flatMap(admin -> admin.info("errorstats").lines())
        .filter(line -> line.startsWith("errorstat_" + code + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*count=(\\d+).*", "$1").strip()))
        .sum();
  }

  /** The others choose its replica by themselves. */
  @Test
  @Tag("long")
  void aMasterThatIsKilledIsAnOutageThatEndsByItself(@TempDir Path folder) throws Exception {
    long seed = System.nanoTime();
    String where = "seed " + seed;
    try (ClusterProcess cluster = ClusterProcess.withSpares(folder);
        ClusterHistory history = new ClusterHistory(cluster, seed)) {
      history.start();
      history.awaitSteps(500);
      cluster.follow(1);
      history.awaitSteps(500);
      cluster.master(1).kill();
      RedisProcess.await(
          "the replica takes over",
          () -> cluster.replica(1).info("replication", "role").equals("master"));
      history.awaitSteps(1000);
      history.stop();
      assertFalse(history.failedPurges.isEmpty(), "nobody noticed");
      assertEquals(List.of(), List.copyOf(history.violations), where);

      history.failedPurges.clear();
      history.failedReads.clear();
      long before = history.hits.get();
      history.start();
      history.awaitSteps(1000);
      history.stop();
      assertEquals(List.of(), List.copyOf(history.violations), where);
      assertEquals(List.of(), List.copyOf(history.failedPurges), where);
      assertEquals(List.of(), List.copyOf(history.failedReads), where);
      assertTrue(history.hits.get() > before + 100, "pages are kept again");
    }
  }

  /** The purges that it had acknowledged and not handed on are lost, and its pages with them. */
  @Test
  void aMasterThatIsLostWithPurgesBringsNoOldPage(@TempDir Path folder) throws Exception {
    long seed = System.nanoTime();
    String where = "seed " + seed;
    try (ClusterProcess cluster = ClusterProcess.withSpares(folder);
        ClusterHistory history = new ClusterHistory(cluster, seed)) {
      history.start();
      history.awaitSteps(500);
      cluster.follow(0);
      history.awaitSteps(500);
      history.stop();
      assertEquals(List.of(), List.copyOf(history.failedPurges), where);
      cluster.replicated(0);
      losePurges(cluster, history);
      // Who has just started knows of no purge, and is the first to ask.
      PageStore fresh = history.join();
      visitAll(history, fresh);
      assertEquals(List.of(), List.copyOf(history.violations), where);
      assertEquals(List.of(), List.copyOf(history.failedPurges), where);

      long before = history.hits.get();
      history.start();
      history.awaitSteps(1000);
      history.stop();
      assertEquals(List.of(), List.copyOf(history.violations), where);
      assertTrue(history.hits.get() > before + 100, "pages are kept again");
      history.failedPurges.clear();
      visitAll(history, fresh);
      for (int page = 0; page < ClusterHistory.PAGES; page++) {
        history.edit(fresh, page);
      }
      visitAll(history, fresh);
      assertEquals(List.of(), List.copyOf(history.failedPurges), where);
      assertEquals(List.of(), List.copyOf(history.violations), where);
    }
  }

  private static void losePurges(ClusterProcess cluster, ClusterHistory history)
      throws IOException {
    PageStore node = history.join();
    visitAll(history, node);
    visitAll(history, node);
    cluster.replicated(0);
    cluster.replica(0).pause();
    // Or the network would still deliver what follows.
    cluster.admin(0).clientKill(ClientKillParams.clientKillParams().type(ClientType.REPLICA));
    for (int page = 0; page < ClusterHistory.PAGES; page++) {
      history.edit(node, page);
    }
    cluster.master(0).kill();
    cluster.replica(0).resume();
    try (Jedis heir = cluster.replica(0).admin()) {
      heir.clusterFailover(ClusterFailoverOption.TAKEOVER);
      RedisProcess.await(
          "the replica takes over",
          () -> cluster.replica(0).info("replication", "role").equals("master"));
      assertFalse(heir.keys("*}:page:*").isEmpty(), "it has pages from before");
      RedisProcess.await(
          "the others know it",
          () -> cluster.admin(1).clusterNodes().lines().anyMatch(line -> isMaster(line, heir)));
    }
  }

  private static boolean isMaster(String line, Jedis heir) {
    return line.startsWith(heir.clusterMyId())
        && line.contains("master")
        && !line.contains("fail")
        && line.contains("-");
  }

  private static void visitAll(ClusterHistory history, PageStore node) {
    for (int page = 0; page < ClusterHistory.PAGES; page++) {
      history.visit(node, page);
    }
  }
}
