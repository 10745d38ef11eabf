// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lms.session.KeyRing;
import dev.lms.session.OutagePolicy;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.Sessions;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/** G11 on the JDK's server: what each route answers while a real Redis is paused. */
class SessionFilterOutageTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");

  private final RedisServer redis = RedisServer.start();
  private final UnifiedJedis jedis = RedisConnections.open(redis.url(), 8);
  private final Sessions sessions =
      Sessions.builder(new RedisSessionStore(jedis, KEYS, "session:"), KEYS)
          .settings(SessionSettings.plainHttp())
          .clock(Clock.systemUTC())
          .build();
  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    serve(
        new SessionFilter(
            sessions,
            exchange ->
                exchange.getRequestURI().getPath().startsWith("/public")
                    ? OutagePolicy.TREAT_AS_ANONYMOUS
                    : OutagePolicy.FAIL_CLOSED));
    server.start();
  }

  private void serve(SessionFilter filter) {
    HttpContext context = server.createContext("/", SessionFilterOutageTest::page);
    context.getFilters().add(filter);
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
    jedis.close();
    redis.close();
  }

  private static void page(HttpExchange exchange) throws IOException {
    Session session = SessionFilter.session(exchange);
    String path = exchange.getRequestURI().getPath();
    exchange.getResponseHeaders().set("Content-Type", "text/html");
    exchange.getResponseHeaders().set("ETag", "\"a page\"");
    exchange.getResponseHeaders().set("X-Frame-Options", "DENY");
    if (path.equals("/sign-in")) {
      session.signIn(new Principal("ada", Set.of()));
    }
    if (path.equals("/public/writes")) {
      session.set("a", "1");
    }
    String name = session.principal().map(Principal::id).orElse("a stranger");
    byte[] body = name.getBytes(StandardCharsets.UTF_8);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(200, head ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private HttpResponse<String> send(String method, String path, String cookie) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody());
    if (!cookie.isEmpty()) {
      request.header("Cookie", cookie);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private String signedIn() throws Exception {
    HttpResponse<String> answer = send("GET", "/sign-in", "");
    assertEquals("ada", answer.body());
    return answer.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
  }

  private void signal(String name) throws Exception {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(redis.process().pid())).start();
    assertEquals(0, kill.waitFor());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static void assertUnavailable(HttpResponse<String> answer) {
    assertEquals(503, answer.statusCode());
    assertEquals("5", header(answer, "Retry-After"));
    assertEquals("no-store", header(answer, "Cache-Control"));
    assertEquals("text/plain; charset=utf-8", header(answer, "Content-Type"));
    assertEquals("", header(answer, "ETag"));
    assertEquals("", header(answer, "Set-Cookie"));
  }

  @Test
  void eachRouteFaresAsItsPolicySays() throws Exception {
    String cookie = signedIn();
    assertEquals("ada", send("GET", "/public", cookie).body());
    signal("STOP");

    HttpResponse<String> open = send("GET", "/public", cookie);
    assertEquals(200, open.statusCode());
    assertEquals("a stranger", open.body());
    assertEquals("no-store", header(open, "Cache-Control"));
    assertEquals("", header(open, "Set-Cookie"), "their cookie is left alone");
    assertEquals(200, send("HEAD", "/public", cookie).statusCode());

    HttpResponse<String> closed = send("GET", "/account", cookie);
    assertUnavailable(closed);
    assertTrue(closed.body().contains("try again"), closed.body());
    assertEquals("", send("HEAD", "/account", cookie).body());
    assertUnavailable(send("HEAD", "/account", cookie));
    assertUnavailable(send("POST", "/public", cookie));
    assertUnavailable(send("GET", "/public/writes", cookie));
    assertUnavailable(send("GET", "/public/writes", ""));

    HttpResponse<String> stranger = send("GET", "/public", "");
    assertEquals(200, stranger.statusCode());
    assertEquals("", header(stranger, "Cache-Control"), "a stranger's page is nothing special");

    signal("CONT");
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (send("GET", "/account", cookie).statusCode() != 200) {
      assertTrue(System.nanoTime() < giveUp, "no recovery");
    }
    assertEquals("ada", send("GET", "/public", cookie).body());
  }

  @Test
  void aSiteMayAnswerInItsOwnWords() throws Exception {
    server.removeContext("/");
    serve(
        new SessionFilter(
            sessions,
            exchange -> OutagePolicy.FAIL_CLOSED,
            (exchange, outage) -> {
              assertEquals("DENY", exchange.getResponseHeaders().getFirst("X-Frame-Options"));
              exchange.sendResponseHeaders(504, -1);
              exchange.close();
            }));
    String cookie = signedIn();
    redis.close();
    assertEquals(504, send("GET", "/account", cookie).statusCode());
  }

  @Test
  void aChangeAfterTheHeadersIsWarnedOfOnceForEachPath() throws Exception {
    server.removeContext("/");
    HttpContext context =
        server.createContext(
            "/",
            exchange -> {
              exchange.sendResponseHeaders(204, -1);
              Session session = SessionFilter.session(exchange);
              switch (exchange.getRequestURI().getPath()) {
                case "/late" -> session.set("a", "1");
                case "/late/cookie" -> {
                  session.set("a", "1");
                  session.commit();
                }
                default -> session.exists();
              }
            });
    context.getFilters().add(new SessionFilter(sessions));
    try (Warnings warnings = new Warnings()) {
      for (String path : List.of("/late", "/late", "/late/cookie", "/read")) {
        assertEquals(204, send("GET", path, "").statusCode());
        // The warning comes when the handler has returned, which the client does not see.
        warnings.await(path.equals("/read") ? 2 : path.equals("/late") ? 1 : 2);
      }
      assertEquals(
          List.of(Optional.of("GET /late"), Optional.of("GET /late/cookie")), warnings.routes());
    }
  }
}
