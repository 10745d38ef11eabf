// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import java.net.SocketTimeoutException;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.Pool;

/**
 * Asks once more where that helps: where a connection broke, all that were at rest beside it are
 * dead; and a server that is not, or not yet, a master that takes writes has done nothing of what
 * it was asked, while its address may lead to another by now. What got no answer in time is not
 * asked again: it would only wait longer. For what may be done twice.
 */
final class FreshConnections {
  private static final List<String> REFUSALS =
      List.of("READONLY ", "MASTERDOWN ", "LOADING ", "NOREPLICAS ", "CLUSTERDOWN ");

  /** A script took a key away in a slot that is moving, and would make it again: elsewhere now. */
  private static final String MOVING = "non local key";

  private FreshConnections() {}

  static @Nullable Object retried(UnifiedJedis redis, Supplier<? extends @Nullable Object> call) {
    try {
      return call.get();
    } catch (JedisException e) {
      if (!isBroken(e) && !isRefusal(e)) {
        throw e;
      }
      pools(redis).forEach(Pool::clear);
      return call.get();
    }
  }

  private static boolean isBroken(JedisException e) {
    // A client may wrap what it does not repeat by itself.
    Throwable broken = e instanceof JedisConnectionException ? e : e.getCause();
    return broken instanceof JedisConnectionException
        && !(broken.getCause() instanceof SocketTimeoutException);
  }

  private static boolean isRefusal(JedisException e) {
    String message = String.valueOf(e.getMessage());
    // A script is stopped at its first write. Redis 6.2 then says so in the middle of a line.
    return e instanceof JedisDataException
        && (message.contains(MOVING)
            || REFUSALS.stream()
                .anyMatch(code -> message.startsWith(code) || message.contains("-" + code)));
  }

  private static Collection<? extends Pool<Connection>> pools(UnifiedJedis redis) {
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
