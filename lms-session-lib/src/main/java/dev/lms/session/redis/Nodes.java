// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.time.Duration;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;

/**
 * What all servers of one client have in common.
 *
 * @param config how to connect
 * @param patience how long anybody waits
 * @param connections the most, to each server
 */
record Nodes(JedisClientConfig config, Duration patience, int connections) {

  Node node(HostAndPort address) {
    return new Node(address, config, patience);
  }

  ConnectionPool pool(HostAndPort address) {
    return node(address).pool(poolConfig());
  }

  ConnectionPoolConfig poolConfig() {
    ConnectionPoolConfig pool = unused();
    pool.setMaxTotal(connections);
    pool.setMaxIdle(connections);
    pool.setMaxWait(patience);
    pool.setTimeBetweenEvictionRuns(Node.LOOK);
    return pool;
  }

  /** That of the server of a pool from here. */
  static NodeBreaker breaker(ConnectionPool pool) {
    return ((Node) pool.getFactory()).breaker();
  }

  /** For pools that Jedis makes by itself and that stay empty. */
  static ConnectionPoolConfig unused() {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setJmxEnabled(false);
    pool.setTimeBetweenEvictionRuns(Duration.ofMillis(-1));
    return pool;
  }

  /**
   * Of a server that is not asked any more. Not closed, because that would interrupt those who wait
   * for it: they see by themselves that it has ended.
   */
  static void retire(ConnectionPool pool) {
    pool.setMaxIdle(0);
    pool.clear();
    pool.setDurationBetweenEvictionRuns(Duration.ofMillis(-1));
  }
}
