// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.httpserver.SessionFilter;
import dev.lms.session.memory.MemorySessionStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import robaho.net.httpserver.DefaultHttpServerProvider;

/** Both filters on every provider of the JDK's server API. */
class ProvidersTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  static Stream<HttpServerProvider> providers() {
    return Stream.of(new JettyProvider(), new DefaultHttpServerProvider());
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static HttpResponse<String> get(HttpServer server, String path, String... fields)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path))
            .timeout(Duration.ofSeconds(20));
    if (fields.length > 0) {
      request.headers(fields);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String status(HttpResponse<?> answer) {
    return answer.headers().firstValue("Cache-Status").orElse("none");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void sessionsLastAndPagesAreShared(HttpServerProvider provider) throws Exception {
    Sessions sessions =
        Sessions.of(MemorySessionStore.open(KEYS), KEYS, SessionSettings.plainHttp());
    AtomicInteger renders = new AtomicInteger();
    HttpServer server =
        provider.createHttpServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    List<Filter> filters =
        server
            .createContext(
                "/",
                exchange -> {
                  switch (exchange.getRequestURI().getPath()) {
                    case "/page" -> answer(exchange, "render " + renders.incrementAndGet());
                    case "/away" -> throw new SessionStoreException("the store is away");
                    default ->
                        answer(exchange, "" + SessionFilter.session(exchange).add("visits", 1));
                  }
                })
            .getFilters();
    filters.add(new SessionFilter(sessions));
    filters.add(
        PageCacheFilter.builder(
                PageCache.builder(new LocalPageStore(1 << 20)).build(),
                exchange ->
                    exchange.getRequestURI().getPath().equals("/page")
                        ? Optional.of(PageRule.shared(Duration.ofMinutes(1)))
                        : Optional.empty(),
                exchange -> Asker.ANONYMOUS)
            .personalReads(exchange -> SessionFilter.session(exchange).uses())
            .build());
    server.start();
    try {
      HttpResponse<String> first = get(server, "/visit");
      String cookie = first.headers().firstValue("Set-Cookie").orElseThrow().replaceAll(";.*", "");
      assertEquals("1", first.body());
      assertEquals("2", get(server, "/visit", "Cookie", cookie).body());
      assertEquals("lms; fwd=miss; stored; detail=anon", status(get(server, "/page")));
      HttpResponse<String> hit = get(server, "/page", "Cookie", cookie);
      assertEquals("render 1", hit.body());
      assertEquals("lms; hit; ttl=60; detail=anon", status(hit).replaceAll("ttl=\\d+", "ttl=60"));
      HttpResponse<String> outage = get(server, "/away");
      assertEquals(503, outage.statusCode());
      assertEquals(Optional.of("5"), outage.headers().firstValue("Retry-After"));
    } finally {
      server.stop(0);
    }
  }
}
