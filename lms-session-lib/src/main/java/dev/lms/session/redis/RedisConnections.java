package dev.lms.session.redis;

import java.time.Duration;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.UnifiedJedis;

/**
 * Opens Jedis clients with settings that are safe under thousands of virtual threads: every wait is
 * bounded, the pool is as large as it may get, and nothing is registered with JMX.
 */
public final class RedisConnections {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private RedisConnections() {}

  /**
   * A client for {@code redis://}, {@code rediss://} (TLS), {@code redis-sentinel://} or {@code
   * redis-cluster://}, with user, password and database by URL. Connects when first used. The
   * caller closes it.
   *
   * @param connections the most connections to open, to each node of a cluster
   * @throws IllegalArgumentException if the URL is not understood; the message never shows it
   */
  public static UnifiedJedis open(String url, int connections) {
    RedisUrl parts = RedisUrl.parse(url);
    DefaultJedisClientConfig config = config(parts);
    ConnectionPoolConfig pool = pool(connections);
    return switch (parts.kind()) {
      case SINGLE ->
          RedisClient.builder()
              .hostAndPort(parts.nodes().iterator().next())
              .clientConfig(config)
              .poolConfig(pool)
              .build();
      case SENTINEL ->
          RedisSentinelClient.builder()
              .masterName(parts.master())
              .sentinels(parts.nodes())
              .clientConfig(config)
              .poolConfig(pool)
              .build();
      case CLUSTER ->
          RedisClusterClient.builder()
              .nodes(parts.nodes())
              .clientConfig(config)
              .poolConfig(pool)
              .maxTotalRetriesDuration(PATIENCE)
              .build();
    };
  }

  private static DefaultJedisClientConfig config(RedisUrl url) {
    int millis = (int) PATIENCE.toMillis();
    DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder();
    if (url.tls()) {
      config.sslOptions(SslOptions.defaults());
    }
    return config
        .connectionTimeoutMillis(millis)
        .socketTimeoutMillis(millis)
        .blockingSocketTimeoutMillis(millis)
        .user(url.user())
        .password(url.password())
        .database(url.database())
        .build();
  }

  private static ConnectionPoolConfig pool(int connections) {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(connections);
    pool.setMaxIdle(connections);
    pool.setMaxWait(PATIENCE);
    pool.setJmxEnabled(false);
    return pool;
  }
}
