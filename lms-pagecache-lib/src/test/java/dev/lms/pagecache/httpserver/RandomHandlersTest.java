// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;

/**
 * Handlers that answer at random, in ways the server allows, asked by clients of many kinds: what
 * comes from behind the filter is what comes without it, or a part of it that was asked for.
 */
class RandomHandlersTest {
  private static final int CAP = 20_000;
  private static final int HANDLERS = 25;
  private static final Pattern PART = Pattern.compile("bytes ([0-9]+)-([0-9]+)/([0-9]+)");

  /** What the filter adds or answers by itself, and what is about framing. */
  private static final List<String> NOT_COMPARED =
      List.of(
          "date",
          "cache-status",
          "cache-control",
          "vary",
          "etag",
          "age",
          "expires",
          "content-length",
          "content-encoding",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "cache-tag");

  private record Handler(
      int status,
      long length,
      String body,
      List<Integer> pieces,
      boolean flushes,
      int ending,
      Map<String, String> fields) {
    static Handler random(Random random) {
      int status =
          pick(random, 200, 200, 200, 200, 203, 204, 206, 301, 302, 304, 404, 416, 500, 503);
      boolean without = status == 204 || status == 304;
      byte[] body =
          new byte[without ? 0 : pick(random, 0, 1, 100, 5_000, CAP - 1, CAP, CAP + 1, 60_000)];
      for (int i = 0; i < body.length; i++) {
        body[i] = (byte) ('a' + (i * 7 + i / 300) % 26);
      }
      long length =
          without
              ? pick(random, -1, 0)
              : body.length == 0 ? pick(random, -1, 0) : pick(random, 0, body.length);
      List<Integer> pieces = new ArrayList<>();
      for (int left = body.length; left > 0; ) {
        int piece =
            Math.min(left, 1 + random.nextInt(pick(random, 3, 900, 30_000)) + body.length / 50);
        pieces.add(piece);
        left -= piece;
      }
      Map<String, String> fields = new TreeMap<>();
      String[][] some = {
        {"Content-Type", "text/plain"},
        {"Content-Type", "text/event-stream"},
        {"Content-Type", "application/octet-stream"},
        {"Cache-Control", "no-store"},
        {"Cache-Control", "max-age=60"},
        {"Cache-Control", "private, max-age=60"},
        {"Cache-Control", "public, max-age=60, no-transform"},
        {"Cache-Control", "no-cache"},
        {"Set-Cookie", "a=b"},
        {"Vary", "Accept"},
        {"Vary", "*"},
        {"ETag", "\"own\""},
        {"ETag", "W/\"own\""},
        {"Last-Modified", "Tue, 01 Jan 2019 00:00:00 GMT"},
        {"Age", "5"},
        {"Expires", "Tue, 01 Jan 2019 00:00:00 GMT"},
        {"Location", "/elsewhere"},
        {"X-Any", "thing"},
        {"Cache-Tag", "t"}
      };
      for (String[] field : some) {
        if (random.nextInt(4) == 0) {
          fields.put(field[0], field[1]);
        }
      }
      return new Handler(
          status,
          length,
          new String(body, StandardCharsets.US_ASCII),
          pieces,
          random.nextInt(3) == 0,
          random.nextInt(4),
          fields);
    }

    void handle(HttpExchange exchange) throws IOException {
      boolean head = exchange.getRequestMethod().equals("HEAD");
      fields.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
      exchange.sendResponseHeaders(status, head ? -1 : length);
      byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
      int at = 0;
      for (int piece : head ? List.<Integer>of() : pieces) {
        exchange.getResponseBody().write(bytes, at, piece);
        at += piece;
        if (flushes) {
          exchange.getResponseBody().flush();
        }
      }
      switch (ending) {
        case 0 -> exchange.close();
        case 1 -> exchange.getResponseBody().close();
        case 2 -> {
          exchange.getResponseBody().close();
          exchange.close();
          exchange.close();
        }
        default -> {
          exchange.close();
          throw new IOException("after the answer");
        }
      }
    }
  }

  private static int pick(Random random, int... some) {
    return some[random.nextInt(some.length)];
  }

  private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
  private final ManualClock clock = new ManualClock();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(threads);
    context("/bare/");
    cached("/none/", Optional.empty());
    PageRule declared = PageRule.shared(Duration.ofMinutes(1));
    cached("/declared/", Optional.of(declared));
    PageRule rfc = PageRule.rfc9111(Audience.EVERYONE, Duration.ofMinutes(1));
    cached("/rfc/", Optional.of(rfc.withStaleIfError(Duration.ofMinutes(1))));
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private HttpContext context(String path) {
    return server.createContext(
        path,
        exchange ->
            requireNonNull(
                    handlers.get(exchange.getRequestURI().getPath().substring(path.length())))
                .handle(exchange));
  }

  private void cached(String path, Optional<PageRule> rule) {
    PageCache cache =
        PageCache.builder(new LocalPageStore(10 << 20, PurgeCounters.inProcess(), clock))
            .clock(clock)
            .maxPageBytes(CAP)
            .maxWait(Duration.ofSeconds(20))
            .build();
    context(path)
        .getFilters()
        .add(
            PageCacheFilter.builder(cache, exchange -> rule, exchange -> Asker.ANONYMOUS)
                .personalReads(exchange -> 0)
                .build());
  }

