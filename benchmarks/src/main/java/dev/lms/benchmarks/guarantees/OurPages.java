// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** This project's filter in a server, with every page declared as shared. */
final class OurPages implements PagePeer {
  private static final String WHO = "X-Person";
  private static final int CACHE_BYTES = 1 << 22;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final PageCache cache;

  /** How often this request looked at who asks. */
  private final ThreadLocal<Integer> looks = ThreadLocal.withInitial(() -> 0);

  OurPages(Renderer renderer) throws IOException {
    Clock clock = Clock.systemUTC();
    cache =
        PageCache.builder(new LocalPageStore(CACHE_BYTES, PurgeCounters.inProcess(), clock))
            .clock(clock)
            .build();
    PageRule shared = PageRule.shared(Duration.ofHours(1));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
    server.setExecutor(threads);
    server
        .createContext("/", exchange -> answer(exchange, renderer))
        .getFilters()
        .add(
            PageCacheFilter.builder(cache, exchange -> Optional.of(shared), OurPages::who)
                .personalReads(exchange -> looks.get())
                .build());
    server.start();
  }

  private static Asker who(HttpExchange exchange) {
    return Asker.person(exchange.getRequestHeaders().getFirst(WHO));
  }

  private void answer(HttpExchange exchange, Renderer renderer) throws IOException {
    String text =
        renderer.render(
            exchange.getRequestURI().getRawPath(),
            () -> {
              looks.set(looks.get() + 1);
              return exchange.getRequestHeaders().getFirst(WHO);
            });
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public String get(String path, String person) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    HttpRequest request = HttpRequest.newBuilder(uri).header(WHO, person).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  @Override
  public void purge(String path) {
    cache.purgePath(path);
  }

  @Override
  public void close() {
    client.close();
    server.stop(0);
    threads.close();
  }
}
