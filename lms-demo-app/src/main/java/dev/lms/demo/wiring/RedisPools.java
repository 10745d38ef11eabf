// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import static dev.lms.demo.monitor.Families.sample;

import dev.lms.demo.monitor.Families;
import dev.lms.demo.monitor.Metrics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import redis.clients.jedis.Connection;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.util.Pool;

/** How busy the connections to each Redis are, by its name without secrets. */
record RedisPools(Supplier<Map<String, UnifiedJedis>> clients) implements Metrics.Source {
  @Override
  public void addTo(Families out) {
    Map<String, UnifiedJedis> all = clients.get();
    if (all.isEmpty()) {
      return;
    }
    out.gauge("lms_redis_connections", "Connections to Redis, by what they do.", states(all));
    out.gauge(
        "lms_redis_waiting", "Callers that wait for a connection.", sum(all, Pool::getNumWaiters));
  }

  private static List<Families.Sample> states(Map<String, UnifiedJedis> all) {
    List<Families.Sample> samples = new ArrayList<>();
    all.forEach(
        (name, client) -> {
          samples.add(sample(sum(client, Pool::getNumActive), "redis", name, "state", "active"));
          samples.add(sample(sum(client, Pool::getNumIdle), "redis", name, "state", "idle"));
        });
    return samples;
  }

  private static List<Families.Sample> sum(
      Map<String, UnifiedJedis> all, ToIntFunction<Pool<Connection>> count) {
    return all.entrySet().stream()
        .map(entry -> sample(sum(entry.getValue(), count), "redis", entry.getKey()))
        .toList();
  }

  private static long sum(UnifiedJedis client, ToIntFunction<Pool<Connection>> count) {
    return pools(client).stream().mapToLong(count::applyAsInt).sum();
  }

  private static Collection<? extends Pool<Connection>> pools(UnifiedJedis client) {
    if (client instanceof RedisClient one) {
      return List.of(one.getPool());
    }
    if (client instanceof RedisSentinelClient watched) {
      return watched.getPrimaryNodesConnectionMap().values();
    }
    return client instanceof RedisClusterClient cluster
        ? cluster.getClusterNodes().values()
        : List.of();
  }
}
