// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.Site.header;
import static dev.lms.pagecache.httpserver.Site.status;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageRule;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers that speak HTTP caching, behind the filter. */
class Rfc9111FilterTest {
  private static final PageRule RULE = PageRule.rfc9111(Audience.EVERYONE, Duration.ofDays(1));

  private final AtomicInteger renders = new AtomicInteger();
  private Site site;

  @BeforeEach
  void open() throws IOException {
    site = new Site();
  }

  @AfterEach
  void close() {
    site.close();
  }

  private static void answer(HttpExchange exchange, String text, String... fields)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/plain");
    for (String field : fields) {
      String[] parts = field.split(": ", 2);
      exchange.getResponseHeaders().add(parts[0], parts[1]);
    }
    Site.send(exchange, 200, text);
  }

  private static String requested(HttpExchange exchange, String name) {
    return String.valueOf(exchange.getRequestHeaders().getFirst(name));
  }

  @Test
  void theAnswerSaysHowLong() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange -> answer(exchange, "v" + renders.incrementAndGet(), "Cache-Control: max-age=60"));
    HttpResponse<byte[]> first = site.get("/a");
    assertEquals("lms; fwd=miss; stored; detail=anon", status(first));
    assertEquals("max-age=60", header(first, "Cache-Control"));
    assertEquals("", header(first, "Vary"));
    site.clock.advance(Duration.ofSeconds(59));
    HttpResponse<byte[]> second = site.get("/a");
    assertEquals("v1", text(second));
    assertEquals("59", header(second, "Age"));
    assertEquals("lms; hit; ttl=1; detail=anon", status(second));
    site.clock.advance(Duration.ofSeconds(1));
    assertEquals("v2", text(site.get("/a")));
  }

  @Test
  void theWholeQueryCounts() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange ->
            answer(
                exchange,
                String.valueOf(exchange.getRequestURI().getRawQuery()),
                "Cache-Control: max-age=60"));
    for (int i = 0; i < 2; i++) {
      assertEquals("null", text(site.get("/a")));
      assertEquals("x=1&utm_source=y", text(site.get("/a?x=1&utm_source=y")));
      assertEquals("utm_source=y&x=1", text(site.get("/a?utm_source=y&x=1")));
    }
  }

  @Test
  void pagesThatVaryAreNeverMixed() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange -> {
          renders.incrementAndGet();
          answer(
              exchange,
              requested(exchange, "Accept-Language") + '/' + requested(exchange, "Cookie"),
              "Cache-Control: max-age=60",
              "Vary: Accept-Language, cookie");
        });
    for (int i = 0; i < 3; i++) {
      assertEquals("null/null", text(site.get("/a")));
      assertEquals("de/null", text(site.get("/a", "Accept-Language", "de")));
      assertEquals("en/null", text(site.get("/a", "Accept-Language", "en")));
      assertEquals("en/a=1", text(site.get("/a", "Accept-Language", "en", "Cookie", "a=1")));
      assertEquals("en/a=2", text(site.get("/a", "Accept-Language", "en", "Cookie", "a=2")));
    }
    assertEquals(5, renders.get());
  }

  /** Nobody knows yet that the page varies; who waited for another's render finds out. */
  @Test
  void aColdPageThatVariesIsNotSharedByThoseWhoWaitForIt() throws Exception {
    CountDownLatch letGo = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    site.page(
        "/a",
        RULE,
        exchange -> {
          String who = requested(exchange, "Accept-Language");
          if (who.equals("l0")) {
            begun.countDown();
            await(letGo);
          }
          answer(exchange, who, "Cache-Control: max-age=60", "Vary: Accept-Language");
        });
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<HttpResponse<byte[]>>> all = new ArrayList<>();
      all.add(threads.submit(() -> site.get("/a", "Accept-Language", "l0")));
      await(begun);
      for (int i = 1; i < 20; i++) {
        String language = "l" + i;
        all.add(threads.submit(() -> site.get("/a", "Accept-Language", language)));
      }
      letGo.countDown();
      for (int i = 0; i < 20; i++) {
        assertEquals("l" + i, text(all.get(i).get(30, TimeUnit.SECONDS)));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void aPurgeEndsAllPagesThatVary() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange ->
            answer(
                exchange,
                "v" + renders.incrementAndGet(),
                "Cache-Control: max-age=60",
                "Vary: Accept-Language",
                "Cache-Tag: t"));
    assertEquals("v1", text(site.get("/a", "Accept-Language", "de")));
    assertEquals("v2", text(site.get("/a", "Accept-Language", "en")));
    site.cache.purge("t");
    assertEquals("v3", text(site.get("/a", "Accept-Language", "de")));
    assertEquals("v4", text(site.get("/a", "Accept-Language", "en")));
  }

  /** What tells that a page varies lasts as long as the longest of its pages, not as the last. */
  @Test
  void aPageThatVariesIsFoundThoughAnotherOfItsKindHasEnded() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange -> {
          renders.incrementAndGet();
          String language = requested(exchange, "Accept-Language");
          answer(
              exchange,
              language,
              "Cache-Control: max-age=" + (language.equals("de") ? 600 : 10),
              "Vary: Accept-Language");
        });
    assertEquals("de", text(site.get("/a", "Accept-Language", "de")));
    assertEquals("en", text(site.get("/a", "Accept-Language", "en")));
    site.clock.advance(Duration.ofSeconds(30));
    assertEquals("de", text(site.get("/a", "Accept-Language", "de")));
    assertEquals(2, renders.get());
  }

  @Test
  void aHandlerThatConfirmsAStalePageRefreshesItsFieldsAndNotItsBody() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange -> {
          int n = renders.incrementAndGet();
          if (requested(exchange, "If-None-Match").equals("\"one\"")) {
            exchange.getResponseHeaders().set("Cache-Control", "max-age=100");
            exchange.getResponseHeaders().set("X-New", "n" + n);
            exchange.getResponseHeaders().set("Content-Length", "4711");
            exchange.sendResponseHeaders(304, -1);
            exchange.close();
          } else {
            answer(
                exchange,
                "body" + n,
                "Cache-Control: max-age=60",
                "ETag: \"one\"",
                "Last-Modified: Tue, 01 Jan 2019 00:00:00 GMT",
                "X-Old: o",
                "X-New: o");
          }
        });
    assertEquals("body1", text(site.get("/a")));
    site.clock.advance(Duration.ofSeconds(60));
    HttpResponse<byte[]> confirmed = site.get("/a");
    assertEquals("lms; fwd=stale; stored; detail=anon", status(confirmed));
    assertEquals(200, confirmed.statusCode());
    assertEquals("body1", text(confirmed));
    assertEquals("n2", header(confirmed, "X-New"));
    assertEquals("o", header(confirmed, "X-Old"));
    assertEquals("\"one\"", header(confirmed, "ETag"));
    site.clock.advance(Duration.ofSeconds(99));
    assertEquals("lms; hit; ttl=1; detail=anon", status(site.get("/a")));
    site.clock.advance(Duration.ofSeconds(1));
    assertEquals(304, site.get("/a", "If-None-Match", "\"one\"").statusCode());
    assertEquals(3, renders.get());
  }

  /** P1: the page is confirmed, but it was purged while the handler thought about it. */
  @Test
  void aPurgeWhileAPageIsConfirmedIsStrongerThanTheConfirmation() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange -> {
          renders.incrementAndGet();
          if (requested(exchange, "If-None-Match").equals("\"one\"")) {
            site.cache.purgeAll();
            exchange.sendResponseHeaders(304, -1);
            exchange.close();
          } else {
            answer(exchange, "v" + renders, "Cache-Control: max-age=60", "ETag: \"one\"");
          }
        });
    site.get("/a");
    site.clock.advance(Duration.ofSeconds(60));
    assertEquals("lms; fwd=stale; detail=anon/purged", status(site.get("/a")));
    HttpResponse<byte[]> next = site.get("/a");
    assertEquals("lms; fwd=miss; stored; detail=anon", status(next));
    assertEquals("v3", text(next));
  }

  @Test
  void noCacheIsStoredAndConfirmedAtEachUse() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange -> {
          renders.incrementAndGet();
          if (requested(exchange, "If-Modified-Since").startsWith("Tue, 01 Jan 2019")) {
            exchange.sendResponseHeaders(304, -1);
            exchange.close();
          } else {
            answer(
                exchange,
                "body",
                "Cache-Control: no-cache",
                "Last-Modified: Tue, 01 Jan 2019 00:00:00 GMT");
          }
        });
    for (int i = 1; i < 4; i++) {
      assertEquals("body", text(site.get("/a")));
      assertEquals(i, renders.get());
    }
  }

  @Test
  void conditionsAreJudgedByTheStoredPage() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange ->
            answer(
                exchange,
                "body",
                "Cache-Control: max-age=60",
                "ETag: W/\"a\"",
                "Last-Modified: Tue, 01 Jan 2019 00:00:00 GMT"));
    site.get("/a");
    assertEquals(304, site.get("/a", "If-None-Match", "\"x\", W/\"a\"").statusCode());
    assertEquals(
        304, site.get("/a", "If-Modified-Since", "Tue, 01 Jan 2019 00:00:00 GMT").statusCode());
    assertEquals(
        200, site.get("/a", "If-Modified-Since", "Mon, 31 Dec 2018 00:00:00 GMT").statusCode());
    assertEquals(
        200,
        site.get(
                "/a",
                "If-None-Match",
                "\"b\"",
                "If-Modified-Since",
                "Tue, 01 Jan 2019 00:00:00 GMT")
            .statusCode(),
        "If-None-Match comes first");
  }

  @Test
  void rangesAreCutOutOfTheStoredPage() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange ->
            answer(exchange, "0123456789", "Cache-Control: max-age=60", "ETag: \"a\"", "X-A: 1"));
    for (int i = 0; i < 2; i++) {
      HttpResponse<byte[]> part = site.get("/a", "Range", "bytes=2-4");
      assertEquals(206, part.statusCode());
      assertEquals("234", text(part));
      assertEquals("bytes 2-4/10", header(part, "Content-Range"));
      assertEquals("1", header(part, "X-A"));
    }
    assertEquals("89", text(site.get("/a", "Range", "bytes=-2", "If-Range", "\"a\"")));
    assertEquals("0123456789", text(site.get("/a", "Range", "bytes=-2", "If-Range", "\"b\"")));
    HttpResponse<byte[]> none = site.get("/a", "Range", "bytes=10-");
    assertEquals(416, none.statusCode());
    assertEquals("bytes */10", header(none, "Content-Range"));
  }

  @Test
  void gzipMakesTheHandlersTagWeak() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange ->
            answer(exchange, "word ".repeat(100), "Cache-Control: max-age=60", "ETag: \"a\""));
    assertEquals("\"a\"", header(site.get("/a"), "ETag"));
    HttpResponse<byte[]> zipped = site.get("/a", "Accept-Encoding", "gzip");
    assertEquals("gzip", header(zipped, "Content-Encoding"));
    assertEquals("W/\"a\"", header(zipped, "ETag"));
    assertEquals("Accept-Encoding", header(zipped, "Vary"));
    assertEquals(
        304, site.get("/a", "Accept-Encoding", "gzip", "If-None-Match", "W/\"a\"").statusCode());
  }

  @Test
  void requestsMayWantSomethingFresherOrOnlyWhatIsStored() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange -> answer(exchange, "v" + renders.incrementAndGet(), "Cache-Control: max-age=60"));
    assertEquals(504, site.get("/a", "Cache-Control", "only-if-cached").statusCode());
    site.get("/a");
    assertEquals("v1", text(site.get("/a", "Cache-Control", "only-if-cached")));
    HttpResponse<byte[]> insisted = site.get("/a", "Cache-Control", "no-cache");
    assertEquals("v2", text(insisted));
    assertEquals("lms; fwd=request; detail=anon/request", status(insisted));
  }

  @Test
  void credentialsGetOnlyWhatIsForAll() throws Exception {
    site.page(
        "/own",
        RULE,
        exchange ->
            answer(exchange, requested(exchange, "Authorization"), "Cache-Control: max-age=60"));
    site.page(
        "/public",
        RULE,
        exchange ->
            answer(exchange, "v" + renders.incrementAndGet(), "Cache-Control: public, max-age=60"));
    assertEquals("null", text(site.get("/own")));
    assertEquals("me", text(site.get("/own", "Authorization", "me")));
    assertEquals("you", text(site.get("/own", "Authorization", "you")));
    assertEquals("null", text(site.get("/own")));
    assertEquals("v1", text(site.get("/public", "Authorization", "me")));
    assertEquals("v1", text(site.get("/public", "Authorization", "you")));
    assertEquals("v1", text(site.get("/public")));
  }

  /** P2 and P3 hold here too. */
  @Test
  void whatIsAboutOnePersonIsNotShared() throws Exception {
    PageRule bySignIn = PageRule.rfc9111(Audience.BY_SIGN_IN, Duration.ofDays(1));
    site.page(
        "/who",
        bySignIn,
        exchange -> answer(exchange, site.readUser(), "Cache-Control: max-age=60"));
    site.page(
        "/menu",
        bySignIn,
        exchange ->
            answer(
                exchange,
                PageCacheFilter.hole(exchange, "user-menu"),
                "Cache-Control: public, max-age=60"));
    site.page(
        "/cookie",
        RULE,
        exchange -> {
          String n = Integer.toString(renders.incrementAndGet());
          answer(exchange, n, "Cache-Control: max-age=60", "Set-Cookie: n=" + n);
        });
    for (int i = 0; i < 2; i++) {
      assertEquals("anna", text(site.get("/who", "X-User", "anna")));
      assertEquals("ben", text(site.get("/who", "X-User", "ben")));
      assertEquals("", text(site.get("/who")));
    }
    assertEquals("private, no-cache", header(site.get("/who", "X-User", "anna"), "Cache-Control"));
    HttpResponse<byte[]> menu = site.get("/menu", "X-User", "anna");
    assertEquals("<b>anna</b>", text(menu));
    assertEquals("private, no-cache", header(menu, "Cache-Control"));
    assertEquals("Accept-Encoding, Cookie", header(menu, "Vary"));
    assertEquals("private, no-cache", header(site.get("/menu"), "Cache-Control"));
    assertEquals("1", text(site.get("/cookie")));
    assertEquals("2", text(site.get("/cookie")));
  }

  @Test
  void headIsAnsweredFromAStoredGet() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange -> answer(exchange, "body", "Cache-Control: max-age=60", "ETag: \"a\""));
    assertEquals("lms; fwd=miss; detail=anon/head", status(site.send("HEAD", "/a")));
    site.get("/a");
    HttpResponse<byte[]> head = site.send("HEAD", "/a");
    assertEquals("lms; hit; ttl=60; detail=anon", status(head));
    assertEquals("4", header(head, "Content-Length"));
  }

  /** A request that took a stack, and one that took minutes. */
  @ParameterizedTest
  @ValueSource(strings = {"a", ",", "\"", "\\", " ,", "a=\"", "\t"})
  void noCacheControlOfARequestTakesLong(String piece) throws Exception {
    site.page("/a", RULE, exchange -> answer(exchange, "body", "Cache-Control: max-age=60"));
    site.get("/a");
    String value = "a=\"" + piece.repeat(40_000 / piece.length()) + '"';
    for (String name : List.of("Cache-Control", "Accept-Encoding", "If-None-Match", "Pragma")) {
      HttpResponse<byte[]> response = site.get("/a", name, value);
      assertEquals("body", text(response), name);
    }
  }

  @Test
  void everyHostHasItsOwnPages() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange -> answer(exchange, requested(exchange, "Host"), "Cache-Control: max-age=60"));
    for (int i = 0; i < 2; i++) {
      assertEquals("evil.example", bodyOf(raw("GET /a HTTP/1.1", "Host: evil.example")));
      assertEquals("good.example", bodyOf(raw("GET /a HTTP/1.1", "Host: good.example")));
      assertEquals("good.example:81", bodyOf(raw("GET /a HTTP/1.1", "Host: good.example:81")));
      assertEquals("good.example", bodyOf(raw("GET /a HTTP/1.1", "Host: GOOD.example")));
      raw("GET http://evil.example/a HTTP/1.1", "Host: good.example");
      raw("GET /a HTTP/1.1", "Host: evil.example", "Host: good.example");
      raw("GET /a HTTP/1.1", "Host: good.example", "Host: evil.example");
    }
  }

  private static String bodyOf(String response) {
    return response.substring(response.indexOf("\r\n\r\n") + 4);
  }

  /** Sends what no client would. */
  private String raw(String... lines) throws IOException {
    try (Socket socket = site.connect()) {
      String request = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A date says when something changed, not for whom it is. */
  @Test
  void noDateIsTakenForAnotherPersonsPage() throws Exception {
    PageRule bySignIn = PageRule.rfc9111(Audience.BY_SIGN_IN, Duration.ofDays(1));
    String[] fields = {"Cache-Control: max-age=60", "Last-Modified: Tue, 01 Jan 2019 00:00:00 GMT"};
    site.page(
        "/holes",
        RULE,
        exchange -> answer(exchange, PageCacheFilter.hole(exchange, "user-menu"), fields));
    site.page(
        "/variants",
        bySignIn,
        exchange -> answer(exchange, "" + PageCacheFilter.variant(exchange), fields));
    site.page("/own", RULE, exchange -> answer(exchange, "for " + site.readUser(), fields));
    site.page(
        "/varies",
        RULE,
        exchange -> {
          exchange.getResponseHeaders().set("Vary", "Cookie");
          answer(exchange, requested(exchange, "Cookie"), fields);
        });
    for (String path : List.of("/holes", "/variants", "/own", "/varies")) {
      site.get(path, "X-User", "anna", "Cookie", "a=1");
      for (int i = 0; i < 2; i++) {
        HttpResponse<byte[]> stranger =
            site.get(path, "If-Modified-Since", "Wed, 01 Jan 2020 00:00:00 GMT");
        assertEquals(200, stranger.statusCode(), path);
      }
    }
    site.page("/same", RULE, exchange -> answer(exchange, "for all", fields));
    site.get("/same", "X-User", "anna");
    assertEquals(
        304, site.get("/same", "If-Modified-Since", "Wed, 01 Jan 2020 00:00:00 GMT").statusCode());
  }

  /** A cache behind this one must not be told the opposite. */
  @Test
  void whatIsAboutAPersonIsToldToNoCache() throws Exception {
    PageRule bySignIn = PageRule.rfc9111(Audience.BY_SIGN_IN, Duration.ofDays(1));
    String[] fields = {
      "Cache-Control: max-age=60",
      "CDN-Cache-Control: max-age=600",
      "Cloudflare-CDN-Cache-Control: max-age=600",
      "Surrogate-Control: max-age=600",
      "Edge-Control: max-age=600",
      "X-Accel-Expires: 600",
      "Expires: Fri, 01 Jan 2100 00:00:00 GMT"
    };
    site.page(
        "/menu",
        RULE,
        exchange -> answer(exchange, PageCacheFilter.hole(exchange, "user-menu"), fields));
    site.page("/who", bySignIn, exchange -> answer(exchange, "for people", fields));
    site.page("/all", RULE, exchange -> answer(exchange, "for all", fields));
    for (int i = 0; i < 2; i++) {
      for (String path : List.of("/menu", "/who")) {
        HttpResponse<byte[]> own = site.get(path, "X-User", "anna");
        assertEquals("private, no-cache", header(own, "Cache-Control"));
        for (String field : fields) {
          String name = field.substring(0, field.indexOf(':'));
          assertTrue(name.equals("Cache-Control") || header(own, name).isEmpty(), field);
        }
      }
      HttpResponse<byte[]> all = site.get("/all", "X-User", "anna");
      assertEquals("max-age=600", header(all, "CDN-Cache-Control"));
      assertEquals("600", header(all, "X-Accel-Expires"));
    }
  }
}
