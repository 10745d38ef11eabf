package dev.lms.session.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import redis.clients.jedis.Jedis;

/** A real cluster of three masters for a test. Stopped by {@link #close}. */
final class RedisCluster implements AutoCloseable {
  private static final int MASTERS = 3;
  private static final int SLOTS = 16384;

  /** The nodes talk to each other on this much more than their port. */
  private static final int BUS = 10000;

  private final List<RedisServer> nodes = new ArrayList<>();

  private RedisCluster() {}

  static RedisCluster start() {
    RedisCluster cluster = new RedisCluster();
    for (int i = 0; i < MASTERS; i++) {
      cluster.nodes.add(RedisServer.start(freePort(), "--cluster-enabled", "yes"));
    }
    for (int i = 0; i < MASTERS; i++) {
      try (Jedis node = cluster.nodes.get(i).jedis()) {
        int from = SLOTS * i / MASTERS;
        int to = SLOTS * (i + 1) / MASTERS;
        node.clusterAddSlots(IntStream.range(from, to).toArray());
        node.clusterMeet("127.0.0.1", cluster.nodes.get(0).port());
      }
    }
    cluster.nodes.forEach(RedisCluster::awaitAll);
    return cluster;
  }

  private static void awaitAll(RedisServer server) {
    try (Jedis node = server.jedis()) {
      await(node, MASTERS);
    }
  }

  private static void await(Jedis node, int masters) {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      String info = node.clusterInfo();
      if (info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + masters)) {
        return;
      }
      if (System.nanoTime() > giveUp) {
        throw new IllegalStateException(info);
      }
      Thread.onSpinWait();
    }
  }

  /** Makes a node that is alone a whole cluster. */
  static void takeAllSlots(Jedis node) {
    node.clusterAddSlots(IntStream.range(0, SLOTS).toArray());
    await(node, 1);
  }

  private static int freePort() {
    while (true) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        if (socket.getLocalPort() + BUS < 65536) {
          return socket.getLocalPort();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  List<RedisServer> nodes() {
    return nodes;
  }

  String url() {
    return nodes.stream()
        .map(node -> "127.0.0.1:" + node.port())
        .collect(Collectors.joining(",", "redis-cluster://", ""));
  }

  @Override
  public void close() {
    nodes.forEach(RedisServer::close);
  }
}
