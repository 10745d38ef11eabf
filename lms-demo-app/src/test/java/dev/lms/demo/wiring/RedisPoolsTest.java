// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.monitor.Metrics;
import dev.lms.session.redis.RedisUrl;
import dev.lms.session.redis.server.RedisServer;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Connection;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.util.Pool;

class RedisPoolsTest {

  @Test
  void tellsWhatTheConnectionsDoAndNoPassword() {
    try (RedisServer server = RedisServer.start("--requirepass", "hidden");
        RedisClients clients = new RedisClients(3)) {
      Metrics metrics = new Metrics().add(new RedisPools(clients::opened));
      assertEquals("", metrics.text());
      String address = "127.0.0.1:" + server.port();
      RedisClient client =
          (RedisClient) clients.client(RedisUrl.parse("redis://:hidden@" + address));
      Pool<Connection> pool = client.getPool();
      Connection taken = pool.getResource();
      String text = metrics.text();
      String labels = "{redis=\"redis://********@" + address + "\"";
      assertTrue(
          text.contains("lms_redis_connections" + labels + ",state=\"active\"} 1.0\n"), text);
      assertTrue(text.contains("lms_redis_connections" + labels + ",state=\"idle\"} 0.0\n"), text);
      assertTrue(text.contains("lms_redis_waiting" + labels + "} 0.0\n"), text);
      assertFalse(text.contains("hidden"), text);
      taken.close();
      text = metrics.text();
      assertTrue(
          text.contains("lms_redis_connections" + labels + ",state=\"active\"} 0.0\n"), text);
      assertTrue(text.contains("lms_redis_connections" + labels + ",state=\"idle\"} 1.0\n"), text);
    }
  }
}
