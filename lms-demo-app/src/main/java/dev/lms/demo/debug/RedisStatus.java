// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.debug;

import java.util.LinkedHashMap;
import java.util.Map;
import redis.clients.jedis.ScanIteration;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/** What Redis says of itself. */
public final class RedisStatus {
  private final UnifiedJedis redis;
  private final String sessionPrefix;

  /** Asks this client, and counts keys that start with the prefix as sessions. */
  public RedisStatus(UnifiedJedis redis, String sessionPrefix) {
    this.redis = redis;
    this.sessionPrefix = sessionPrefix;
  }

  Map<String, Object> read() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("configured", true);
    try {
      status.put("ping", redis.ping());
      status.put("version", version());
      status.put("session_keys", count(literally(sessionPrefix) + "*"));
      status.put("cache_keys", count("cache:*"));
    } catch (JedisException e) {
      status.put("error", String.valueOf(e.getMessage()));
    }
    return status;
  }

  private String version() {
    return redis
        .info("server")
        .lines()
        .filter(line -> line.startsWith("redis_version:"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  /** As a pattern that matches nothing but this text. */
  private static String literally(String text) {
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ("\\*?[]^-".indexOf(c) >= 0) {
        pattern.append('\\');
      }
      pattern.append(c);
    }
    return pattern.toString();
  }

  /** By SCAN, on every node, which does not block Redis. */
  private long count(String pattern) {
    ScanIteration scan = redis.scanIteration(1000, pattern);
    long count = 0;
    while (!scan.isIterationCompleted()) {
      count += scan.nextBatchList().size();
    }
    return count;
  }
}
