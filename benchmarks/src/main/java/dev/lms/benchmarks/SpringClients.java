// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import java.net.URI;
import java.time.Duration;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import redis.clients.jedis.Jedis;

/** What Spring Session reaches Redis through: Jedis with a pool like ours, and Lettuce. */
final class SpringClients implements AutoCloseable {
  private final JedisConnectionFactory jedis;
  private final LettuceConnectionFactory lettuce;

  SpringClients(URI redis, int connections, Duration longestWait) {
    RedisStandaloneConfiguration server =
        new RedisStandaloneConfiguration(redis.getHost(), redis.getPort());
    GenericObjectPoolConfig<Jedis> pool = new GenericObjectPoolConfig<>();
    pool.setMaxTotal(connections);
    pool.setMaxIdle(connections);
    pool.setMaxWait(longestWait);
    pool.setJmxEnabled(false);
    jedis =
        new JedisConnectionFactory(
            server, JedisClientConfiguration.builder().usePooling().poolConfig(pool).build());
    jedis.afterPropertiesSet();
    jedis.start();
    lettuce = new LettuceConnectionFactory(server);
    lettuce.afterPropertiesSet();
    lettuce.start();
  }

  JedisConnectionFactory jedis() {
    return jedis;
  }

  /** One connection that all threads share, as Lettuce likes it. */
  LettuceConnectionFactory lettuce() {
    return lettuce;
  }

  @Override
  public void close() {
    jedis.destroy();
    lettuce.destroy();
  }
}
