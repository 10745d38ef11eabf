// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.lms.session.redis.RedisConnections;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.params.GetExParams;
import redis.clients.jedis.params.SetParams;

/** A handler that reads a session of 1 KB by hand before it answers; it looks at its length. */
final class GetexFirst implements HttpHandler {
  private static final long LIFE_MILLIS = Duration.ofDays(1).toMillis();
  private static final int LENGTH = 1024;

  private final HttpHandler handler;
  private final UnifiedJedis redis;
  private final byte[] key = "lms-benchmark:getex".getBytes(StandardCharsets.UTF_8);

  GetexFirst(HttpHandler handler, String redisUrl) {
    this.handler = handler;
    this.redis = RedisConnections.open(redisUrl, Site.CONNECTIONS);
    byte[] session = "x".repeat(LENGTH).getBytes(StandardCharsets.UTF_8);
    redis.set(key, session, SetParams.setParams().px(LIFE_MILLIS));
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (redis.getEx(key, GetExParams.getExParams().px(LIFE_MILLIS)).length != LENGTH) {
      throw new IOException("the session is not what was stored");
    }
    handler.handle(exchange);
  }
}
