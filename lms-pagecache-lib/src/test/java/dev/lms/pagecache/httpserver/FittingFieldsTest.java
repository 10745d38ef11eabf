// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.PageCacheFilter.hole;
import static dev.lms.pagecache.httpserver.Site.header;
import static dev.lms.pagecache.httpserver.Site.status;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageRule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Fields and bytes that leave together fit together. */
class FittingFieldsTest {
  private static final String LONG = "words and words ".repeat(100);
  private static final List<String> DIGESTS =
      List.of("Content-Digest", "Repr-Digest", "Digest", "Content-MD5");

  private Site site;

  @BeforeEach
  void open() throws IOException {
    site = new Site();
  }

  @AfterEach
  void close() {
    site.close();
  }

  private static PageRule rule(PageRule.Profile profile) {
    return profile == PageRule.Profile.DECLARED
        ? PageRule.shared(Duration.ofMinutes(1))
        : PageRule.rfc9111(Audience.EVERYONE, Duration.ofMinutes(1));
  }

  private static void answer(HttpExchange exchange, String text, String... fields)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    for (int i = 0; i < fields.length; i += 2) {
      exchange.getResponseHeaders().set(fields[i], fields[i + 1]);
    }
    Site.send(exchange, 200, text);
  }

  @Test
  void gzipKeepsTagAndAgeOfRoutesWithoutRule() throws Exception {
    site.uncached("/a", exchange -> answer(exchange, LONG, "ETag", "\"one\"", "Age", "7"));
    HttpResponse<byte[]> plain = site.get("/a");
    assertEquals("\"one\"", header(plain, "ETag"));
    assertEquals("7", header(plain, "Age"));
    HttpResponse<byte[]> zipped = site.get("/a", "Accept-Encoding", "gzip");
    assertEquals("gzip", header(zipped, "Content-Encoding"));
    assertEquals("W/\"one\"", header(zipped, "ETag"));
    assertEquals("7", header(zipped, "Age"));
    site.uncached("/weak", exchange -> answer(exchange, LONG, "ETag", "W/\"one\""));
    assertEquals("W/\"one\"", header(site.get("/weak", "Accept-Encoding", "gzip"), "ETag"));
  }

  @ParameterizedTest
  @EnumSource
  void soDoesWhatIsNotStored(PageRule.Profile profile) throws Exception {
    site.page(
        "/a",
        rule(profile),
        exchange ->
            answer(exchange, LONG, "ETag", "\"one\"", "Age", "7", "Cache-Control", "no-store"));
    HttpResponse<byte[]> zipped = site.get("/a", "Accept-Encoding", "gzip");
    assertEquals("gzip", header(zipped, "Content-Encoding"));
    assertEquals("W/\"one\"", header(zipped, "ETag"));
    assertEquals("7", header(zipped, "Age"));
    assertEquals("\"one\"", header(site.get("/a"), "ETag"));
  }

  private static String[] digestsAnd(String... more) {
    return Stream.concat(DIGESTS.stream().flatMap(name -> Stream.of(name, "x")), Stream.of(more))
        .toArray(String[]::new);
  }

  private static void hasDigests(boolean expected, HttpResponse<byte[]> response) {
    for (String name : DIGESTS) {
      assertEquals(
          expected ? "x" : "", header(response, name), () -> name + " " + response.headers());
    }
  }

  @ParameterizedTest
  @EnumSource
  void digestsOfOtherBytesAreDropped(PageRule.Profile profile) throws Exception {
    site.page(
        "/a",
        rule(profile),
        exchange ->
            answer(exchange, LONG, digestsAnd("ETag", "\"one\"", "Cache-Control", "max-age=60")));
    site.page(
        "/holes",
        rule(profile),
        exchange ->
            answer(
                exchange,
                LONG + hole(exchange, "user-menu"),
                digestsAnd("Cache-Control", "max-age=60")));
    site.page(
        "/passed",
        rule(profile),
        exchange -> answer(exchange, LONG, digestsAnd("Set-Cookie", "a=b")));
    site.page(
        "/long-holes",
        rule(profile),
        exchange ->
            answer(exchange, hole(exchange, "user-menu") + "x".repeat(Site.CAP), digestsAnd()));
    site.uncached("/never", exchange -> answer(exchange, LONG, digestsAnd()));
    site.uncached(
        "/never-holes",
        exchange -> answer(exchange, LONG + hole(exchange, "user-menu"), digestsAnd()));
    for (int i = 0; i < 2; i++) {
      for (String path : List.of("/a", "/passed", "/never")) {
        hasDigests(true, site.get(path));
        hasDigests(false, site.get(path, "Accept-Encoding", "gzip"));
      }
      for (String path : List.of("/holes", "/long-holes", "/never-holes")) {
        hasDigests(false, site.get(path));
        hasDigests(false, site.get(path, "Accept-Encoding", "gzip"));
      }
      HttpResponse<byte[]> part = site.get("/a", "Range", "bytes=0-1");
      if (profile == PageRule.Profile.RFC9111) {
        assertEquals(206, part.statusCode());
        hasDigests(false, part);
      } else {
        hasDigests(true, part);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void noTransformIsObeyedAndPassedOn(PageRule.Profile profile) throws Exception {
    PageRule people =
        profile == PageRule.Profile.DECLARED
            ? rule(profile)
            : PageRule.rfc9111(Audience.BY_SIGN_IN, Duration.ofMinutes(1));
    site.page(
        "/a",
        people,
        exchange -> answer(exchange, LONG, "Cache-Control", "max-age=60, no-transform"));
    site.uncached("/never", exchange -> answer(exchange, LONG, "Cache-Control", "no-transform"));
    for (String path : List.of("/a", "/never")) {
      for (String user : List.of("X-None", "X-User")) {
        for (int i = 0; i < 2; i++) {
          HttpResponse<byte[]> response = site.get(path, "Accept-Encoding", "gzip", user, "anna");
          assertEquals("", header(response, "Content-Encoding"));
          assertEquals(LONG, text(response));
          assertTrue(
              header(response, "Cache-Control").contains("no-transform"),
              () -> path + response.headers());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRequestMayForbidTransformsToo(PageRule.Profile profile) throws Exception {
    site.page("/a", rule(profile), exchange -> answer(exchange, LONG));
    site.uncached("/never", exchange -> answer(exchange, LONG));
    for (String path : List.of("/a", "/never")) {
      for (int i = 0; i < 2; i++) {
        HttpResponse<byte[]> response =
            site.get(path, "Accept-Encoding", "gzip", "Cache-Control", "no-transform");
        assertEquals("", header(response, "Content-Encoding"));
        assertEquals(LONG, text(response));
      }
      assertEquals("gzip", header(site.get(path, "Accept-Encoding", "gzip"), "Content-Encoding"));
    }
  }

  /** What the handler forbids to keep is not allowed because a person is asking. */
  @Test
  void noStoreIsNotWeakenedForPeople() throws Exception {
    site.page(
        "/a",
        PageRule.rfc9111(Audience.BY_SIGN_IN, Duration.ofMinutes(1)),
        exchange -> answer(exchange, "x", "Cache-Control", "no-store"));
    assertEquals("no-store", header(site.get("/a", "X-User", "anna"), "Cache-Control"));
  }

  /** A way to lose a hole on its way into the body. */
  record Loss(String name, UnaryOperator<String> change, boolean utf16) {
    byte[] bytes(String page) {
      return page.getBytes(utf16 ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Loss> losses() {
    return Stream.of(
        new Loss("UTF-16", marker -> marker, true),
        new Loss("upper case", marker -> marker.toUpperCase(Locale.ROOT), false),
        new Loss("escaped for HTML", marker -> marker.replace("-", "&#45;"), false),
        new Loss("escaped for JSON", marker -> marker.replace("-", "\\u002d"), false),
        new Loss("escaped for a URL", marker -> marker.replace("-", "%2D"), false),
        new Loss("cut off", marker -> marker.substring(0, 30) + "…", false),
        new Loss("an index nobody handed out", marker -> marker.replaceAll("....$", "ffff"), false),
        new Loss(
            "wrapped", marker -> marker.substring(0, 45) + "\n" + marker.substring(45), false));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void aHoleThatCannotBeFilledFailsLoudly(Loss loss) throws Exception {
    PageRule declared = rule(PageRule.Profile.DECLARED);
    PageRule rfc = rule(PageRule.Profile.RFC9111);
    for (String path : List.of("/declared", "/rfc", "/never", "/long", "/chunked")) {
      // Once filled and once lost, as in a title and in an attribute.
      site.page(
          path,
          path.equals("/rfc") ? rfc : declared,
          exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            String marker = hole(exchange, "user-menu");
            String more = path.equals("/long") ? "x".repeat(Site.CAP) : "";
            byte[] page = loss.bytes("<p>" + marker + "<p>" + loss.change().apply(marker) + more);
            exchange.sendResponseHeaders(200, path.equals("/chunked") ? 0 : page.length);
            try (OutputStream out = exchange.getResponseBody()) {
              for (byte b : page) {
                out.write(b);
              }
            }
          });
      if (path.equals("/never")) {
        site.undeclare(path);
      }
      HttpResponse<byte[]> response;
      try {
        response = site.get(path);
      } catch (IOException e) {
        continue; // It was on its way and was cut off.
      }
      assertEquals(500, response.statusCode(), path);
      assertFalse(text(response).replace("\0", "").contains("hole-"), () -> path + text(response));
      assertTrue(text(response).contains("marker"), () -> path + text(response));
    }
  }

  @Test
  void aHoleInAFieldFailsLoudly() throws Exception {
    for (String field : List.of("X-Who", "Location", "Set-Cookie", "Cache-Tag")) {
      site.page(
          "/a",
          rule(PageRule.Profile.DECLARED),
          exchange -> answer(exchange, "x", field, "/of/" + hole(exchange, "user-menu")));
      HttpResponse<byte[]> response = site.get("/a");
      assertEquals(500, response.statusCode());
      assertTrue(
          text(response).toLowerCase(Locale.ROOT).contains(field.toLowerCase(Locale.ROOT)),
          text(response));
      assertFalse(response.headers().toString().contains("hole-"));
    }
  }

  @Test
  void aHoleInABodyThatIsEncodedFailsLoudly() throws Exception {
    site.page(
        "/a",
        rule(PageRule.Profile.DECLARED),
        exchange -> {
          ByteArrayOutputStream zipped = new ByteArrayOutputStream();
          try (OutputStream out = new GZIPOutputStream(zipped)) {
            out.write(hole(exchange, "user-menu").getBytes(StandardCharsets.UTF_8));
          }
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          exchange.sendResponseHeaders(200, zipped.size());
          zipped.writeTo(exchange.getResponseBody());
          exchange.close();
        });
    HttpResponse<byte[]> response = site.get("/a");
    assertEquals(500, response.statusCode());
    assertTrue(text(response).contains("Content-Encoding"), text(response));
  }

  /** Those who ask for a hole need not have one. */
  @Test
  void aHoleThatIsNotWrittenIsNone() throws Exception {
    site.page(
        "/a",
        rule(PageRule.Profile.DECLARED),
        exchange -> {
          hole(exchange, "user-menu");
          answer(exchange, "without");
        });
    assertEquals("without", text(site.get("/a")));
    assertEquals("lms; hit; ttl=60; detail=anon", status(site.get("/a")));
  }
}
