// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lms.demo.cache.Stranger;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.Warmer;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.redis.NearPageStore;
import dev.lms.pagecache.redis.RedisPageStore;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.session.redis.RedisConnections;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A small site with pages that are fresh for a moment only and may be shown stale for long after:
 * put together from the same parts as the demo. What its pages say it asks of a {@link NewsDesk} in
 * the test, which answers when it likes, so that renders are parked.
 *
 * <p>{@code GET /news/a}: a page whose tags are named after its text is known. {@code POST
 * /news/a}: says that it has changed. {@code POST /purge?…}: purges, and warms after that, as the
 * demo does. {@code GET /warmed}: how many visits warmed the cache.
 */
final class NewsWorker {
  private static final Duration FRESH = Duration.ofMillis(100);
  private static final Duration REVALIDATED = Duration.ofMillis(200);
  private static final Duration STANDS_IN = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long MAX_BYTES = 1 << 20;

  private final HttpClient client = HttpClient.newHttpClient();
  private final PageCache cache;
  private final URI desk;
  private final HttpServer server;
  private final Warmer warmer;

  /** Prints its port and serves until its standard input ends. */
  public static void main(String[] args) throws Exception {
    Clock clock = Clock.systemUTC();
    NewsWorker worker = new NewsWorker(URI.create(args[0]), store(args[1], args[2], clock), clock);
    System.out.println(worker.server.getAddress().getPort());
    while (System.in.read() >= 0) {}
    Runtime.getRuntime().halt(0);
  }

  /** Near copies of pages in Redis; or, without its address, pages in process and shared purges. */
  private static PageStore store(String redis, String purges, Clock clock) throws IOException {
    return redis.isEmpty()
        ? new LocalPageStore(MAX_BYTES, PurgeCounters.shared(Path.of(purges)), clock)
        : NearPageStore.over(
            new RedisPageStore(RedisConnections.open(redis, 24), "cache:", clock),
            MAX_BYTES,
            clock);
  }

  private NewsWorker(URI desk, PageStore store, Clock clock) throws IOException {
    this.desk = desk;
    cache =
        PageCache.builder(store)
            .clock(clock)
            .background(Executors.newVirtualThreadPerTaskExecutor())
            .build();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    PageRule rule =
        PageRule.shared(FRESH).withStaleWhileRevalidate(REVALIDATED).withStaleIfError(STANDS_IN);
    HttpContext news = server.createContext("/news/", this::news);
    news.getFilters()
        .add(
            PageCacheFilter.builder(
                    cache,
                    exchange ->
                        exchange.getRequestMethod().equals("POST")
                            ? Optional.empty()
                            : Optional.of(rule),
                    exchange -> Asker.ANONYMOUS)
                .personalReads(exchange -> 0)
                .build());
    server.createContext("/purge", this::purge);
    server.start();
    ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    URI self = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    warmer = new Warmer(new Stranger(self), thread, Duration.ofMillis(20), progress -> {});
    server.createContext(
        "/warmed", exchange -> answer(exchange, 200, "" + warmer.progress().visited()));
  }

  private void news(HttpExchange exchange) throws IOException {
    String page = exchange.getRequestURI().getPath();
    if (exchange.getRequestMethod().equals("POST")) {
      answer(exchange, 204, "");
      return;
    }
    HttpResponse<?> told;
    try {
      told =
          client.send(
              HttpRequest.newBuilder(desk.resolve("." + page)).timeout(PATIENCE).build(),
              BodyHandlers.discarding());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    String version = told.headers().firstValue(NewsDesk.VERSION).orElse("");
    if (told.statusCode() == 200) {
      exchange.getResponseHeaders().set(NewsDesk.VERSION, version);
      exchange.getResponseHeaders().set("Content-Type", "text/plain");
      exchange.getResponseHeaders().set("Cache-Tag", page + ", all-news");
    }
    answer(exchange, told.statusCode(), "This is version " + version);
  }

  /** By tag, by path, by folder, or all. */
  private void purge(HttpExchange exchange) throws IOException {
    String page = exchange.getRequestURI().getQuery().split("=", 2)[1];
    try {
      switch (exchange.getRequestURI().getQuery().split("=", 2)[0]) {
        case "tag" -> cache.purge(page);
        case "path" -> cache.purgePath(page);
        case "folder" -> cache.purgePrefix("/news/");
        default -> cache.purge("all-news");
      }
    } catch (PageStoreException e) {
      answer(exchange, 503, "");
      return;
    }
    warmer.warm(List.of(page));
    answer(exchange, 204, "");
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    boolean bodiless = exchange.getRequestMethod().equals("HEAD") || body.length == 0;
    exchange.sendResponseHeaders(status, bodiless ? -1 : body.length);
    if (!bodiless) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }
}
