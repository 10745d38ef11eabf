// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.SessionStoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Opens Jedis clients with settings that are safe under thousands of virtual threads: every wait is
 * bounded (two seconds each for a connection from the pool, to connect, and for an answer), the
 * pool is bounded, and nothing is registered with JMX. Idle connections are checked every 30
 * seconds and closed after a minute. A cluster client never repeats a command that a node may have
 * run, and looks for another master as soon as one does not answer. Thread-safe.
 */
public final class RedisConnections {
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private RedisConnections() {}

  /**
   * Opens a client for a URL. A single server is connected to on first use; Sentinels and clusters
   * are asked at once who the masters are.
   *
   * @param url in one of the forms that {@link RedisUrl} names
   * @param connections the maximum number of connections, to each node of a cluster
   * @return a client; the caller closes it
   * @throws IllegalArgumentException if the URL is malformed, which the message never quotes, or no
   *     connection is allowed
   * @throws SessionStoreException if no Sentinel or no node of the cluster answers
   */
  public static UnifiedJedis open(String url, int connections) {
    return open(RedisUrl.parse(url), connections);
  }

  /**
   * Opens a client for a parsed URL, like {@link #open(String, int)}.
   *
   * @param url where Redis is
   * @param connections the maximum number of connections, to each node of a cluster
   * @return a client; the caller closes it
   * @throws IllegalArgumentException if no connection is allowed
   * @throws SessionStoreException if no Sentinel or no node of the cluster answers
   */
  public static UnifiedJedis open(RedisUrl url, int connections) {
    if (connections < 1) {
      throw new IllegalArgumentException(
          "no session can be kept in Redis with "
              + connections
              + " connections; allow one or more");
    }
    Set<HostAndPort> nodes =
        url.nodes().stream()
            .map(node -> new HostAndPort(node.host(), node.port()))
            .collect(Collectors.toSet());
    try {
      return open(url, nodes, new Nodes(config(url), PATIENCE, connections));
    } catch (JedisException e) {
      if (url.topology() == RedisUrl.Topology.SENTINEL) {
        JedisClientConfig config = sentinelConfig(url, nodes);
        nodes.forEach(sentinel -> whyNot(sentinel, config).ifPresent(e::addSuppressed));
      }
      throw Failure.of(e);
    }
  }

  /** Jedis only logs what kept a Sentinel from answering. */
  private static Optional<JedisException> whyNot(HostAndPort sentinel, JedisClientConfig config) {
    try (Jedis jedis = new Jedis(sentinel, config)) {
      jedis.ping();
      return Optional.empty();
    } catch (JedisException e) {
      return Optional.of(e);
    }
  }

  private static UnifiedJedis open(RedisUrl url, Set<HostAndPort> addresses, Nodes nodes) {
    return switch (url.topology()) {
      case SINGLE -> single(addresses.iterator().next(), nodes);
      case SENTINEL -> {
        JedisClientConfig config = sentinelConfig(url, addresses);
        yield RedisSentinelClient.builder()
            .masterName(url.master())
            .sentinels(addresses)
            .sentinelClientConfig(config)
            .clientConfig(nodes.config())
            .connectionProvider(new SentinelNodes(url.master(), nodes, addresses, config))
            .build();
      }
      case CLUSTER -> cluster(addresses, nodes);
    };
  }

  private static UnifiedJedis single(HostAndPort address, Nodes nodes) {
    return RedisClient.builder()
        .hostAndPort(address)
        .clientConfig(nodes.config())
        .connectionProvider(new SingleNode(nodes.node(address), nodes.poolConfig()))
        .build();
  }

  private static UnifiedJedis cluster(Set<HostAndPort> addresses, Nodes nodes) {
    ClusterNodes provider = new ClusterNodes(addresses, nodes);
    return RedisClusterClient.builder()
        .nodes(addresses)
        .clientConfig(nodes.config())
        .connectionProvider(provider)
        .commandExecutor(new SentOnceInCluster(provider, PATIENCE))
        .build();
  }

  private static JedisClientConfig config(RedisUrl url) {
    return signedIn(url).database(url.database()).build();
  }

  /** User and password are the master's; Sentinels get them only if one of them asks. */
  private static JedisClientConfig sentinelConfig(RedisUrl url, Set<HostAndPort> sentinels) {
    JedisClientConfig stranger = toSentinel(common(url));
    boolean asks =
        url.password().isPresent()
            && sentinels.stream()
                .flatMap(sentinel -> whyNot(sentinel, stranger).stream())
                .anyMatch(e -> String.valueOf(e.getMessage()).startsWith("NOAUTH"));
    return asks ? toSentinel(signedIn(url)) : stranger;
  }

  /** Jedis asks Sentinels in RESP2 only, and logs a warning where it may ask for more. */
  private static JedisClientConfig toSentinel(DefaultJedisClientConfig.Builder config) {
    return config.autoNegotiateProtocol(false).build();
  }

  private static DefaultJedisClientConfig.Builder signedIn(RedisUrl url) {
    return common(url).user(url.user().orElse(null)).password(url.password().orElse(null));
  }

  private static DefaultJedisClientConfig.Builder common(RedisUrl url) {
    int millis = (int) PATIENCE.toMillis();
    DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder();
    if (url.tls()) {
      config.sslOptions(SslOptions.defaults());
    }
    return config
        .connectionTimeoutMillis(millis)
        .socketTimeoutMillis(millis)
        .blockingSocketTimeoutMillis(millis);
  }
}
