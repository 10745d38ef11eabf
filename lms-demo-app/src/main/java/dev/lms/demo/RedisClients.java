package dev.lms.demo;

import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisUrl;
import java.util.HashMap;
import java.util.Map;
import redis.clients.jedis.UnifiedJedis;

/** One client for each Redis, however many parts of the site use it. */
final class RedisClients implements AutoCloseable {
  private final int connections;
  private final Map<RedisUrl, UnifiedJedis> clients = new HashMap<>();

  RedisClients(int connections) {
    this.connections = connections;
  }

  UnifiedJedis client(RedisUrl url) {
    return clients.computeIfAbsent(url, address -> RedisConnections.open(address, connections));
  }

  @Override
  public void close() {
    clients.values().forEach(UnifiedJedis::close);
  }
}
