// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.PageCacheFilter.hole;
import static dev.lms.pagecache.httpserver.Site.header;
import static dev.lms.pagecache.httpserver.Site.html;
import static dev.lms.pagecache.httpserver.Site.status;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.Variant;
import dev.lms.pagecache.contract.Parallel;
import dev.lms.pagecache.httpserver.exchange.DelegatingExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageCacheFilterTest {
  private static final PageRule SHARED = PageRule.shared(Duration.ofSeconds(90));
  private static final String FILLER = "<p>words and more words</p>".repeat(40);

  private Site site;
  private final AtomicInteger renders = new AtomicInteger();

  @BeforeEach
  void start() throws IOException {
    site = new Site();
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private String menuPage(HttpExchange exchange) {
    return "<nav>" + hole(exchange, "user-menu") + "</nav>" + FILLER + renders.incrementAndGet();
  }

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
  void strangersAndPeopleNeverSwapAndPeopleSharePagesWithHoles() throws Exception {
    site.page("/", SHARED, exchange -> html(exchange, menuPage(exchange)));
    for (int i = 0; i < 20; i++) {
      HttpResponse<byte[]> anon = site.get("/");
      HttpResponse<byte[]> anna = site.get("/", "X-User", "anna");
      HttpResponse<byte[]> ben = site.get("/", "X-User", "ben");
      assertTrue(text(anon).startsWith("<nav><a href=\"/user/login\"></nav>"), text(anon));
      assertTrue(text(anna).startsWith("<nav><b>anna</b></nav>"), text(anna));
      assertTrue(text(ben).startsWith("<nav><b>ben</b></nav>"), text(ben));
      assertEquals("private, no-cache", header(anna, "Cache-Control"));
      assertEquals(i == 0 ? "lms; hit; ttl=90; detail=auth" : status(anna), status(ben));
    }
    assertEquals(2, renders.get(), "one for strangers, one for people");
  }

  @Test
  void anUndeclaredReadMakesThePageThatPersonsOwn() throws Exception {
    site.page(
        "/",
        SHARED,
        exchange -> html(exchange, "Hello " + site.readUser() + renders.incrementAndGet()));
    assertEquals("lms; fwd=miss; stored; detail=user", status(site.get("/", "X-User", "anna")));
    assertEquals("Hello ben2", text(site.get("/", "X-User", "ben")));
    HttpResponse<byte[]> again = site.get("/", "X-User", "anna");
    assertEquals("Hello anna1", text(again));
    assertEquals("lms; hit; ttl=90; detail=user", status(again));
    HttpResponse<byte[]> stranger = site.get("/");
    assertEquals("lms; fwd=miss; detail=anon/personal", status(stranger));
    assertEquals("lms; fwd=miss; detail=anon/personal", status(site.get("/")));
  }

  @Test
  void findingOutWhoIsAskingIsNoReadOfTheHandler() throws Exception {
    site.countsWho = true;
    site.page("/", SHARED, exchange -> html(exchange, menuPage(exchange)));
    for (String user : List.of("X-Nobody", "X-User")) {
      String variant = user.equals("X-User") ? "auth" : "anon";
      assertEquals("lms; fwd=miss; stored; detail=" + variant, status(site.get("/", user, "anna")));
      assertEquals("lms; hit; ttl=90; detail=" + variant, status(site.get("/", user, "ben")));
    }
  }

  @Test
  void withoutACounterOfReadsNothingIsShared() throws Exception {
    try (Site plain = new Site()) {
      PageCacheFilter careful =
          PageCacheFilter.builder(
                  plain.cache,
                  exchange -> java.util.Optional.of(SHARED),
                  exchange -> dev.lms.pagecache.Asker.ANONYMOUS)
              .build();
      var server =
          com.sun.net.httpserver.HttpServer.create(
              new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", exchange -> html(exchange, "x")).getFilters().add(careful);
      server.start();
      try {
        var request =
            java.net.http.HttpRequest.newBuilder(
                    java.net.URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"))
                .build();
        var response =
            java.net.http.HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertEquals("lms; fwd=miss; detail=anon/personal", status(response));
      } finally {
        server.stop(0);
      }
    }
  }

  @Test
  void aChangeOfIdentityDuringTheRenderStoresNothing() throws Exception {
    site.page(
        "/",
        SHARED,
        exchange -> {
          site.becomes("anna");
          html(exchange, "Hello");
        });
    assertEquals("lms; fwd=miss; detail=anon/identity", status(site.get("/")));
    assertEquals("lms; fwd=miss; detail=anon/identity", status(site.get("/")));
  }

  @Test
  void notKnowingWhoIsAskingIsNeverTakenForAStranger() throws Exception {
    site.page("/", SHARED, exchange -> html(exchange, "x" + renders.incrementAndGet()));
    site.get("/");
    HttpResponse<byte[]> broken = site.get("/", "X-User", "broken");
    assertEquals("lms; fwd=bypass; detail=unknown/who", status(broken));
    assertEquals("x2", text(broken));
    assertEquals("private, no-cache", header(broken, "Cache-Control"));
    site.page(
        "/lost",
        SHARED,
        exchange -> {
          site.becomes("broken");
          html(exchange, "x");
        });
    assertEquals("lms; fwd=miss; detail=anon/identity", status(site.get("/lost")));
  }

  @Test
  void rolesPersonsAndGroupsAreApart() throws Exception {
    site.page(
        "/role",
        PageRule.perRole(Duration.ofSeconds(90)),
        exchange -> html(exchange, PageCacheFilter.variant(exchange).names().toString()));
    assertEquals("[student]", text(site.get("/role", "X-User", "anna")));
    assertEquals("lms; hit; ttl=90; detail=role", status(site.get("/role", "X-User", "ben")));
    assertEquals("[]", text(site.get("/role")));

    site.page(
        "/person",
        PageRule.perPerson(Duration.ofSeconds(90)),
        exchange -> html(exchange, site.readUser()));
    assertEquals("anna", text(site.get("/person", "X-User", "anna")));
    assertEquals("ben", text(site.get("/person", "X-User", "ben")));
    HttpResponse<byte[]> anna = site.get("/person", "X-User", "anna");
    assertEquals("anna", text(anna));
    assertEquals("lms; hit; ttl=90; detail=user", status(anna));

    site.page(
        "/custom",
        PageRule.of(
            Audience.by(asker -> asker.id().startsWith("a") ? "a" : "others"),
            Duration.ofSeconds(90)),
        exchange -> html(exchange, PageCacheFilter.variant(exchange).names().get(0)));
    assertEquals("a", text(site.get("/custom", "X-User", "anna")));
    assertEquals("others", text(site.get("/custom", "X-User", "ben")));
    assertEquals("lms; hit; ttl=90; detail=custom", status(site.get("/custom")));
  }

  @Test
  void afterSigningOutTheOldTagIsWorthNothing() throws Exception {
    site.page("/", SHARED, exchange -> html(exchange, "same for all" + FILLER));
    site.page("/menu", SHARED, exchange -> html(exchange, menuPage(exchange)));
    for (String path : List.of("/", "/menu")) {
      String tag = header(site.get(path, "X-User", "anna"), "ETag");
      assertEquals(304, site.get(path, "X-User", "anna", "If-None-Match", tag).statusCode());
      HttpResponse<byte[]> out = site.get(path, "If-None-Match", tag);
      assertEquals(200, out.statusCode(), path);
      assertNotEquals(tag, header(out, "ETag"));
    }
    String anna = header(site.get("/menu", "X-User", "anna"), "ETag");
    assertEquals(200, site.get("/menu", "X-User", "ben", "If-None-Match", anna).statusCode());
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

  private static String gunzip(HttpResponse<byte[]> response) throws IOException {
    assertEquals("gzip", header(response, "Content-Encoding"));
    return new String(
        new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes(),
        StandardCharsets.UTF_8);
  }

  @Test
  void gzipCarriesTheSamePageWithAndWithoutHoles() throws Exception {
    site.page("/", SHARED, exchange -> html(exchange, FILLER));
    site.page("/menu", SHARED, exchange -> html(exchange, menuPage(exchange)));
    site.page("/long", SHARED, exchange -> html(exchange, hole(exchange, "long") + FILLER));
    for (String path : List.of("/", "/menu", "/long")) {
      for (int i = 0; i < 2; i++) {
        HttpResponse<byte[]> zipped =
            site.get(path, "X-User", "anna", "Accept-Encoding", "gzip, br");
        HttpResponse<byte[]> plain = site.get(path, "X-User", "anna");
        assertEquals(text(plain), gunzip(zipped));
        assertEquals("", header(plain, "Content-Encoding"));
        assertNotEquals(header(plain, "ETag"), header(zipped, "ETag"));
        assertTrue(path.equals("/long") || zipped.body().length < plain.body().length / 3);
        String tag = header(zipped, "ETag");
        assertEquals(
            304,
            site.get(path, "X-User", "anna", "Accept-Encoding", "gzip, br", "If-None-Match", tag)
                .statusCode());
      }
    }
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
  void neverCachedRoutesStreamAndHaveTheirHolesFilled() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    site.uncached(
        "/stream",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write('a');
            out.flush();
            // The client has the first byte before the last one is written.
            if (await(seen)) {
              out.write('b');
            }
          }
        });
    try (Socket socket = site.connect()) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write("GET /stream HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      StringBuilder got = new StringBuilder();
      while (!got.toString().endsWith("\r\n\r\na")) {
        got.append((char) in.read());
      }
      seen.countDown();
      assertEquals('b', in.read());
      assertTrue(got.toString().contains("lms; fwd=bypass; detail=anon/never"), got.toString());
    }
    site.uncached("/admin", exchange -> html(exchange, menuPage(exchange)));
    HttpResponse<byte[]> admin = site.get("/admin", "X-User", "anna");
    assertTrue(text(admin).startsWith("<nav><b>anna</b></nav>"), text(admin));
    assertEquals("lms; fwd=bypass; detail=user/never", status(admin));
    assertEquals("private, no-cache, no-store", header(admin, "Cache-Control"));
    assertEquals(text(admin).length(), admin.body().length);
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

  private static boolean await(CountDownLatch latch) throws IOException {
    try {
      return latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
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
  void aLongPageStreamsWithItsHolesFilledAndIsNotStored() throws Exception {
    String half = "z".repeat(Site.CAP - 10);
    site.page(
        "/",
        SHARED,
        exchange -> {
          renders.incrementAndGet();
          html(exchange, half + hole(exchange, "user-menu") + half);
        });
    for (int i = 0; i < 2; i++) {
      HttpResponse<byte[]> page = site.get("/", "X-User", "anna");
      assertEquals(half + "<b>anna</b>" + half, text(page));
      assertEquals("lms; fwd=miss; detail=auth/size", status(page));
    }
    site.page("/plain", SHARED, exchange -> html(exchange, half + half));
    assertEquals(Integer.toString(2 * half.length()), header(site.get("/plain"), "Content-Length"));
    assertEquals(2, renders.get());
  }

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

  @Test
  void authorizationGoesPastTheCacheUnlessDeclaredPublic() throws Exception {
    site.page("/", SHARED, exchange -> html(exchange, "x"));
    site.get("/");
    assertEquals(
        "lms; fwd=bypass; detail=anon/authorization",
        status(site.get("/", "Authorization", "Basic eA==")));
    site.page("/public", SHARED.withPublicDespiteAuthorization(), e -> html(e, "x"));
    assertEquals(
        "lms; fwd=miss; stored; detail=anon",
        status(site.get("/public", "Authorization", "Basic eA==")));
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
  void cookiesOfAHandlerReachOnlyThatPerson() throws Exception {
    site.page(
        "/",
        SHARED,
        exchange -> {
          exchange.getResponseHeaders().add("Set-Cookie", "id=" + renders.incrementAndGet());
          html(exchange, "x");
        });
    Set<String> cookies = ConcurrentHashMap.newKeySet();
    Parallel.run(50, () -> cookies.add(header(site.get("/"), "Set-Cookie")));
    assertEquals(50, cookies.size());
    assertEquals("lms; fwd=miss; detail=anon/set-cookie", status(site.get("/")));
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
  void attributesStayWithTheirExchangeAndHolesWorkThroughWrappers() throws Exception {
    site.page(
        "/",
        SHARED.withParameters("n"),
        exchange -> {
          Object before = exchange.getAttribute("person");
          exchange.setAttribute("person", "anna");
          HttpExchange wrapped = new DelegatingExchangeForTest(exchange);
          html(
              wrapped, before + ":" + exchange.getAttribute("person") + hole(wrapped, "user-menu"));
        });
    assertTrue(text(site.get("/?n=1")).startsWith("null:anna<a"));
    assertTrue(text(site.get("/?n=2")).startsWith("null:anna<a"));
  }

  @Test
  void unknownHolesAndLateHolesAreClearErrors() throws Exception {
    site.page("/typo", SHARED, exchange -> html(exchange, hole(exchange, "user-meun")));
    assertEquals(
        "No filler for the hole \"user-meun\"; there are [canary, long, user-menu]",
        text(site.get("/typo")));
    site.page(
        "/late",
        SHARED,
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange
              .getResponseBody()
              .write(hole(exchange, "user-menu").getBytes(StandardCharsets.UTF_8));
        });
    assertTrue(text(site.get("/late")).contains("before its headers are sent"));
  }

  @Test
  void contentOfUsersCannotForgeAHole() throws Exception {
    // Somebody who saw a marker of another render writes it into their content.
    String[] seen = {""};
    site.page(
        "/",
        SHARED.withParameters("n"),
        exchange -> {
          String content = seen[0];
          seen[0] = hole(exchange, "user-menu");
          html(exchange, "<nav>" + seen[0] + "</nav><p>" + content + "</p>");
        });
    site.get("/?n=1");
    String leaked = seen[0];
    HttpResponse<byte[]> page = site.get("/?n=2", "X-User", "anna");
    assertTrue(text(page).endsWith("<p>" + leaked + "</p>"), text(page));
    assertFalse(text(page).contains(seen[0]));
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
    assertEquals("lms; fwd=miss; detail=anon/purged", status(first.get(20, TimeUnit.SECONDS)));
    assertEquals("x2", text(site.get("/")));
  }

  @Test
  void aHandlerKnowsWhomItRendersFor() throws Exception {
    site.page(
        "/",
        SHARED,
        exchange ->
            html(exchange, PageCacheFilter.variant(exchange).equals(Variant.AUTH) ? "in" : "out"));
    assertEquals("in", text(site.get("/", "X-User", "anna")));
    assertEquals("out", text(site.get("/")));
  }

  /** A wrapper of the handler's own, as frameworks have them. */
  private static final class DelegatingExchangeForTest extends DelegatingExchange {
    DelegatingExchangeForTest(HttpExchange inner) {
      super(inner);
    }

    @Override
    public com.sun.net.httpserver.Headers getResponseHeaders() {
      return outer.getResponseHeaders();
    }

    @Override
    public void close() {
      outer.close();
    }

    @Override
    public OutputStream getResponseBody() {
      return outer.getResponseBody();
    }

    @Override
    public void sendResponseHeaders(int code, long length) throws IOException {
      outer.sendResponseHeaders(code, length);
    }

    @Override
    public int getResponseCode() {
      return outer.getResponseCode();
    }

    @Override
    public void setStreams(InputStream in, OutputStream out) {
      outer.setStreams(in, out);
    }
  }

  /** An A/B cookie that no rule declares: neither person gets the other's page. */
  @Test
  void whatVariesByACookieIsStoredOnlyWhereThatIsDeclared() throws Exception {
    for (PageRule rule : List.of(SHARED, SHARED.withHeaders("Cookie"))) {
      boolean declared = !rule.headers().isEmpty();
      String path = declared ? "/declared" : "/hidden";
      site.page(
          path,
          rule,
          exchange -> {
            exchange.getResponseHeaders().set("Vary", "Accept-Encoding, Cookie");
            html(exchange, String.valueOf(cookieBehindTheCachesBack(exchange)));
          });
      for (int i = 0; i < 2; i++) {
        assertEquals("ab=A", text(site.get(path, "Cookie", "ab=A")));
        HttpResponse<byte[]> b = site.get(path, "Cookie", "ab=B");
        assertEquals("ab=B", text(b));
        assertEquals(declared && i == 1, status(b).contains("hit"), status(b));
      }
    }
  }

  /** As a framework's filter in front of the cache would have read it. */
  private static String cookieBehindTheCachesBack(HttpExchange exchange) {
    return ((DelegatingExchange) exchange).outer.getRequestHeaders().getFirst("Cookie");
  }

  @Test
  void noCacheBehindIsToldTheOpposite() throws Exception {
    String[] targeted = {
      "CDN-Cache-Control",
      "cloudflare-cdn-cache-control",
      "Surrogate-Control",
      "Edge-Control",
      "X-Accel-Expires",
      "Expires"
    };
    for (String own : List.of("", "max-age=600", "no-store")) {
      site.page(
          "/page" + own,
          SHARED,
          exchange -> {
            for (String name : targeted) {
              String value = name.equals("Expires") ? "Fri, 01 Jan 2100 00:00:00 GMT" : "600";
              exchange
                  .getResponseHeaders()
                  .set(name, name.endsWith("ontrol") ? "max-age=600" : value);
            }
            if (!own.isEmpty()) {
              exchange.getResponseHeaders().set("Cache-Control", own);
            }
            html(exchange, menuPage(exchange));
          });
      for (int i = 0; i < 2; i++) {
        HttpResponse<byte[]> page = site.get("/page" + own, "X-User", "anna");
        assertEquals(
            own.equals("no-store") ? "no-store" : "private, no-cache",
            header(page, "Cache-Control"));
        for (String name : targeted) {
          assertEquals("", header(page, name), name);
        }
      }
    }
    site.uncached(
        "/uncached",
        exchange -> {
          exchange.getResponseHeaders().set("CDN-Cache-Control", "max-age=600");
          html(exchange, "x");
        });
    assertEquals("", header(site.get("/uncached"), "CDN-Cache-Control"));
  }

  @Test
  void noStoreIsPassedOnHoweverItIsWritten() throws Exception {
    for (String own : List.of("max-age=60;no-store", "\"no-store\"", "no-store=1")) {
      site.page(
          "/a",
          SHARED,
          exchange -> {
            exchange.getResponseHeaders().add("Cache-Control", "max-age=60");
            exchange.getResponseHeaders().add("Cache-Control", own);
            html(exchange, "x");
          });
      HttpResponse<byte[]> page = site.get("/a");
      assertEquals("lms; fwd=miss; detail=anon/no-store", status(page));
      assertEquals("no-cache, no-store", header(page, "Cache-Control"));
    }
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
      assertTrue(refused.getMessage().contains(path), refused.getMessage());
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
      assertTrue(refused.getMessage().contains('"' + tag + '"'), refused.getMessage());
    }
  }

  @Test
  void nothingIsNotPurgedInSilence() {
    assertThrows(IllegalArgumentException.class, () -> site.cache.purge());
    assertThrows(IllegalArgumentException.class, () -> site.cache.purgeWithReceipt());
    assertThrows(IllegalArgumentException.class, () -> site.cache.purgePaths(List.of()));
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
