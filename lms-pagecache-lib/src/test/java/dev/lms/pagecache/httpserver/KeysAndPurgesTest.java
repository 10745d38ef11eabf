// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.Site.header;
import static dev.lms.pagecache.httpserver.Site.html;
import static dev.lms.pagecache.httpserver.Site.status;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What tells pages apart behind the filter, and what purges them. */
class KeysAndPurgesTest extends FilterFixture {
  @Test
  void undeclaredParametersNeitherSplitThePageNorReachTheHandler() throws Exception {
    site.page(
        "/list",
        SHARED.withParameters("page"),
        exchange -> html(exchange, String.valueOf(exchange.getRequestURI())));
    assertEquals("/list?page=2", text(site.get("/list?utm_source=%3Cb%3E&page=2")));
    HttpResponse<byte[]> other = site.get("/list?page=2&fbclid=7");
    assertEquals("lms; hit; ttl=90; detail=anon", status(other));
    assertEquals("/list?page=3", text(site.get("/list?page=3")));
    assertEquals("/list", text(site.get("/list?x=1")));
  }

  @Test
  void readingAnUndeclaredHeaderKeepsAPageFromBeingStored() throws Exception {
    site.page(
        "/host",
        SHARED,
        exchange ->
            html(
                exchange,
                String.valueOf(exchange.getRequestHeaders().getFirst("X-Forwarded-Host"))));
    assertEquals("evil", text(site.get("/host", "X-Forwarded-Host", "evil")));
    HttpResponse<byte[]> next = site.get("/host");
    assertEquals("null", text(next));
    assertEquals("lms; fwd=miss; detail=anon/unkeyed", status(next));

    site.page("/all", SHARED, exchange -> html(exchange, "" + exchange.getRequestHeaders().size()));
    assertEquals("lms; fwd=miss; detail=anon/unkeyed", status(site.get("/all")));
    site.page("/from", SHARED, exchange -> html(exchange, "" + exchange.getRemoteAddress()));
    assertEquals("lms; fwd=miss; detail=anon/unkeyed", status(site.get("/from")));

    site.page(
        "/language",
        SHARED.withHeaders("Accept-Language"),
        exchange ->
            html(exchange, FILLER + exchange.getRequestHeaders().getFirst("accept-language")));
    assertTrue(text(site.get("/language", "Accept-Language", "de")).endsWith("de"));
    assertTrue(text(site.get("/language", "Accept-Language", "en")).endsWith("en"));
    HttpResponse<byte[]> german = site.get("/language", "Accept-Language", "de");
    assertTrue(text(german).endsWith("de"));
    assertEquals("lms; hit; ttl=90; detail=anon", status(german));
    assertEquals("Accept-Encoding, accept-language, Cookie", header(german, "Vary"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://evil.example/", "//evil.example/", "/#x"})
  void targetsThatHoldMoreThanTheKeyGoPastTheCache(String target) throws Exception {
    site.page("/", SHARED, exchange -> html(exchange, "x"));
    site.get("/");
    try (Socket socket = site.connect()) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(("GET " + target + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.contains("lms; fwd=bypass; detail=anon/target"), answer);
    }
  }

  /** RFC 9112 section 3.2.2; some servers show every target so. */
  @ParameterizedTest
  @CsvSource({
    "http://HOST/page?page=1, HOST, hit",
    "HTTP://HOST/page?page=1, HOST, hit",
    "http://HOST/page?page=1, evil.example, bypass",
    "http://evil.example/page?page=1, HOST, bypass",
    "https://HOST/page?page=1, HOST, bypass",
    "http://somebody@HOST/page?page=1, HOST, bypass",
    "http://HOST//page?page=1, HOST, bypass"
  })
  void anAbsoluteTargetOfTheSiteItselfIsPathAndQuery(String target, String host, String verdict)
      throws Exception {
    site.page(
        "/page",
        SHARED.withParameters("page"),
        exchange -> html(exchange, "" + exchange.getRequestURI()));
    site.uncached("//page", exchange -> html(exchange, "" + exchange.getRequestURI()));
    assertEquals("/page?page=1", text(site.get("/page?page=1")));
    try (Socket socket = site.connect()) {
      socket.setSoTimeout(20_000);
      String request = "GET " + target + " HTTP/1.1\r\nHost: " + host;
      socket
          .getOutputStream()
          .write(
              (request.replace("HOST", site.host()) + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.contains("lms; " + (verdict.equals("hit") ? "hit" : "fwd=bypass")), answer);
    }
  }

  @Test
  void purgesByTagOfTheRuleAndOfTheHandler() throws Exception {
    site.page(
        "/",
        SHARED.withTags("courses"),
        exchange -> {
          exchange.getResponseHeaders().set("Cache-Tag", "course:a, course:b");
          html(exchange, "x" + renders.incrementAndGet());
        });
    int expected = 1;
    for (String tag : List.of("courses", "course:a", "course:b", "path:/", "*")) {
      assertEquals("x" + expected, text(site.get("/")));
      assertEquals("x" + expected, text(site.get("/")));
      site.cache.purge(tag);
      expected++;
    }
    HttpResponse<byte[]> last = site.get("/");
    assertEquals("x" + expected, text(last));
    assertEquals("", header(last, "Cache-Tag"));
    site.uncached(
        "/never",
        exchange -> {
          exchange.getResponseHeaders().set("Cache-Tag", "secret");
          html(exchange, "x");
        });
    assertEquals("", header(site.get("/never"), "Cache-Tag"));
  }

  @Test
  void purgeDuringARenderIsSeenByTheNextRequest() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    site.page(
        "/",
        SHARED.withTags("t"),
        exchange -> {
          int n = renders.incrementAndGet();
          if (n == 1) {
            begun.countDown();
            await(letGo);
          }
          html(exchange, "x" + n);
        });
    var first =
        java.util.concurrent.CompletableFuture.supplyAsync(
            () -> {
              try {
                return site.get("/");
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    assertTrue(await(begun));
    site.cache.purge("t");
    assertEquals("x2", text(site.get("/")));
    letGo.countDown();
    assertEquals("lms; fwd=miss; detail=anon/purged", status(first.get(60, TimeUnit.SECONDS)));
    assertEquals("x2", text(site.get("/")));
  }

  /** Methods of a map that replace something tell what it was. */
  @Test
  void replacingAHeaderIsReadingIt() throws Exception {
    List<Function<Headers, Object>> readers =
        List.of(
            headers -> headers.remove("X-Forwarded-Host"),
            headers -> headers.put("X-Forwarded-Host", List.of("mine")),
            headers -> headers.replace("X-Forwarded-Host", List.of("mine")),
            headers -> headers.merge("X-Forwarded-Host", List.of("mine"), (was, now) -> was));
    for (int i = 0; i < readers.size(); i++) {
      Function<Headers, Object> reader = readers.get(i);
      String path = "/host" + i;
      site.page(
          path,
          SHARED,
          exchange -> html(exchange, "" + reader.apply(exchange.getRequestHeaders())));
      site.get(path, "X-Forwarded-Host", "evil");
      HttpResponse<byte[]> next = site.get(path);
      assertFalse(text(next).contains("evil"), text(next));
      assertEquals("lms; fwd=miss; detail=anon/unkeyed", status(next));
    }
  }

  @Test
  void aPageIsPurgedByAnySpellingOfItsPath() throws Exception {
    site.page("/doc/café", SHARED, exchange -> html(exchange, "v" + renders.incrementAndGet()));
    assertEquals("v1", text(site.get("/doc/caf%c3%a9")));
    assertEquals("v1", text(site.get("/doc/caf%C3%A9")));
    assertEquals("v1", text(site.get("/d%6Fc/caf%C3%a9")));
    List<String> spellings =
        List.of("/doc/caf%c3%a9", "/doc/caf%C3%A9", "/doc/café", "/d%6fc/caf%C3%A9");
    for (int i = 0; i < spellings.size(); i++) {
      site.cache.purgePath(spellings.get(i));
      assertEquals("v" + (i + 2), text(site.get("/doc/caf%C3%A9")), spellings.get(i));
    }
    site.page("/café/x", SHARED, exchange -> html(exchange, "v" + renders.incrementAndGet()));
    assertEquals("v6", text(site.get("/caf%C3%A9/x")));
    site.cache.purgePrefix("/café/");
    assertEquals("v7", text(site.get("/caf%c3%a9/x")));
  }

  /** What the handler sees is what is in the key, so that no spelling poisons another. */
  @Test
  void theHandlerSeesTheSpellingOfTheKey() throws Exception {
    site.page("/~a", SHARED, exchange -> html(exchange, "" + exchange.getRequestURI()));
    assertEquals("/~a", text(site.get("/%7e%61?x=%7e")));
    assertEquals("/~a", text(site.get("/~a")));
    site.page(
        "/tags",
        SHARED.withParameters("tag[]"),
        exchange -> html(exchange, "" + exchange.getRequestURI()));
    assertEquals("/tags?tag[]=%7e", text(site.get("/tags?tag%5B%5d=%7e")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "/x?y",
        "/x#y",
        "https://site.example/x",
        "//site.example/x",
        "/x\n",
        "/caf\uFFFD"
      })
  void whatIsNoPathIsNotPurgedInSilence(String path) {
    for (Consumer<String> purge :
        List.<Consumer<String>>of(
            site.cache::purgePath,
            one -> site.cache.purgePaths(List.of("/a", one)),
            one -> site.cache.purgePrefix(one.isEmpty() ? one : one + "/"))) {
      var refused = assertThrows(IllegalArgumentException.class, () -> purge.accept(path), path);
      assertTrue(String.valueOf(refused.getMessage()).contains(path), refused.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b", "", " ", " a", "a\n", "a\u0000"})
  void whatIsNoTagIsNotPurgedInSilence(String tag) {
    for (Consumer<String> purge :
        List.<Consumer<String>>of(
            site.cache::purge,
            one -> site.cache.purge("a", one),
            one -> site.cache.purgeWithReceipt(one))) {
      var refused = assertThrows(IllegalArgumentException.class, () -> purge.accept(tag), tag);
      assertTrue(
          String.valueOf(refused.getMessage()).contains('"' + tag + '"'), refused.getMessage());
    }
  }

  @Test
  void nothingIsNotPurgedInSilence() {
    assertThrows(IllegalArgumentException.class, () -> site.cache.purge());
    assertThrows(IllegalArgumentException.class, () -> site.cache.purgeWithReceipt());
    assertThrows(IllegalArgumentException.class, () -> site.cache.purgePaths(List.of()));
  }
}
