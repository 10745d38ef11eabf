// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.store.PageStore;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A small site behind the filter, on a real server. The header {@code X-User} says who is asking,
 * as a session outside the filter would; {@link #readUser} is what a handler does to read about
 * them.
 */
final class Site implements AutoCloseable {
  static final int CAP = 20_000;

  final ManualClock clock = new ManualClock();
  final PageCache cache;
  private final Map<String, HttpHandler> handlers = new ConcurrentHashMap<>();
  private final Map<String, PageRule> rules = new ConcurrentHashMap<>();

  /** What happens to the session of the request a thread works on. */
  private static final class Session {
    private long reads;
    private String user = "";
    private String[] roles = {};
    private boolean assumed;
  }

  private final ThreadLocal<Session> session = ThreadLocal.withInitial(Session::new);
  private final HttpServer server;
  private final HttpContext context;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client = HttpClient.newHttpClient();

  Site() throws IOException {
    this(
        null,
        clock -> new LocalPageStore(10 << 20, PurgeCounters.inProcess(), clock, clock::nanos));
  }

  /**
   * @param background renders stale pages anew
   * @param store made with the site's clock
   */
  Site(@Nullable Executor background, Function<ManualClock, PageStore> store) throws IOException {
    PageCache.Builder builder =
        PageCache.builder(store.apply(clock))
            .clock(clock)
            .maxPageBytes(CAP)
            .maxWait(Duration.ofSeconds(20));
    cache = (background == null ? builder : builder.background(background)).build();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 500);
    server.setExecutor(threads);
    PageCacheFilter filter =
        PageCacheFilter.builder(
                cache,
                exchange -> Optional.ofNullable(rules.get(exchange.getRequestURI().getPath())),
                exchange -> who())
            .jitter(() -> 0.5)
            .personalReads(exchange -> session.get().reads)
            .hole("user-menu", exchange -> menu())
            .hole("canary", exchange -> canary())
            .hole("long", exchange -> "é".repeat(100_000))
            .build();
    context =
        server.createContext(
            "/",
            exchange -> {
              HttpHandler handler = handlers.get(exchange.getRequestURI().getPath());
              if (handler == null) {
                throw new IOException("No handler for " + exchange.getRequestURI());
              }
              handler.handle(exchange);
            });
    context.getFilters().add(new SessionFilter());
    context.getFilters().add(filter);
    server.start();
  }

  /** Stands outside the cache: knows the person, turns exceptions into answers. */
  private final class SessionFilter extends Filter {
    @Override
    public String description() {
      return "session";
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
      Session fresh = new Session();
      fresh.user = Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-User")).orElse("");
      // Jetty's provider takes each role for a value of its own.
      List<String> roles = exchange.getRequestHeaders().getOrDefault("X-Roles", List.of("student"));
      fresh.roles = String.join(",", roles).split(",", -1);
      fresh.assumed = exchange.getRequestHeaders().containsKey("X-Assumed");
      session.set(fresh);
      exchange.getResponseHeaders().set("X-Outside", "yes");
      try {
        chain.doFilter(exchange);
      } catch (IOException | RuntimeException e) {
        byte[] body = String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(500, body.length);
        exchange.getResponseBody().write(body);
      } finally {
        if (!closesNothing) {
          exchange.close();
        }
      }
    }
  }

  /** Whether handlers may go on with their answers in other threads. */
  volatile boolean closesNothing;

  /**
   * Whether finding out who is asking counts as reading about them, as with a session's counter.
   */
  volatile boolean countsWho;

  private Asker who() {
    session.get().reads += countsWho ? 1 : 0;
    String user = session.get().user;
    if (user.equals("broken")) {
      throw new IllegalStateException("the session store is down");
    }
    if (session.get().assumed) {
      return Asker.assumed(user, Set.of(session.get().roles));
    }
    return user.isEmpty() ? Asker.ANONYMOUS : Asker.person(user, session.get().roles);
  }

  private String canary() {
    String user = session.get().user;
    return user.isEmpty() ? "a stranger" : "[user:" + user + "]";
  }

  private String menu() {
    String user = session.get().user;
    return user.isEmpty() ? "<a href=\"/user/login\">" : "<b>" + user + "</b>";
  }

  /** What a handler does to read about the person. */
  String readUser() {
    session.get().reads++;
    return session.get().user;
  }

  /** What happens when somebody signs in or out while a page is rendered. */
  void becomes(String user) {
    session.get().user = user;
  }

  void page(String path, PageRule rule, HttpHandler handler) {
    rules.put(path, rule);
    handlers.put(path, handler);
  }

  /** Takes the rule of a page away. */
  void undeclare(String path) {
    rules.remove(path);
  }

  /** Adds a filter between the cache and the handlers. */
  void inside(Filter filter) {
    context.getFilters().add(filter);
  }

  void uncached(String path, HttpHandler handler) {
    handlers.put(path, handler);
  }

  static void html(HttpExchange exchange, String html) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    send(exchange, 200, html);
  }

  static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
    exchange.close();
  }

  HttpResponse<byte[]> send(String method, String target, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(target))
            .timeout(Duration.ofSeconds(20))
            .method(
                method,
                method.equals("POST")
                    ? HttpRequest.BodyPublishers.ofString("a=b")
                    : HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /** A bare connection, for requests no client would send. */
  Socket connect() throws IOException {
    return new Socket(server.getAddress().getAddress(), server.getAddress().getPort());
  }

  /** Host and port as they stand in requests. */
  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private URI uri(String target) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + target);
  }

  HttpResponse<byte[]> get(String target, String... headers) throws Exception {
    return send("GET", target, headers);
  }

  static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  static String header(HttpResponse<byte[]> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  static String status(HttpResponse<byte[]> response) {
    assert response.headers().allValues("Cache-Status").size() == 1;
    return header(response, "Cache-Status");
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
