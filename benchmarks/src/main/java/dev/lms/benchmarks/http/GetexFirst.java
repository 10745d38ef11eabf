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
record GetexFirst(UnifiedJedis redis, byte[] key, int length, HttpHandler handler)
    implements HttpHandler {
  private static final long LIFE_MILLIS = Duration.ofDays(1).toMillis();

  static HttpHandler before(HttpHandler handler, String redisUrl) {
    UnifiedJedis redis = RedisConnections.open(redisUrl, Site.CONNECTIONS);
    byte[] key = "lms-benchmark:getex".getBytes(StandardCharsets.UTF_8);
    byte[] session = "x".repeat(1024).getBytes(StandardCharsets.UTF_8);
    redis.set(key, session, SetParams.setParams().px(LIFE_MILLIS));
    return new GetexFirst(redis, key, session.length, handler);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (redis.getEx(key, GetExParams.getExParams().px(LIFE_MILLIS)).length != length) {
      throw new IOException("the session is not what was stored");
    }
    handler.handle(exchange);
  }
}
