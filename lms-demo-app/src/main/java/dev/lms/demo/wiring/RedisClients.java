// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisUrl;
import java.util.HashMap;
import java.util.Map;
import redis.clients.jedis.UnifiedJedis;

/** One client for each Redis, however many parts of the site use it. */
public final class RedisClients implements AutoCloseable {
  private final int connections;
  private final Map<RedisUrl, UnifiedJedis> clients = new HashMap<>();

  RedisClients(int connections) {
    this.connections = connections;
  }

  /** The client for this address, opened at first use. */
  public UnifiedJedis client(RedisUrl url) {
    return clients.computeIfAbsent(url, address -> RedisConnections.open(address, connections));
  }

  @Override
  public void close() {
    clients.values().forEach(UnifiedJedis::close);
  }
}
