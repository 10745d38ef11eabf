// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * A real cluster of three masters for a test, with replicas or without. Stopped by {@link #close}.
 */
public final class RedisCluster implements AutoCloseable {
  private static final int MASTERS = 3;
  private static final int SLOTS = 16384;

  private final String scheme;
  private final List<RedisServer> nodes = new ArrayList<>();

  private RedisCluster(String scheme) {
    this.scheme = scheme;
  }

  public static RedisCluster start() {
    return start(RedisBinary.INSTALLED);
  }

  public static RedisCluster start(RedisBinary binary) {
    return start(
        "redis-cluster",
        MASTERS,
        port -> RedisServer.start(binary, port, "--cluster-enabled", "yes"));
  }

  /** Nodes that speak nothing but TLS, with clients and with each other. */
  public static RedisCluster start(RedisBinary binary, TlsKeys keys) {
    return start(
        "rediss-cluster",
        MASTERS,
        port -> RedisServer.start(binary, port, keys, "cluster-enabled yes", "tls-cluster yes"));
  }

  /** With a replica for each master, which takes over when that is gone for four seconds. */
  public static RedisCluster startWithReplicas(RedisBinary binary) {
    RedisCluster cluster =
        start(
            "redis-cluster",
            2 * MASTERS,
            port ->
                RedisServer.start(
                    binary,
                    port,
                    "--cluster-enabled",
                    "yes",
                    "--cluster-node-timeout",
                    "4000",
                    "--cluster-replica-validity-factor",
                    "0",
                    "--repl-diskless-sync-delay",
                    "0"));
    for (int i = 0; i < MASTERS; i++) {
      try (Jedis master = cluster.nodes.get(i).jedis();
          Jedis replica = cluster.replica(i).jedis()) {
        replica.clusterReplicate(master.clusterMyId());
      }
    }
    for (int i = 0; i < MASTERS; i++) {
      RedisServer replica = cluster.replica(i);
      await("it follows its master", () -> info(replica, "master_link_status").equals("up"));
    }
    // Else a master that dies now has, as far as the others know, nobody to take over.
    for (RedisServer node : cluster.nodes) {
      await("all know of the replicas", () -> replicasKnownTo(node) == MASTERS);
    }
    return cluster;
  }

  private static RedisCluster start(String scheme, int size, IntFunction<RedisServer> launch) {
    RedisCluster cluster = new RedisCluster(scheme);
    try {
      for (int i = 0; i < size; i++) {
        cluster.nodes.add(RedisServer.onFreePort(launch));
      }
      cluster.meet();
      return cluster;
    } catch (RuntimeException | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  private void meet() {
    for (int i = 0; i < nodes.size(); i++) {
      try (Jedis node = nodes.get(i).jedis()) {
        // Or two nodes that have never heard of each other would claim the same epoch.
        node.clusterSetConfigEpoch(i + 1);
        if (i < MASTERS) {
          int from = SLOTS * i / MASTERS;
          int to = SLOTS * (i + 1) / MASTERS;
          node.clusterAddSlots(IntStream.range(from, to).toArray());
        }
        node.clusterMeet("127.0.0.1", nodes.get(0).port());
      }
    }
    for (RedisServer server : nodes) {
      try (Jedis node = server.jedis()) {
        awaitState(node, nodes.size());
      }
    }
  }

  private static void awaitState(Jedis node, int size) {
    await(
        "all nodes know each other",
        () -> {
          String info = node.clusterInfo();
          return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + size);
        });
  }

  public static void await(String what, BooleanSupplier condition) {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!holds(condition)) {
      if (System.nanoTime() > giveUp) {
        throw new AssertionError("waited in vain until " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
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

  private static long replicasKnownTo(RedisServer server) {
    try (Jedis node = server.jedis()) {
      return node.clusterNodes().lines().filter(line -> line.contains("slave")).count();
    }
  }

  /** What a node says about its replication. */
  public static String info(RedisServer server, String name) {
    try (Jedis node = server.jedis()) {
      return RedisServer.info(node, "replication", name);
    }
  }

  /** Makes a node that is alone a whole cluster. */
  public static void takeAllSlots(Jedis node) {
    node.clusterAddSlots(IntStream.range(0, SLOTS).toArray());
    awaitState(node, 1);
  }

  /** The first three began as masters, in the order of their slots. */
  public List<RedisServer> nodes() {
    return nodes;
  }

  /** What began as the replica of that master. */
  public RedisServer replica(int master) {
    return nodes.get(MASTERS + master);
  }

  /** Which of the three masters began with that slot. */
  public static int masterOf(int slot) {
    int master = 0;
    while (slot >= SLOTS * (master + 1) / MASTERS) {
      master++;
    }
    return master;
  }

  public String url() {
    return url("");
  }

  /** With that before the addresses, for example {@code user:password@}. */
  public String url(String userInfo) {
    return nodes.stream()
        .map(node -> "127.0.0.1:" + node.port())
        .collect(Collectors.joining(",", scheme + "://" + userInfo, ""));
  }

  @Override
  public void close() {
    nodes.forEach(RedisServer::close);
  }
}
