// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
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
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
  private static final int CAP = 100_000;

  /** What the filter adds, and how the body is framed. */
  private static final List<String> OF_THE_CACHE =
      List.of("date", "cache-status", "cache-control", "vary", "etag", "age");

  private static final List<String> FRAMING = List.of("content-length", "transfer-encoding");

  /** Does something odd, and notes what became of it. */
  private interface Odd {
    void handle(HttpExchange exchange, List<String> noted) throws IOException;
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void note(List<String> noted, String name, Step step) {
    try {
      step.run();
      noted.add(name);
    } catch (IOException e) {
      noted.add(name + " fails");
    }
  }

  private static void write(HttpExchange exchange, String text) throws IOException {
    exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static final Map<String, Odd> ODD = new LinkedHashMap<>();

  static {
    ODD.put(
        "nothing",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    ODD.put(
        "nothingAndABodyThatIsClosed",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, -1);
          note(noted, "write", () -> write(exchange, ""));
          note(noted, "write more", () -> write(exchange, "x"));
          note(noted, "close", () -> exchange.getResponseBody().close());
        });
    ODD.put(
        "emptyChunks",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().close();
        });
    ODD.put(
        "chunks",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, 0);
          write(exchange, "abc");
          exchange.getResponseBody().flush();
          write(exchange, "def");
          exchange.close();
        });
    ODD.put(
        "oneByteTooMany",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, 3);
          note(noted, "write", () -> write(exchange, "abc"));
          note(noted, "write more", () -> write(exchange, "d"));
          note(noted, "close", () -> exchange.getResponseBody().close());
        });
    ODD.put(
        "tooManyAtOnce",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, 3);
          note(noted, "write", () -> write(exchange, "abcd"));
          note(noted, "write less", () -> write(exchange, "abc"));
          note(noted, "close", () -> exchange.getResponseBody().close());
        });
    ODD.put(
        "closeTwice",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, 3);
          write(exchange, "abc");
          note(noted, "close", () -> exchange.getResponseBody().close());
          note(noted, "close", () -> exchange.getResponseBody().close());
          note(noted, "close all", exchange::close);
          note(noted, "close all", exchange::close);
        });
    ODD.put(
        "writeAfterClose",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, 0);
          write(exchange, "abc");
          note(noted, "close", () -> exchange.getResponseBody().close());
          note(noted, "write", () -> write(exchange, "d"));
        });
    ODD.put(
        "writeAfterTheExchangeWasClosed",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, 0);
          write(exchange, "abc");
          exchange.close();
          note(noted, "write", () -> write(exchange, "d"));
        });
    ODD.put(
        "headersAfterHeaders",
        (exchange, noted) -> {
          exchange.getResponseHeaders().set("X-Before", "1");
          exchange.sendResponseHeaders(200, 3);
          exchange.getResponseHeaders().set("X-After", "1");
          exchange.getResponseHeaders().remove("X-Before");
          exchange.getResponseHeaders().add("Set-Cookie", "late=1");
          write(exchange, "abc");
          exchange.close();
        });
    ODD.put(
        "headersTwice",
        (exchange, noted) -> {
          note(noted, "headers", () -> exchange.sendResponseHeaders(404, 3));
          note(noted, "headers", () -> exchange.sendResponseHeaders(200, 4));
          noted.add("status " + exchange.getResponseCode());
          write(exchange, "abc");
          exchange.close();
        });
    ODD.put(
        "bodyBeforeHeaders",
        (exchange, noted) -> {
          OutputStream body = exchange.getResponseBody();
          noted.add("status " + exchange.getResponseCode());
          note(noted, "write", () -> body.write('x'));
          exchange.sendResponseHeaders(200, 3);
          body.write("abc".getBytes(StandardCharsets.UTF_8));
          body.close();
        });
    for (int status : List.of(204, 304)) {
      for (long length : List.of(0L, -1L, 5L)) {
        ODD.put(
            "s" + status + "of" + length,
            (exchange, noted) -> {
              exchange.getResponseHeaders().set("X-Kept", "1");
              exchange.sendResponseHeaders(status, length);
              note(noted, "write", () -> write(exchange, "abcde"));
              exchange.close();
            });
      }
      ODD.put(
          "s" + status + "leftOpen",
          (exchange, noted) -> {
            exchange.sendResponseHeaders(status, 0);
          });
    }
    for (int status : List.of(201, 205, 206, 302, 400, 404, 416, 500, 599)) {
      for (long length : List.of(-1L, 3L)) {
        ODD.put(
            "s" + status + "of" + length,
            (exchange, noted) -> {
              exchange.getResponseHeaders().set("Content-Range", "bytes 0-2/9");
              exchange.getResponseHeaders().set("Location", "/elsewhere");
              exchange.getResponseHeaders().set("ETag", "\"own\"");
              exchange.sendResponseHeaders(status, length);
              if (length > 0) {
                write(exchange, "abc");
              }
              exchange.close();
            });
      }
    }
    for (int status : List.of(100, 103)) {
      ODD.put(
          "s" + status,
          (exchange, noted) -> {
            exchange.sendResponseHeaders(status, -1);
            note(noted, "headers", () -> exchange.sendResponseHeaders(200, -1));
            exchange.close();
          });
    }
    ODD.put(
        "HEADofNothing",
        (exchange, noted) -> {
          exchange.getResponseHeaders().set("Content-Type", "text/plain");
          exchange.getResponseHeaders().set("Content-Length", "5000");
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    for (long length : List.of(0L, 5000L)) {
      ODD.put(
          "HEADof" + length,
          (exchange, noted) -> {
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, length);
            exchange.close();
          });
      ODD.put(
          "HEADthatWrites" + length,
          (exchange, noted) -> {
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, length);
            note(noted, "write", () -> write(exchange, "a".repeat(5000)));
            exchange.close();
          });
    }
    ODD.put(
        "ownContentLength",
        (exchange, noted) -> {
          exchange.getResponseHeaders().set("Content-Length", "77");
          exchange.sendResponseHeaders(200, 0);
          write(exchange, "abc");
          exchange.close();
        });
    ODD.put(
        "connectionClose",
        (exchange, noted) -> {
          exchange.getResponseHeaders().set("Connection", "close");
          exchange.sendResponseHeaders(200, 3);
          write(exchange, "abc");
          exchange.close();
        });
    ODD.put(
        "severalFields",
        (exchange, noted) -> {
          exchange.getResponseHeaders().add("x-a", "1");
          exchange.getResponseHeaders().add("X-A", "2");
          exchange.getResponseHeaders().add("X-Empty", "");
          exchange.getResponseHeaders().add("Set-Cookie", "a=1");
          exchange.getResponseHeaders().add("Set-Cookie", "b=2");
          exchange.getResponseHeaders().add("Link", "<a>; rel=b");
          exchange.getResponseHeaders().add("Link", "<c>; rel=d");
          exchange.sendResponseHeaders(200, 3);
          write(exchange, "abc");
          exchange.close();
        });
    for (long length : List.of(0L, 3L * CAP)) {
      ODD.put(
          "longOf" + length,
          (exchange, noted) -> {
            exchange.getResponseHeaders().set("ETag", "\"own\"");
            exchange.sendResponseHeaders(200, length);
            for (int i = 0; i < 30; i++) {
              write(exchange, "x".repeat(CAP / 10));
            }
            exchange.close();
          });
    }
    ODD.put(
        "wrappedBody",
        (exchange, noted) -> {
          exchange.setStreams(
              null,
              new FilterOutputStream(exchange.getResponseBody()) {
                @Override
                public void write(int b) throws IOException {
                  out.write(Character.toUpperCase(b));
                }
              });
          exchange.sendResponseHeaders(200, 3);
          write(exchange, "abc");
          exchange.getResponseBody().close();
        });
    ODD.put(
        "throwsBeforehand",
        (exchange, noted) -> {
          throw new IOException("no answer");
        });
    ODD.put("closesWithoutAnswer", (exchange, noted) -> exchange.close());
  }

  static Stream<String> odd() {
    return ODD.keySet().stream();
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
            ODD.get(name).handle(exchange, noted);
          } finally {
            NOTED.add(noted);
          }
        });
  }

  private static void cached(String path, Optional<PageRule> rule) {
    PageCache cache =
        PageCache.builder(new LocalPageStore(10 << 20, PurgeCounters.inProcess(), CLOCK))
            .clock(CLOCK)
            .maxPageBytes(CAP)
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
      List<String> noted = NOTED.poll(20, TimeUnit.SECONDS);
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
