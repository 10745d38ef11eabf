// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import static java.util.stream.Collectors.toMap;

import dev.lms.session.SessionStoreException;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisUrl;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * What a Redis says of itself that decides whether it keeps sessions. Of a cluster, one node.
 *
 * @param roundTrip the shortest of a few
 * @param evictionPolicy its {@code maxmemory-policy}
 * @param maxMemory in bytes; 0 for no limit
 * @param appendOnly whether it appends each write to a file
 * @param snapshots when it saves, blank for never; empty if it does not tell (CONFIG may be denied)
 * @param clockAhead how far the clock of this machine is ahead of its own
 */
public record RedisFacts(
    String version,
    Duration roundTrip,
    boolean isReplica,
    String evictionPolicy,
    long maxMemory,
    boolean appendOnly,
    Optional<String> snapshots,
    Duration clockAhead) {
  private static final int PINGS = 5;

  /**
   * Asks it.
   *
   * @throws SessionStoreException if it does not answer, or refuses
   */
  public static RedisFacts of(RedisUrl url, InstantSource clock) {
    try (UnifiedJedis redis = RedisConnections.open(url, 1)) {
      redis.ping();
      Duration roundTrip = roundTrip(redis);
      Map<String, String> info = info(redis);
      return new RedisFacts(
          info.getOrDefault("redis_version", "unknown"),
          roundTrip,
          info.getOrDefault("role", "master").equals("slave"),
          info.getOrDefault("maxmemory_policy", "unknown"),
          Long.parseLong(info.getOrDefault("maxmemory", "0")),
          info.getOrDefault("aof_enabled", "0").equals("1"),
          snapshots(redis),
          Duration.between(time(redis), clock.instant()));
    } catch (JedisException e) {
      throw new SessionStoreException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Whether it is at least 6.2, which the stores need. */
  public boolean isNewEnough() {
    String[] parts = version.split("\\.", -1);
    try {
      int major = Integer.parseInt(parts[0]);
      return major > 6 || (major == 6 && Integer.parseInt(parts[1]) >= 2);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return true; // Something else that speaks its protocol; its tests are others'.
    }
  }

  private static Duration roundTrip(UnifiedJedis redis) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < PINGS; i++) {
      long begun = System.nanoTime();
      redis.ping();
      best = Math.min(best, System.nanoTime() - begun);
    }
    return Duration.ofNanos(best);
  }

  private static Map<String, String> info(UnifiedJedis redis) {
    return redis
        .info()
        .lines()
        .map(line -> line.split(":", 2))
        .filter(pair -> pair.length == 2)
        .collect(toMap(pair -> pair[0], pair -> pair[1].strip(), (first, again) -> first));
  }

  private static Optional<String> snapshots(UnifiedJedis redis) {
    try {
      return Optional.ofNullable(redis.configGet("save").get("save"));
    } catch (JedisDataException e) {
      return Optional.empty();
    }
  }

  private static Instant time(UnifiedJedis redis) {
    CommandObject<Object> time =
        new CommandObject<>(new CommandArguments(Protocol.Command.TIME), BuilderFactory.RAW_OBJECT);
    if (redis.executeCommand(time) instanceof List<?> parts
        && parts.get(0) instanceof byte[] seconds
        && parts.get(1) instanceof byte[] micros) {
      return Instant.ofEpochSecond(number(seconds), number(micros) * 1000);
    }
    throw new SessionStoreException("it does not tell the time");
  }

  private static long number(byte[] digits) {
    return Long.parseLong(new String(digits, StandardCharsets.US_ASCII));
  }
}
