// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.params.MigrateParams;

/** A real Redis Cluster of three masters on the loopback, with a replica each or without. */
final class ClusterProcess implements AutoCloseable {
  static final int MASTERS = 3;
  private static final int SLOTS = 16384;

  private final List<RedisProcess> nodes = new ArrayList<>();
  private final List<Jedis> admins = new ArrayList<>();
  private final List<String> ids = new ArrayList<>();
  private final int[] owners = new int[SLOTS];

  private interface Launch {
    RedisProcess start(Path folder) throws IOException;
  }

  static ClusterProcess start(Path folder) throws IOException {
    return new ClusterProcess(
        folder, MASTERS, place -> RedisProcess.with(place, "--cluster-enabled", "yes"));
  }

  /** Of the oldest version that the store promises to work with. */
  static ClusterProcess oldest(Path folder) throws IOException {
    return new ClusterProcess(
        folder, MASTERS, place -> RedisProcess.oldest(place, "--cluster-enabled", "yes"));
  }

  /** With three more nodes that may {@link #follow}, of the oldest version. */
  static ClusterProcess withSpares(Path folder) throws IOException {
    return new ClusterProcess(
        folder,
        2 * MASTERS,
        place ->
            RedisProcess.oldest(
                place,
                "--cluster-enabled",
                "yes",
                "--cluster-node-timeout",
                "5000",
                "--cluster-replica-validity-factor",
                "0",
                "--repl-diskless-sync-delay",
                "0"));
  }

  private ClusterProcess(Path folder, int size, Launch launch) throws IOException {
    for (int i = 0; i < size; i++) {
      nodes.add(launch.start(folder.resolve("node" + i)));
      admins.add(nodes.get(i).admin());
      ids.add(admins.get(i).clusterMyId());
      // Or two nodes that have never heard of each other would claim the same epoch.
      admins.get(i).clusterSetConfigEpoch(i + 1);
      admins.get(i).clusterMeet("127.0.0.1", nodes.get(0).port());
    }
    for (int i = 0; i < MASTERS; i++) {
      int[] slots = IntStream.range(SLOTS * i / MASTERS, SLOTS * (i + 1) / MASTERS).toArray();
      admins.get(i).clusterAddSlots(slots);
      for (int slot : slots) {
        owners[slot] = i;
      }
    }
    awaitAll();
  }

  void awaitAll() {
    for (RedisProcess node : nodes) {
      RedisProcess.await(
          "all nodes know each other",
          () -> {
            try (Jedis admin = node.admin()) {
              String info = admin.clusterInfo();
              return info.contains("cluster_state:ok")
                  && info.contains("cluster_known_nodes:" + nodes.size());
            }
          });
    }
  }

  /** Gives a master its replica, which gets its scripts with all else. */
  void follow(int master) {
    RedisProcess.await("the spare knows the master", () -> knows(MASTERS + master, master));
    admins.get(MASTERS + master).clusterReplicate(ids.get(master));
    RedisProcess.await(
        "it follows its master",
        () -> replica(master).info("replication", "master_link_status").equals("up"));
  }

  private boolean knows(int node, int other) {
    return admins.get(node).clusterNodes().contains(ids.get(other));
  }

  /** Until the replica of a master has all that was acknowledged so far. */
  void replicated(int master) {
    long all = Long.parseLong(master(master).info("replication", "master_repl_offset"));
    RedisProcess.await(
        "the replica has everything",
        () -> Long.parseLong(replica(master).info("replication", "slave_repl_offset")) >= all);
  }

  RedisClusterClient client() {
    return RedisClusterClient.builder()
        .nodes(nodes.stream().map(RedisProcess::address).collect(Collectors.toSet()))
        .clientConfig(RedisProcess.patience())
        .poolConfig(RedisProcess.pool())
        .maxTotalRetriesDuration(Duration.ofSeconds(1))
        .build();
  }

  RedisProcess master(int number) {
    return nodes.get(number);
  }

  RedisProcess replica(int master) {
    return nodes.get(MASTERS + master);
  }

  Jedis admin(int node) {
    return admins.get(node);
  }

  /** After it was restarted. */
  void reconnect(int node) {
    admins.get(node).close();
    admins.set(node, nodes.get(node).admin());
  }

  List<Jedis> masters() {
    return admins.subList(0, MASTERS);
  }

  void flush() {
    masters().forEach(Jedis::flushAll);
  }

  Set<String> keys() {
    return masters().stream()
        .flatMap(admin -> admin.keys("*").stream())
        .collect(Collectors.toSet());
  }

  int owner(int slot) {
    return owners[slot];
  }

  /** A slot on its way from its owner to the next master. */
  final class Move {
    private final int slot;
    private final int from;
    private final int to;

    private Move(int slot) {
      this.slot = slot;
      this.from = owners[slot];
      this.to = (from + 1) % MASTERS;
      // Redis 6.2 tells of a slot it was given only with its next ping. Whoever heard of that only
      // after this move would believe the giver's older claim to this slot, and for good.
      RedisProcess.await("all know what the giver was given", () -> epochsOf(ids.get(from)) == 1);
      admins.get(to).clusterSetSlotImporting(slot, ids.get(from));
      admins.get(from).clusterSetSlotMigrating(slot, ids.get(to));
    }

    void key(String name) {
      String moved =
          admins
              .get(from)
              .migrate(
                  "127.0.0.1", nodes.get(to).port(), 20_000, MigrateParams.migrateParams(), name);
      if (!moved.equals("OK")) {
        throw new AssertionError(name + " was not moved: " + moved);
      }
    }

    void keys() {
      List<String> keys = admins.get(from).clusterGetKeysInSlot(slot, 1);
      while (!keys.isEmpty()) {
        key(keys.get(0));
        keys = admins.get(from).clusterGetKeysInSlot(slot, 1);
      }
    }

    void end() {
      for (int node : new int[] {to, from, MASTERS - from - to}) {
        admins.get(node).clusterSetSlotNode(slot, ids.get(to));
      }
      owners[slot] = to;
    }
  }

  Move move(int slot) {
    return new Move(slot);
  }

  private long epochsOf(String id) {
    return masters().stream()
        .map(
            admin ->
                admin
                    .clusterNodes()
                    .lines()
                    .filter(line -> line.startsWith(id))
                    .map(line -> line.split(" ", -1)[6])
                    .findFirst()
                    .orElseThrow())
        .distinct()
        .count();
  }

  @Override
  public void close() {
    admins.forEach(Jedis::close);
    nodes.forEach(RedisProcess::close);
  }
}
