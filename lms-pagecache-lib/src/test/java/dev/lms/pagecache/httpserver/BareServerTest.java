// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Handlers that use the server's interface in odd ways work behind the filter as without it: the
 * client gets the same, and so does the handler.
 */
class BareServerTest {
  /** What the filter adds, and how the body is framed. */
  private static final List<String> OF_THE_CACHE =
      List.of("date", "cache-status", "cache-control", "vary", "etag", "age");

  private static final List<String> FRAMING = List.of("content-length", "transfer-encoding");

  static Stream<String> odd() {
    return OddHandlers.ODD.keySet().stream();
  }

  private static final ManualClock CLOCK = new ManualClock();
  private static final BlockingQueue<List<String>> NOTED = new LinkedBlockingQueue<>();
  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static final List<PageCache> CACHES = new ArrayList<>();
  private static HttpServer server;

  @BeforeAll
  static void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(THREADS);
    context("/bare/");
    cached("/none/", Optional.empty());
    cached("/declared/", Optional.of(PageRule.shared(Duration.ofMinutes(1))));
    cached("/rfc/", Optional.of(PageRule.rfc9111(Audience.EVERYONE, Duration.ofMinutes(1))));
    server.start();
  }

  private static HttpContext context(String path) {
    return server.createContext(
        path,
        exchange -> {
          String name = exchange.getRequestURI().getPath().substring(path.length());
          if (name.equals("ok")) {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
            return;
          }
          List<String> noted = new ArrayList<>();
          try {
            requireNonNull(OddHandlers.ODD.get(name)).handle(exchange, noted);
          } finally {
            NOTED.add(noted);
          }
        });
  }

  private static void cached(String path, Optional<PageRule> rule) {
    PageCache cache =
        PageCache.builder(new LocalPageStore(10 << 20, PurgeCounters.inProcess(), CLOCK))
            .clock(CLOCK)
            .maxPageBytes(OddHandlers.CAP)
            .maxWait(Duration.ofSeconds(20))
            .build();
    CACHES.add(cache);
    context(path)
        .getFilters()
        .add(
            PageCacheFilter.builder(cache, exchange -> rule, exchange -> Asker.ANONYMOUS)
                .personalReads(exchange -> 0)
                .build());
  }

  @AfterAll
  static void close() {
    server.stop(0);
    THREADS.shutdownNow();
  }

  /**
   * What came of one request.
   *
   * @param answer status line, fields that are not the cache's, body; empty if there was none
   * @param kept whether the connection was of use afterwards
   * @param noted by the handler
   */
  private record Seen(List<String> answer, boolean kept, List<String> noted) {}

  @ParameterizedTest
  @MethodSource("odd")
  void isSeenAsOnTheBareServer(String name) throws Exception {
    for (String coding : List.of("", "Accept-Encoding: identity;q=1, gzip;q=0.5\r\n")) {
      for (String version : List.of("1.1", "1.0")) {
        Seen bare = ask("/bare/", name, version, coding);
        for (String path : List.of("/none/", "/declared/", "/rfc/")) {
          assertEquals(bare, ask(path, name, version, coding), path + " HTTP/" + version + coding);
        }
      }
    }
  }

  private static Seen ask(String path, String name, String version, String more) throws Exception {
    CACHES.forEach(PageCache::purgeAll); // So that the handler is asked each time.
    String method = name.startsWith("HEAD") ? "HEAD" : "GET";
    try (Socket socket =
        new Socket(server.getAddress().getAddress(), server.getAddress().getPort())) {
      socket.setSoTimeout(5_000);
      String fields = " HTTP/" + version + "\r\nHost: x\r\n" + more;
      String alive = version.equals("1.0") ? "Connection: keep-alive\r\n" : "";
      String both =
          method + ' ' + path + name + fields + alive + "\r\nGET " + path + "ok" + fields + "\r\n";
      socket.getOutputStream().write(both.getBytes(StandardCharsets.US_ASCII));
      InputStream in = new BufferedInputStream(socket.getInputStream());
      List<String> answer = read(in, method.equals("HEAD"));
      List<String> noted = NOTED.poll(60, TimeUnit.SECONDS);
      // HTTP/1.0 has no chunks; the cache knows lengths and can keep the connection all the same.
      boolean kept =
          version.equals("1.1") && !answer.isEmpty() && line(in).startsWith("HTTP/1.1 204");
      return new Seen(answer, kept, noted);
    }
  }

  private static List<String> read(InputStream in, boolean head) throws IOException {
    String status = line(in);
    if (status.isEmpty()) {
      return List.of();
    }
    Headers headers = new Headers();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      headers.add(
          line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1).strip());
    }
    List<String> answer = new ArrayList<>();
    answer.add(status);
    TreeMap<String, List<String>> sorted = new TreeMap<>();
    headers.forEach((field, lines) -> sorted.put(field.toLowerCase(Locale.ROOT), lines));
    sorted.keySet().removeAll(OF_THE_CACHE);
    boolean neverABody = head || status.matches("HTTP/1.. (1..|204|304).*");
    if (!neverABody) {
      sorted.keySet().removeAll(FRAMING);
    }
    sorted.forEach((field, lines) -> answer.add(field + ": " + lines));
    answer.add(neverABody ? "" : body(in, headers));
    return answer;
  }

  private static String body(InputStream in, Headers headers) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (headers.containsKey("Transfer-Encoding")) {
      for (int size = size(in); size > 0; size = size(in)) {
        body.write(in.readNBytes(size));
        line(in);
      }
      line(in);
    } else if (headers.containsKey("Content-Length")) {
      body.write(in.readNBytes(Integer.parseInt(headers.getFirst("Content-Length"))));
    } else {
      body.write(in.readAllBytes());
    }
    return body.toString(StandardCharsets.UTF_8);
  }

  private static int size(InputStream in) throws IOException {
    return Integer.parseInt(line(in), 16);
  }

  /** Empty at the end of the stream too. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    try {
      for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
        line.append((char) c);
      }
    } catch (IOException e) {
      return "";
    }
    return line.toString().strip();
  }
}
