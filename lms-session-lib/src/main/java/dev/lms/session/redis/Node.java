// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.PooledObjectFactory;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.Pool;

/**
 * One server that is connected to, and what is known about its connections. An address may lead to
 * another server tomorrow, and a server may become a replica; connections that were opened before
 * know nothing of that. So:
 *
 * <ul>
 *   <li>What the server refuses because it is not, or not yet, a master that takes writes, and a
 *       connection that breaks, make all connections that were opened before it old; nobody uses an
 *       old one again.
 *   <li>A connection at rest for more than {@link #REST}, or since another one got no answer in
 *       time, is asked whether its server is still a master before anything is sent on it. If not,
 *       all are old.
 * </ul>
 *
 * <p>Who asks for a connection waits for it, for connecting and for the first answer together no
 * longer than until one deadline. Thread-safe.
 */
final class Node implements PooledObjectFactory<Connection> {
  /** A site with something to do never rests so long, and pays no further round trip. */
  static final Duration REST = Duration.ofSeconds(1);

  /** How often connections at rest are asked, when nobody uses them. */
  static final Duration LOOK = Duration.ofSeconds(5);

  /** The share of the patience that a connection at rest has, to leave time for another one. */
  private static final int SHARE = 4;

  private final HostAndPort address;
  private final JedisClientConfig config;
  private final Duration patience;
  private final NodeBreaker breaker = new NodeBreaker(System::nanoTime);
  private final AtomicLong generation = new AtomicLong();
  private volatile long suspectedAt = System.nanoTime();

  Node(HostAndPort address, JedisClientConfig config, Duration patience) {
    this.address = address;
    this.config = config;
    this.patience = patience;
  }

  ConnectionPool pool(ConnectionPoolConfig pool) {
    return new ConnectionPool(this, pool) {
      @Override
      public Connection getResource() {
        return lend(this);
      }
    };
  }

  Duration patience() {
    return patience;
  }

  long generation() {
    return generation.get();
  }

  NodeBreaker breaker() {
    return breaker;
  }

  /** No connection that was opened in this generation is used again. */
  void forget(long opened) {
    generation.compareAndSet(opened, opened + 1);
  }

  /** Connections at rest may be as dead as the one that got no answer. */
  void suspect() {
    suspectedAt = System.nanoTime();
  }

  static int millisLeft(long deadline) {
    return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
  }

  /** A connection from a pool of whatever client. */
  static Connection take(Pool<Connection> pool) {
    return pool.getFactory() instanceof Node node ? node.lend(pool) : pool.getResource();
  }

  /** A connection whose first answer may be waited for as long as this client waits at all. */
  Connection lend(Pool<Connection> pool) {
    return take(pool, System.nanoTime() + patience.toNanos());
  }

  /**
   * A connection from this pool, connected and not known to be dead.
   *
   * @param deadline until when to wait for all of it and for its first answer
   */
  Connection take(Pool<Connection> pool, long deadline) {
    while (true) {
      NodeConnection connection = borrow(pool, deadline);
      connection.setHandlingPool((ConnectionPool) pool);
      boolean usable = false;
      try {
        connection.lend(deadline);
        usable = isUsable(connection);
      } finally {
        if (!usable) {
          connection.setBroken();
          connection.close();
        }
      }
      if (usable) {
        return connection;
      }
    }
  }

  private static NodeConnection borrow(Pool<Connection> pool, long deadline) {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      throw tooLate();
    }
    try {
      return (NodeConnection) pool.borrowObject(Duration.ofNanos(left));
    } catch (JedisException e) {
      throw e;
    } catch (Exception e) {
      throw new JedisException("Could not get a connection from the pool", e);
    }
  }

  private static JedisException tooLate() {
    return new JedisConnectionException(new SocketTimeoutException("no answer in time"));
  }

  private boolean isUsable(NodeConnection connection) {
    if (!connection.isOpened()) {
      connection.open();
      return true;
    }
    if (connection.generation() != generation()) {
      return false;
    }
    long heard = connection.lastAnswer();
    if (System.nanoTime() - heard < REST.toNanos() && heard - suspectedAt > 0) {
      return true;
    }
    if (connection.isMaster(patience.dividedBy(SHARE))) {
      return true;
    }
    forget(connection.generation());
    return false;
  }

  /** Connects when it is first used, because only then is it known how long there is time. */
  @Override
  public PooledObject<Connection> makeObject() {
    return new DefaultPooledObject<>(NodeConnection.to(this, address, config));
  }

  @Override
  public void destroyObject(PooledObject<Connection> pooled) throws Exception {
    pooled.getObject().forceDisconnect();
  }

  /** Looks at a connection at rest, on the pool's own thread. */
  @Override
  public boolean validateObject(PooledObject<Connection> pooled) {
    NodeConnection connection = (NodeConnection) pooled.getObject();
    if (!connection.isOpened()) {
      return true;
    }
    connection.lend(System.nanoTime() + patience.toNanos());
    return isUsable(connection);
  }

  @Override
  public void activateObject(PooledObject<Connection> pooled) {}

  @Override
  public void passivateObject(PooledObject<Connection> pooled) {}

  /**
   * A connection to the one server of a client that {@link RedisConnections} opened, until that
   * deadline; null for another client.
   */
  static @Nullable Connection lend(UnifiedJedis redis, long deadline) {
    Pool<Connection> pool = null;
    if (redis instanceof RedisClient single) {
      pool = single.getPool();
    } else if (redis instanceof RedisSentinelClient sentinel) {
      pool = sentinel.getPrimaryNodesConnectionMap().values().iterator().next();
    }
    return pool != null && pool.getFactory() instanceof Node node
        ? node.take(pool, deadline)
        : null;
  }

  /** The pools of the servers that a client is connected to. */
  static Collection<? extends Pool<Connection>> pools(UnifiedJedis redis) {
    if (redis instanceof RedisClient single) {
      return List.of(single.getPool());
    } else if (redis instanceof RedisSentinelClient sentinel) {
      return sentinel.getPrimaryNodesConnectionMap().values();
    } else if (redis instanceof RedisClusterClient cluster) {
      return cluster.getClusterNodes().values();
    }
    return List.of();
  }
}
