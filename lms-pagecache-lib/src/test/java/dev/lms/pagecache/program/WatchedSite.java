// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.program;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.NamedRule;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A site on a real server whose cache somebody watches. Stale pages are rendered at once. */
public final class WatchedSite implements AutoCloseable {
  private static final PageRule SHARED =
      PageRule.shared(Duration.ofSeconds(90)).withStaleWhileRevalidate(Duration.ofSeconds(90));
  private static final Map<String, NamedRule> ROUTES =
      Map.of(
          "/course", new NamedRule("/course", Optional.of(SHARED)),
          "/fails", new NamedRule("/fails", Optional.of(SHARED)),
          "/form", new NamedRule("/form", Optional.empty()),
          "/", new NamedRule("", Optional.of(SHARED)));

  private final ManualClock clock = new ManualClock();
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Semaphore ended = new Semaphore(0);
  private volatile Runnable inHandler = () -> {};

  /**
   * Starts it.
   *
   * @param watch adds who watches
   */
  public WatchedSite(UnaryOperator<PageCache.Builder> watch) throws IOException {
    LocalPageStore store = new LocalPageStore(10 << 20, PurgeCounters.inProcess(), clock);
    PageCache cache =
        watch.apply(PageCache.builder(store).clock(clock).background(Runnable::run)).build();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    HttpContext context = server.createContext("/", this::handle);
    context.getFilters().add(new Errors());
    context
        .getFilters()
        .add(
            PageCacheFilter.ofRoutes(
                    cache,
                    exchange -> ROUTES.getOrDefault(path(exchange), ROUTES.get("/form")),
                    exchange ->
                        Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-User"))
                            .map(user -> new Asker(user, Set.of()))
                            .orElse(Asker.ANONYMOUS))
                .personalReads(exchange -> 0)
                .build());
    server.start();
  }

  /**
   * Turns exceptions into answers, as clients would send such a request again, and tells when all
   * is done, as an answer leaves before whoever watches has been told of it.
   */
  private final class Errors extends Filter {
    @Override
    public String description() {
      return "errors";
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
      try {
        chain.doFilter(exchange);
      } catch (IOException e) {
        exchange.sendResponseHeaders(500, -1);
      } finally {
        ended.release();
      }
    }
  }

  private static String path(HttpExchange exchange) {
    return exchange.getRequestURI().getPath();
  }

  private void handle(HttpExchange exchange) throws IOException {
    inHandler.run();
    if (path(exchange).equals("/fails")) {
      throw new IOException("the handler failed");
    }
    byte[] body = "<p>a page</p>".getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** Runs something on the thread of the next handlers. */
  public void inHandler(Runnable what) {
    inHandler = what;
  }

  /** Time passes. */
  public void later(Duration by) {
    clock.advance(by);
  }

  /** Returns {@code Cache-Status} when whoever watches has been told all. */
  public String get(String path, String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<Void> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.discarding());
    assertTrue(ended.tryAcquire(60, TimeUnit.SECONDS), "the request ends");
    return answer.headers().firstValue("Cache-Status").orElse("");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
