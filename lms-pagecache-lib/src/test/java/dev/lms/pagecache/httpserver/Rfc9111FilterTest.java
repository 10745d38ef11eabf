// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.Site.header;
import static dev.lms.pagecache.httpserver.Site.status;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers that speak HTTP caching, behind the filter. */
class Rfc9111FilterTest extends Rfc9111Fixture {
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
}
