// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.Site.header;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.Test;

/** For whom a page that handlers describe by HTTP caching is: fields that vary, hosts, people. */
class Rfc9111AudienceTest extends Rfc9111Fixture {
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
        assertEquals("l" + i, text(all.get(i).get(60, TimeUnit.SECONDS)));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
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
