// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.providers.SentineledConnectionProvider;
import redis.clients.jedis.util.Delay;
import redis.clients.jedis.util.Pool;

/**
 * Connections to the master that Sentinels name, as {@link Node} takes care of them. Jedis listens
 * to the Sentinels; its own pool stays empty.
 */
final class SentinelNodes extends SentineledConnectionProvider {
  /** How long to wait before a Sentinel that was lost is listened to again. */
  private static final Delay BEFORE_LISTENING_AGAIN = Delay.constant(Duration.ofMillis(500));

  private final Nodes nodes;
  private final AtomicReference<@Nullable Master> last = new AtomicReference<>();

  private record Master(HostAndPort address, ConnectionPool pool) {}

  SentinelNodes(
      String master, Nodes nodes, Set<HostAndPort> sentinels, JedisClientConfig sentinelConfig) {
    super(
        master, nodes.config(), Nodes.unused(), sentinels, sentinelConfig, BEFORE_LISTENING_AGAIN);
    this.nodes = nodes;
  }

  private Master master() {
    while (true) {
      HostAndPort address = getCurrentMaster();
      Master known = last.get();
      if (known != null && known.address().equals(address)) {
        return known;
      }
      Master next = new Master(address, nodes.pool(address));
      if (last.compareAndSet(known, next)) {
        if (known != null) {
          Nodes.retire(known.pool());
        }
        return next;
      }
      next.pool().close();
    }
  }

  @Override
  public Connection getConnection() {
    return master().pool().getResource();
  }

  @Override
  public Connection getConnection(CommandArguments arguments) {
    return getConnection();
  }

  @Override
  public Map<?, Pool<Connection>> getConnectionMap() {
    Master master = master();
    return Map.of(master.address(), master.pool());
  }

  @Override
  public Map<?, Pool<Connection>> getPrimaryNodesConnectionMap() {
    return getConnectionMap();
  }

  @Override
  public void close() {
    super.close();
    Master known = last.get();
    if (known != null) {
      known.pool().close();
    }
  }
}
