// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisClusterOperationException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.providers.ClusterConnectionProvider;

/**
 * Connections to the nodes of a cluster, as {@link Node} takes care of them. Jedis keeps the table
 * of who has which slots; its own pools stay empty.
 *
 * <p>Asks again who has which slots as soon as a node cannot be reached. Jedis does so only when a
 * command has failed twice: a master that neither answers nor refuses uses up a command's patience
 * with the first, so nobody would ever learn that a replica has taken over. And one that does not
 * answer is not asked for a moment ({@link NodeBreaker}); the others are.
 */
final class ClusterNodes extends ClusterConnectionProvider {
  private static final System.Logger LOG = System.getLogger(ClusterNodes.class.getName());

  /** The nodes are asked one after the other until one answers. */
  private static final Duration LONGEST_LOOK = Duration.ofMillis(500);

  private final Nodes nodes;
  private final Map<HostAndPort, ConnectionPool> pools = new ConcurrentHashMap<>();
  private final AtomicBoolean looking = new AtomicBoolean();

  ClusterNodes(Set<HostAndPort> addresses, Nodes nodes) {
    super(addresses, impatient(nodes.config()), Nodes.unused());
    this.nodes = nodes;
  }

  private static JedisClientConfig impatient(JedisClientConfig config) {
    int millis = (int) LONGEST_LOOK.toMillis();
    return DefaultJedisClientConfig.builder()
        .from(config)
        .connectionTimeoutMillis(millis)
        .socketTimeoutMillis(millis)
        .build();
  }

  /** Does not wait for it: who comes next goes where the slots are then. */
  void lookForSlots() {
    if (looking.compareAndSet(false, true)) {
      Thread look =
          new Thread(
              () -> {
                try {
                  renewSlotCache();
                } finally {
                  looking.set(false);
                }
              },
              "redis cluster slots");
      look.setDaemon(true);
      look.start();
    }
  }

  @Override
  public void renewSlotCache() {
    super.renewSlotCache();
    retireOthers();
  }

  @Override
  public void renewSlotCache(@Nullable Connection connection) {
    super.renewSlotCache(connection);
    retireOthers();
  }

  private void retireOthers() {
    Set<String> known = cache.getNodes().keySet();
    pools
        .entrySet()
        .removeIf(
            node -> {
              boolean isGone = !known.contains(node.getKey().toString());
              if (isGone) {
                Nodes.retire(node.getValue());
              }
              return isGone;
            });
  }

  private Connection take(HostAndPort address) {
    ConnectionPool pool = pools.get(address);
    if (pool == null) {
      pool = pools.computeIfAbsent(address, nodes::pool);
    }
    if (!Nodes.breaker(pool).letsThrough()) {
      JedisException silent =
          new JedisClusterOperationException(
              address + " does not answer and is not asked for a moment");
      mark(silent, address);
      throw silent;
    }
    try {
      return pool.getResource();
    } catch (JedisException e) {
      failed(e, address);
      throw e;
    }
  }

  /** This node could not be reached or did not answer. */
  void failed(JedisException e, HostAndPort address) {
    if (Failure.isInterrupt(e)) {
      return;
    }
    ConnectionPool pool = pools.get(address);
    if (pool != null && Nodes.breaker(pool).failed()) {
      LOG.log(
          Level.WARNING,
          "{0} of the Redis Cluster does not answer, and is asked once a second until it does",
          address);
    }
    mark(e, address);
    lookForSlots();
  }

  /** Says of a failure that it is this node's only, if there is another that serves. */
  void mark(JedisException e, HostAndPort address) {
    for (HostAndPort other : masters()) {
      ConnectionPool pool = pools.get(other);
      if (!other.equals(address) && (pool == null || !Nodes.breaker(pool).isOpen())) {
        e.addSuppressed(new OfOneNode());
        return;
      }
    }
  }

  /** Hangs below a failure from which nothing follows for sessions at other nodes. */
  static final class OfOneNode extends Exception {
    private static final long serialVersionUID = 1;

    private OfOneNode() {
      super("other nodes of the cluster serve", null, false, false);
    }
  }

  @Override
  public Connection getConnection(@Nullable HostAndPort node) {
    return node != null ? take(node) : getConnection();
  }

  @Override
  public Connection getConnectionFromSlot(int slot) {
    HostAndPort master = cache.getSlotNode(slot);
    if (master == null) {
      renewSlotCache();
      master = cache.getSlotNode(slot);
    }
    return getConnection(master);
  }

  private List<HostAndPort> masters() {
    Set<HostAndPort> masters = new LinkedHashSet<>();
    for (int slot = 0; slot < Protocol.CLUSTER_HASHSLOTS; slot++) {
      HostAndPort master = cache.getSlotNode(slot);
      if (master != null) {
        masters.add(master);
      }
    }
    return new ArrayList<>(masters);
  }

  /** To any master that can be reached. */
  @Override
  public Connection getConnection() {
    List<HostAndPort> masters = masters();
    Collections.shuffle(masters);
    JedisClusterOperationException unreachable =
        new JedisClusterOperationException("No reachable node in cluster.");
    for (HostAndPort master : masters) {
      try {
        return take(master);
      } catch (JedisException e) {
        unreachable.addSuppressed(e);
      }
    }
    throw unreachable;
  }

  /** The masters: nobody here reads from replicas. */
  @Override
  public Map<String, ConnectionPool> getNodes() {
    return getPrimaryNodes();
  }

  @Override
  public Map<String, ConnectionPool> getPrimaryNodes() {
    return masters().stream()
        .collect(
            Collectors.toMap(
                HostAndPort::toString, master -> pools.computeIfAbsent(master, nodes::pool)));
  }

  @Override
  public Map<String, ConnectionPool> getConnectionMap() {
    return getPrimaryNodes();
  }

  @Override
  public Map<String, ConnectionPool> getPrimaryNodesConnectionMap() {
    return getPrimaryNodes();
  }

  @Override
  public void close() {
    super.close();
    pools.values().forEach(ConnectionPool::close);
  }
}
