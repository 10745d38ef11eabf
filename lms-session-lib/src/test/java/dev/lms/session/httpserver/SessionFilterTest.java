// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.lms.session.KeyRing;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.Sessions;
import dev.lms.session.file.FileSessionStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionFilterTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private FileSessionStore store;
  private HttpServer server;
  private Sessions sessions;

  @BeforeEach
  void start() throws IOException {
    store = FileSessionStore.open(folder.resolve("sessions"), KEYS);
    sessions =
        Sessions.builder(store, KEYS)
            .settings(SessionSettings.plainHttp())
            .clock(Clock.systemUTC())
            .build();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
    store.close();
  }

  private void serve(HttpHandler handler) {
    HttpContext context = server.createContext("/", handler);
    context.getFilters().add(new SessionFilter(sessions));
  }

  private HttpResponse<String> get(String cookie) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (!cookie.isEmpty()) {
      request.header("Cookie", cookie);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String cookie(HttpResponse<String> response) {
    return response.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
  }

  @Test
  void aSessionLastsFromRequestToRequest() throws Exception {
    serve(exchange -> answer(exchange, "" + SessionFilter.session(exchange).add("visits", 1)));
    HttpResponse<String> first = get("");
    assertEquals("1", first.body());
    assertEquals(Optional.of("no-store"), first.headers().firstValue("Cache-Control"));
    HttpResponse<String> second = get(cookie(first));
    assertEquals("2", second.body());
    assertEquals(Optional.empty(), second.headers().firstValue("Set-Cookie"));
    assertEquals(Optional.empty(), second.headers().firstValue("Cache-Control"));
    assertEquals("1", get("").body());
  }

  @Test
  void aVisitorWhoseSessionIsNotTouchedGetsNoCookie() throws Exception {
    serve(exchange -> answer(exchange, "" + SessionFilter.session(exchange).exists()));
    HttpResponse<String> response = get("");
    assertEquals("false", response.body());
    assertEquals(Optional.empty(), response.headers().firstValue("Set-Cookie"));
  }

  /** G3: at the first byte that a client can see, the store has the change. */
  @Test
  void theCommitIsAcknowledgedBeforeTheFirstByteLeaves() throws Exception {
    CountDownLatch headersSeen = new CountDownLatch(1);
    serve(
        exchange -> {
          SessionFilter.session(exchange).set("a", "1");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().flush();
          try {
            assertTrue(headersSeen.await(60, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          exchange.close();
        });
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    HttpResponse<InputStream> open =
        client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofInputStream());
    String cookie = open.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
    Session seen = sessions.open(List.of(cookie));
    assertEquals(Optional.of("1"), seen.get("a"));
    headersSeen.countDown();
    assertEquals(0, open.body().readAllBytes().length);
  }

  /** Early Hints (RFC 8297) come before the answer: it is the answer that commits. */
  @Test
  void anInterimAnswerCarriesNoCookieAndCommitsNothing() throws Exception {
    CompletableFuture<Optional<String>> cookie = new CompletableFuture<>();
    serve(
        exchange -> {
          Session session = SessionFilter.session(exchange);
          session.set("a", "1");
          exchange.sendResponseHeaders(103, -1);
          cookie.complete(session.setCookie());
          // This server takes one answer, of whatever kind.
          exchange.close();
        });
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
      String all = new String(socket.getInputStream().readAllBytes(), UTF_8);
      assertTrue(all.startsWith("HTTP/1.1 103 "), all);
      assertFalse(all.contains("Set-Cookie"), all);
    }
    assertEquals(Optional.empty(), cookie.get(60, TimeUnit.SECONDS));
  }

  @Test
  void whatAThrowingHandlerChangedIsNotStored() throws Exception {
    serve(
        exchange -> {
          Session session = SessionFilter.session(exchange);
          if (session.exists()) {
            session.set("a", "2");
            throw new IllegalStateException("a bug");
          }
          session.set("a", "1");
          answer(exchange, "stored");
        });
    String cookie = cookie(get(""));
    Future<HttpResponse<String>> failing = threads.submit(() -> get(cookie));
    assertThrows(ExecutionException.class, () -> failing.get(60, TimeUnit.SECONDS));
    assertEquals(Optional.of("1"), sessions.open(List.of(cookie)).get("a"));
  }

  /** Before JDK 26 the server's own attributes are one map for all exchanges of a context. */
  @Test
  void attributesBelongToOneExchange() throws Exception {
    serve(
        exchange -> {
          Object before = exchange.getAttribute("person");
          exchange.setAttribute("person", "Ada");
          answer(exchange, before + " " + exchange.getAttribute("person"));
        });
    assertEquals("null Ada", get("").body());
    assertEquals("null Ada", get("").body());
  }

  @Test
  void aHandlerWithoutTheFilterIsToldSo() throws Exception {
    server.createContext(
        "/",
        exchange -> {
          IllegalStateException error =
              assertThrows(
                  IllegalStateException.class, () -> SessionFilter.session(exchange).exists());
          answer(exchange, String.valueOf(error.getMessage()));
        });
    assertEquals("add a SessionFilter to this exchange's context", get("").body());
    assertFalse(get("").headers().firstValue("Set-Cookie").isPresent());
  }
}
