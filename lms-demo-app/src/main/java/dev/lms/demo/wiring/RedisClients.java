// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisUrl;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import redis.clients.jedis.UnifiedJedis;

/** One client for each Redis, however many parts of the site use it. */
public final class RedisClients implements AutoCloseable {
  private final int connections;
  private final Map<RedisUrl, UnifiedJedis> clients = new ConcurrentHashMap<>();

  RedisClients(int connections) {
    this.connections = connections;
  }

  /** The client for this address, opened at first use. */
  public UnifiedJedis client(RedisUrl url) {
    return clients.computeIfAbsent(url, address -> RedisConnections.open(address, connections));
  }

  /** Those that are open, by their addresses without secrets. */
  Map<String, UnifiedJedis> opened() {
    Map<String, UnifiedJedis> opened = new TreeMap<>();
    clients.forEach((url, client) -> opened.put(url.toString(), client));
    return opened;
  }

  @Override
  public void close() {
    clients.values().forEach(UnifiedJedis::close);
  }
}
