// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.lms.session.KeyRing;
import dev.lms.session.Session;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionSettings;
import dev.lms.session.Sessions;
import dev.lms.session.file.FileSessionStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A site on a real server with sessions in files, and a client that keeps no cookies. */
final class TestSite implements AutoCloseable {
  static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");

  final LosingStore store;
  final Sessions sessions;
  final ExecutorService threads = Executors.newCachedThreadPool();

  /** What became of handlers: the failure that one ended with, by path. */
  final Map<String, Throwable> thrown = new ConcurrentHashMap<>();

  private final Map<String, HttpHandler> pages = new HashMap<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpServer server;

  TestSite(Path folder, SessionLimit limit) throws IOException {
    store = new LosingStore(FileSessionStore.open(folder.resolve("sessions"), KEYS));
    sessions =
        Sessions.builder(store, KEYS)
            .settings(SessionSettings.plainHttp().withLimit(limit))
            .clock(Clock.systemUTC())
            .build();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  /** Begins to serve; further filters stand inside that of the sessions. */
  void serve(SessionFilter filter, Filter... inside) {
    List<Filter> filters = server.createContext("/", this::handle).getFilters();
    filters.add(
        Filter.beforeHandler(
            "what every answer says",
            exchange -> exchange.getResponseHeaders().set("X-Frame-Options", "DENY")));
    filters.add(filter);
    filters.addAll(List.of(inside));
  }

  TestSite page(String path, HttpHandler handler) {
    pages.put(path, handler);
    return this;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    HttpHandler handler = pages.get(path);
    if (handler == null) {
      throw new IllegalStateException("no page " + path);
    }
    try {
      handler.handle(exchange);
    } catch (IOException | RuntimeException e) {
      thrown.put(path, e);
      throw e;
    } catch (Error e) {
      // The server would leave the client waiting.
      thrown.put(path, e);
      throw new IOException(e);
    }
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  HttpResponse<String> get(String path, String cookie) throws Exception {
    return send("GET", path, cookie);
  }

  HttpResponse<String> send(String method, String path, String cookie) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(30))
            .method(method, BodyPublishers.noBody());
    if (!cookie.isEmpty()) {
      request.header("Cookie", cookie);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  Session opened(String cookie) {
    return sessions.open(List.of(cookie));
  }

  static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  static String cookie(HttpResponse<?> answer) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(cookie -> cookie.startsWith("session="))
        .findFirst()
        .orElseThrow()
        .replaceFirst(";.*", "");
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    store.close();
  }
}
