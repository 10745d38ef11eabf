// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.redis.NearPageStore;
import dev.lms.pagecache.redis.RedisPageStore;
import dev.lms.session.redis.RedisConnections;
import java.io.IOException;
import java.time.Clock;

/** A node with near copies of pages, which purges and answers how many nanoseconds that took. */
final class FirstPurge implements HttpHandler {
  static final String PURGE = "/purge";

  private static final long NEAR_BYTES = 4 << 20;

  private final PageCache cache;

  FirstPurge(String redisUrl) {
    Clock clock = Clock.systemUTC();
    RedisPageStore far =
        new RedisPageStore(
            RedisConnections.open(redisUrl, Site.CONNECTIONS), "lms-benchmark:cache:", clock);
    NearPageStore near = NearPageStore.over(far, NEAR_BYTES, clock);
    // As a program does: purges wait for the lease of a node that went without a word.
    Runtime.getRuntime().addShutdownHook(new Thread(near::close, "leave"));
    cache = PageCache.builder(near).clock(clock).build();
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestURI().getPath().equals(PURGE)) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    long start = System.nanoTime();
    cache.purge("course");
    Pages.send(exchange, Long.toString(System.nanoTime() - start));
  }
}
