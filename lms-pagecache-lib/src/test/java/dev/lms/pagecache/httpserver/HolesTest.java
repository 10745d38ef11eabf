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
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.httpserver.exchange.DelegatingExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Holes, filled for each person, in pages of every kind. */
class HolesTest extends FilterFixture {
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
}