  private record Got(int status, Map<String, List<String>> fields, String body, boolean whole) {}

  @RepeatedTest(3)
  void comesAsWithoutTheCache() throws Exception {
    long seed = Long.getLong("handlers.seed", new Random().nextLong());
    Random random = new Random(seed);
    for (int n = 0; n < HANDLERS; n++) {
      Handler handler = Handler.random(random);
      handlers.put("h" + n, handler);
      for (int i = 0; i < 4; i++) {
        String method = pick(random, 0, 0, 0, 1) == 1 ? "HEAD" : "GET";
        String version = pick(random, 0, 1) == 1 ? "1.0" : "1.1";
        String more =
            List.of(
                    "",
                    "Accept-Encoding: gzip\r\n",
                    "Range: bytes=5-9\r\n",
                    "Range: bytes=-3\r\nAccept-Encoding: gzip\r\n",
                    "Range: bytes=90000-\r\n",
                    "Range: bytes=0-0\r\nIf-Range: \"own\"\r\n",
                    "If-None-Match: \"other\"\r\n",
                    "If-Match: \"other\"\r\nCache-Control: no-cache\r\n")
                .get(random.nextInt(8));
        Got bare = ask("/bare/h" + n, method, version, more);
        for (String path : List.of("/none/h", "/declared/h", "/rfc/h")) {
          String told =
              "seed "
                  + seed
                  + " handler "
                  + n
                  + ' '
                  + handler
                  + " asked "
                  + path
                  + ' '
                  + method
                  + ' '
                  + version
                  + ' '
                  + more;
          compare(bare, ask(path + n, method, version, more), told);
        }
        clock.advance(Duration.ofSeconds(pick(random, 0, 0, 61)));
      }
    }
  }

  private static void compare(Got bare, Got got, String told) {
    if (got.status == 206 && bare.status == 200) {
      Matcher part = PART.matcher(requireNonNull(got.fields.get("content-range")).get(0));
      assertTrue(part.matches(), told);
      int from = Integer.parseInt(part.group(1));
      int to = Integer.parseInt(part.group(2)) + 1;
      assertEquals(bare.body.length(), Integer.parseInt(part.group(3)), told);
      assertEquals(bare.body.substring(from, to), got.body, told);
      return;
    }
    if (got.status == 416 && bare.status == 200) {
      assertEquals(List.of("bytes */" + bare.body.length()), got.fields.get("content-range"), told);
      return;
    }
    assertEquals(bare.whole, got.whole, told);
    assertEquals(bare.status, got.status, told);
    assertEquals(comparable(bare), comparable(got), told);
    assertTrue(
        bare.body.equals(got.body),
        () -> told + " bare " + bare.body.length() + " got " + got.body.length());
  }

  private static Map<String, List<String>> comparable(Got got) {
    Map<String, List<String>> fields = new TreeMap<>(got.fields);
    fields.keySet().removeAll(NOT_COMPARED);
    return fields;
  }

  private Got ask(String path, String method, String version, String more) throws IOException {
    try (Socket socket =
        new Socket(server.getAddress().getAddress(), server.getAddress().getPort())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              (method + ' ' + path + " HTTP/" + version + "\r\nHost: x\r\n" + more + "\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = new BufferedInputStream(socket.getInputStream());
      String status = line(in);
      if (status.isEmpty()) {
        return new Got(0, Map.of(), "", false);
      }
      Headers headers = new Headers();
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        headers.add(
            line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1).strip());
      }
      Map<String, List<String>> fields = new TreeMap<>();
      headers.forEach((name, lines) -> fields.put(name.toLowerCase(java.util.Locale.ROOT), lines));
      int code = Integer.parseInt(status.split(" ", 3)[1]);
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      boolean whole = true;
      if (!method.equals("HEAD") && code != 204 && code != 304) {
        try {
          read(in, headers, body);
        } catch (IOException e) {
          whole = false;
        }
      }
      byte[] bytes = body.toByteArray();
      if (fields.containsKey("content-encoding") && whole && bytes.length > 0) {
        bytes = new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
      }
      return new Got(code, fields, new String(bytes, StandardCharsets.US_ASCII), whole);
    }
  }

  private static void read(InputStream in, Headers headers, ByteArrayOutputStream body)
      throws IOException {
    if (headers.containsKey("Transfer-Encoding")) {
      for (int size = size(in); size > 0; size = size(in)) {
        body.write(in.readNBytes(size));
        line(in);
      }
      line(in);
    } else if (headers.containsKey("Content-Length")) {
      int length = Integer.parseInt(headers.getFirst("Content-Length"));
      body.write(in.readNBytes(length));
      if (body.size() < length) {
        throw new EOFException();
      }
    } else {
      body.write(in.readAllBytes());
    }
  }

  private static int size(InputStream in) throws IOException {
    String line = line(in);
    if (line.isEmpty()) {
      throw new EOFException();
    }
    return Integer.parseInt(line, 16);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }
}
