// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.Site.header;
import static dev.lms.pagecache.httpserver.Site.html;
import static dev.lms.pagecache.httpserver.Site.status;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.contract.Parallel;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageCacheFilterTest extends FilterFixture {
  @Test
  void theSecondRequestHits() throws Exception {
    site.page("/", SHARED, exchange -> html(exchange, FILLER + renders.incrementAndGet()));
    HttpResponse<byte[]> first = site.get("/");
    assertEquals("lms; fwd=miss; stored; detail=anon", status(first));
    assertEquals("", header(first, "Age"));
    site.clock.advance(Duration.ofSeconds(3));
    HttpResponse<byte[]> second = site.get("/");
    assertEquals("lms; hit; ttl=87; detail=anon", status(second));
    assertEquals("3", header(second, "Age"));
    assertEquals(text(first), text(second));
    assertEquals(header(first, "ETag"), header(second, "ETag"));
    assertEquals("text/html; charset=utf-8", header(second, "Content-Type"));
    assertEquals("yes", header(second, "X-Outside"));
    assertEquals("no-cache", header(second, "Cache-Control"));
    assertEquals("Accept-Encoding, Cookie", header(second, "Vary"));
    site.clock.advance(Duration.ofSeconds(87));
    assertEquals("lms; fwd=miss; stored; detail=anon", status(site.get("/")));
    assertEquals(2, renders.get());
  }

  @Test
  void revalidatesAsRfc9110Says() throws Exception {
    site.page("/", SHARED, exchange -> html(exchange, FILLER));
    String tag = header(site.get("/"), "ETag");
    for (String condition : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
      HttpResponse<byte[]> response = site.get("/", "If-None-Match", condition);
      assertEquals(304, response.statusCode(), condition);
      assertEquals(0, response.body().length);
      assertEquals(tag, header(response, "ETag"));
      assertEquals("no-cache", header(response, "Cache-Control"));
      assertEquals("Accept-Encoding, Cookie", header(response, "Vary"));
      assertEquals("", header(response, "Content-Type"));
      assertTrue(status(response).startsWith("lms; hit"));
    }
    assertEquals(200, site.get("/", "If-None-Match", "\"x\"").statusCode());
    assertEquals(
        200,
        site.get("/", "If-None-Match", tag, "Accept-Encoding", "gzip").statusCode(),
        "the tag of another coding");
  }

  @Test
  void conditionsNeverReachTheHandler() throws Exception {
    site.page(
        "/",
        SHARED,
        exchange -> {
          boolean seen =
              exchange.getRequestHeaders().containsKey("If-None-Match")
                  || exchange.getRequestHeaders().getFirst("Range") != null
                  || exchange.getRequestHeaders().get("Accept-Encoding") != null;
          html(exchange, seen ? "part" : "whole");
        });
    HttpResponse<byte[]> response =
        site.get("/", "If-None-Match", "\"x\"", "Range", "bytes=0-1", "Accept-Encoding", "gzip");
    assertEquals("whole", text(response));
    assertEquals("lms; fwd=miss; stored; detail=anon", status(response));
  }

  @Test
  void headIsAnsweredFromAStoredGetAndNeverStored() throws Exception {
    site.page(
        "/",
        SHARED,
        exchange -> {
          renders.incrementAndGet();
          if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(200, -1);
          } else {
            html(exchange, menuPage(exchange));
          }
        });
    assertEquals("lms; fwd=miss; detail=anon/head", status(site.send("HEAD", "/")));
    assertEquals("lms; fwd=miss; detail=anon/head", status(site.send("HEAD", "/")));
    HttpResponse<byte[]> get = site.get("/");
    assertEquals("lms; fwd=miss; stored; detail=anon", status(get));
    int before = renders.get();
    HttpResponse<byte[]> head = site.send("HEAD", "/");
    assertEquals("lms; hit; ttl=90; detail=anon", status(head));
    assertEquals(Integer.toString(get.body().length), header(head, "Content-Length"));
    assertEquals(header(get, "ETag"), header(head, "ETag"));
    assertEquals(304, site.send("HEAD", "/", "If-None-Match", header(get, "ETag")).statusCode());
    assertEquals(before, renders.get());
  }

  @Test
  void postsGoStraightThrough() throws Exception {
    site.page(
        "/",
        SHARED,
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          html(exchange, site.readUser() + exchange.getRequestHeaders().getFirst("X-Any") + body);
        });
    HttpResponse<byte[]> post = site.send("POST", "/", "X-User", "anna", "X-Any", "1");
    assertEquals("anna1a=b", text(post));
    assertEquals("lms; fwd=bypass; detail=user/post", status(post));
    assertEquals("no-store", header(post, "Cache-Control"));
    assertEquals("lms; fwd=bypass; detail=anon/method", status(site.send("DELETE", "/")));
  }

  @Test
  void whatIsNeverCachedIsCompressedTooWhenItsLengthIsKnown() throws Exception {
    String page = "<p>never cached</p>".repeat(100);
    site.uncached("/long", exchange -> html(exchange, page));
    HttpResponse<byte[]> plain = site.get("/long");
    assertEquals(page, text(plain));
    assertEquals("", header(plain, "Content-Encoding"));
    HttpResponse<byte[]> zipped = site.get("/long", "Accept-Encoding", "gzip");
    assertEquals("gzip", header(zipped, "Content-Encoding"));
    assertEquals(page, gunzip(zipped));
    assertTrue(zipped.body().length < page.length() / 2);
    site.uncached("/short", exchange -> html(exchange, "short"));
    assertEquals("", header(site.get("/short", "Accept-Encoding", "gzip"), "Content-Encoding"));
  }

  @Test
  void whatANeverCachedRouteSaysToBrowsersStands() throws Exception {
    site.uncached(
        "/app.css",
        exchange -> {
          exchange.getResponseHeaders().set("Cache-Control", "public, max-age=31536000");
          Site.send(exchange, 200, "body {}");
        });
    HttpResponse<byte[]> css = site.get("/app.css");
    assertEquals("public, max-age=31536000", header(css, "Cache-Control"));
    assertEquals("", header(css, "Vary"));
  }

  @Test
  void twoHundredColdRequestsRenderOnce() throws Exception {
    site.page("/", SHARED, exchange -> html(exchange, menuPage(exchange)));
    List<HttpResponse<byte[]>> all = Parallel.run(200, () -> site.get("/"));
    assertEquals(1, renders.get());
    assertEquals(1, all.stream().map(Site::text).distinct().count());
  }

  @Test
  void errorsAreNotStored() throws Exception {
    site.page("/500", SHARED, exchange -> Site.send(exchange, 500, "oops"));
    assertEquals("lms; fwd=miss; detail=anon/error", status(site.get("/500")));
    site.page(
        "/throws",
        SHARED,
        exchange -> {
          throw new IllegalStateException("the database is gone");
        });
    HttpResponse<byte[]> thrown = site.get("/throws");
    assertEquals(500, thrown.statusCode());
    assertEquals("lms; fwd=miss; detail=anon/aborted", status(thrown));
  }

  @Test
  void halfAnAnswerIsNeitherSentNorStored() throws Exception {
    site.page(
        "/short",
        SHARED,
        exchange -> {
          exchange.sendResponseHeaders(200, 10);
          exchange.getResponseBody().write('x');
        });
    site.page("/none", SHARED, exchange -> {});
    site.page(
        "/open",
        SHARED,
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('x');
        });
    site.page(
        "/more",
        SHARED,
        exchange -> {
          exchange.sendResponseHeaders(200, 1);
          exchange.getResponseBody().write(new byte[2]);
        });
    for (String path : List.of("/short", "/none", "/open", "/more")) {
      HttpResponse<byte[]> response = site.get(path);
      assertEquals(500, response.statusCode(), path);
      assertEquals("lms; fwd=miss; detail=anon/aborted", status(response), path);
    }
    HttpResponse<byte[]> small = site.get("/short");
    assertEquals("The handler announced 10 bytes and wrote 1", text(small));
  }

  @Test
  void emptyAndChunkedAnswersAreStored() throws Exception {
    site.page(
        "/moved",
        SHARED,
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/elsewhere");
          exchange.sendResponseHeaders(308, -1);
          exchange.close();
        });
    site.get("/moved");
    HttpResponse<byte[]> moved = site.get("/moved");
    assertEquals(308, moved.statusCode());
    assertEquals("/elsewhere", header(moved, "Location"));
    assertEquals("lms; hit; ttl=90; detail=anon", status(moved));
    site.page(
        "/chunked",
        SHARED,
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write('a');
            out.write(new byte[] {'b', 'c'});
          }
        });
    site.get("/chunked");
    HttpResponse<byte[]> chunked = site.get("/chunked");
    assertEquals("abc", text(chunked));
    assertEquals("3", header(chunked, "Content-Length"));
    assertEquals("lms; hit; ttl=90; detail=anon", status(chunked));
  }

  @Test
  void fieldsOfOneConnectionAreNotReplayed() throws Exception {
    site.page(
        "/",
        SHARED,
        exchange -> {
          exchange.getResponseHeaders().set("X-Kept", "1");
          exchange.getResponseHeaders().set("X-Hop", "1");
          exchange.getResponseHeaders().set("Connection", "X-Hop");
          exchange.getResponseHeaders().set("Keep-Alive", "timeout=5");
          exchange.getResponseHeaders().set("ETag", "\"mine\"");
          exchange.getResponseHeaders().set("Age", "77");
          html(exchange, "x");
        });
    site.get("/");
    HttpResponse<byte[]> hit = site.get("/");
    assertEquals("1", header(hit, "X-Kept"));
    assertEquals("", header(hit, "X-Hop"));
    assertEquals("", header(hit, "Keep-Alive"));
    assertEquals("0", header(hit, "Age"));
    assertNotEquals("\"mine\"", header(hit, "ETag"));
  }

  @Test
  void pagesThatAreGoodForEverAreServed() throws Exception {
    Duration forever = ChronoUnit.FOREVER.getDuration();
    site.page(
        "/",
        PageRule.shared(forever)
            .withStaleWhileRevalidate(forever)
            .withStaleIfError(forever)
            .withJitter(1),
        exchange -> html(exchange, "v" + renders.incrementAndGet()));
    assertEquals("v1", text(site.get("/")));
    site.clock.advance(Duration.ofDays(300));
    assertEquals("v1", text(site.get("/")));
  }
}
