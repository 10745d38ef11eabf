// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.conformance;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
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
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The page cache in front of a handler that passes every request on to another server: what {@code
 * conformance.sh} runs the cache-tests suite against. Knows nothing of that suite.
 *
 * <p>Run with {@code jdk.httpclient.allowRestrictedHeaders} and {@code sun.net.httpserver.nodelay};
 * the argument is the address of the other server. The first line of output is the proxy's own.
 */
public final class ConformanceProxy {
  private static final Duration MOST_HEURISTIC = Duration.ofDays(1);
  private static final Duration STALE_IF_ERROR = Duration.ofMinutes(1);
  private static final Duration MAX_WAIT = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** How a body is framed is the business of each connection. */
  private static final Set<String> FRAMING =
      Set.of("content-length", "transfer-encoding", "connection", "host", "expect", "upgrade");

  private static final Set<Integer> NEVER_A_BODY = Set.of(204, 304);

  private final URI origin;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  private ConformanceProxy(URI origin) {
    this.origin = origin;
  }

  /**
   * Serves until it is stopped.
   *
   * @param args the address of the server to pass requests on to
   * @throws IOException if there is no free port
   */
  public static void main(String[] args) throws IOException {
    ConformanceProxy proxy = new ConformanceProxy(URI.create(args[0]));
    ExecutorService threads = Executors.newCachedThreadPool();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 500);
    server.setExecutor(threads);
    server.createContext("/", proxy::pass).getFilters().add(proxy.cache(threads));
    server.start();
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private PageCacheFilter cache(ExecutorService background) {
    Clock clock = Clock.systemUTC();
    PageCache cache =
        PageCache.builder(new LocalPageStore(64 << 20, PurgeCounters.inProcess(), clock))
            .clock(clock)
            .maxWait(MAX_WAIT)
            .background(background)
            .build();
    PageRule rule =
        PageRule.rfc9111(Audience.EVERYONE, MOST_HEURISTIC).withStaleIfError(STALE_IF_ERROR);
    return PageCacheFilter.builder(cache, exchange -> Optional.of(rule), e -> Asker.ANONYMOUS)
        .personalReads(exchange -> 0) // There are no people behind a proxy.
        .multiHost()
        .build();
  }

  private void pass(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(origin.resolve(exchange.getRequestURI().toString()))
            .timeout(TIMEOUT)
            .method(
                exchange.getRequestMethod(),
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, lines) -> {
              if (!FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
                lines.forEach(line -> request.header(name, line));
              }
            });
    try {
      answer(exchange, send(request.build()));
    } catch (IOException e) {
      exchange.sendResponseHeaders(502, -1);
      exchange.close();
    }
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while the origin was asked", e);
    }
  }

  private static void answer(HttpExchange exchange, HttpResponse<byte[]> response)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    response
        .headers()
        .map()
        .forEach(
            (name, lines) -> {
              if (!Set.of("content-length", "transfer-encoding")
                  .contains(name.toLowerCase(Locale.ROOT))) {
                lines.forEach(line -> headers.add(name, line));
              }
            });
    byte[] body = response.body();
    boolean empty =
        body.length == 0
            || NEVER_A_BODY.contains(response.statusCode())
            || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(response.statusCode(), empty ? -1 : body.length);
    if (!empty) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }
}
