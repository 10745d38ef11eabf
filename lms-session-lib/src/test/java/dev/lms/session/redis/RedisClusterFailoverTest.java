// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lms.session.redis.server.RedisBinary;
import dev.lms.session.redis.server.RedisCluster;
import dev.lms.session.redis.server.RedisServer;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.args.ClusterFailoverOption;

/**
 * G12: a cluster of three masters with a replica each, in which masters are replaced while clients
 * count: on command, killed, and paused, each time another one.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class) // Only so that each has a master of its own.
class RedisClusterFailoverTest {
  private static final int CLIENTS = 4;
  private static RedisCluster cluster;

  @BeforeAll
  static void startCluster() {
    cluster = RedisCluster.startWithReplicas(RedisBinary.V7_OR_NEWER);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  private interface Disturbance {
    void happen(RedisServer master, RedisServer heir);
  }

  /** The old master hands over what it has. */
  @Test
  @Order(1)
  void aFailoverOnCommandLosesNothing() throws Exception {
    long seed = System.nanoTime();
    try (UnifiedJedis client = RedisConnections.open(cluster.url(), 16);
        CountingClients clients = clients(client, false, seed)) {
      clients.start();
      clients.awaitSteps(100);
      try (Jedis replica = cluster.replica(0).jedis()) {
        replica.clusterFailover();
      }
      awaitMaster(cluster.replica(0));
      clients.awaitSteps(100);
      clients.stop();
      clients.check(false, "seed " + seed);
      clients.changeAll();
      clients.check(false, "afterwards, seed " + seed);
    }
  }

  @Test
  @Order(2)
  void aMasterThatIsKilledIsAnOutageThatEndsByItself() throws Exception {
    outage(1, (master, heir) -> master.kill(), RedisServer::restart);
  }

  /** As when its machine is gone: nothing refuses a connection, and nothing answers. */
  @Test
  @Order(3)
  void aMasterThatNoLongerAnswersIsAnOutageThatEndsByItself() throws Exception {
    outage(2, (master, heir) -> master.pause(), RedisServer::resume);
  }

  /** Without asking the masters, as an operator does who has lost most of them. */
  @Test
  @Order(4)
  @Tag("long")
  void aReplicaThatTakesOverByForceIsFound() throws Exception {
    outage(
        0,
        (master, heir) -> {
          master.pause();
          try (Jedis admin = heir.jedis()) {
            admin.clusterFailover(ClusterFailoverOption.TAKEOVER);
          }
        },
        RedisServer::resume);
  }

  private static void outage(int shard, Disturbance disturbance, Consumer<RedisServer> undo)
      throws Exception {
    long seed = System.nanoTime();
    String where = "seed " + seed;
    RedisServer first = cluster.nodes().get(shard);
    RedisServer second = cluster.replica(shard);
    RedisServer master = isMaster(first) ? first : second;
    RedisServer heir = master == first ? second : first;
    boolean disturbed = false;
    try (UnifiedJedis client = RedisConnections.open(cluster.url(), 16);
        CountingClients clients = clients(client, true, seed)) {
      clients.start();
      clients.awaitSteps(100);
      clients.stop();
      clients.check(false, where);
      for (int i = 0; i < 3; i++) {
        replicated(i);
      }
      clients.nothingMoreCanBeLost();
      assertEquals(0, clients.failures().size());

      clients.start();
      clients.awaitSteps(50);
      disturbance.happen(master, heir);
      disturbed = true;
      awaitMaster(heir);
      clients.awaitSteps(100);
      clients.stop();
      assertFalse(clients.failures().isEmpty(), "nobody noticed");
      clients.changeAll();
      clients.check(true, where);

      clients.start();
      clients.awaitSteps(100);
      clients.stop();
      clients.check(false, "afterwards, " + where);
    } finally {
      if (disturbed) {
        undo.accept(master);
      }
    }
  }

  private static CountingClients clients(UnifiedJedis client, boolean onlyCount, long seed) {
    RedisSessionStore store = new RedisSessionStore(client, CountingClients.KEYS, "session:");
    return new CountingClients(store, CLIENTS, onlyCount, seed);
  }

  private static boolean isMaster(RedisServer server) {
    return RedisCluster.info(server, "role").equals("master");
  }

  private static void awaitMaster(RedisServer server) {
    RedisCluster.await("the replica takes over", () -> isMaster(server));
  }

  private static void replicated(int shard) {
    RedisServer first = cluster.nodes().get(shard);
    RedisServer second = cluster.replica(shard);
    RedisServer master = isMaster(first) ? first : second;
    RedisServer replica = master == first ? second : first;
    String offset = RedisCluster.info(master, "master_repl_offset");
    RedisCluster.await(
        "the replica has everything",
        () ->
            RedisCluster.info(replica, "role").equals("slave")
                && RedisCluster.info(replica, "master_link_status").equals("up")
                && Long.parseLong(RedisCluster.info(replica, "slave_repl_offset"))
                    >= Long.parseLong(offset));
  }
}
