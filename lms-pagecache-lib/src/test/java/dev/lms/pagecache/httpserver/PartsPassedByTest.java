// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.Site.header;
import static dev.lms.pagecache.httpserver.Site.status;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.PageRule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Parts of what cannot be stored, cut out or asked for as they are wanted. */
class PartsPassedByTest extends PassingByFixture {
  /** A handler that knows parts and versions of a body longer than the cap. */
  private void film(String path, PageRule.Profile profile, byte[] film, String... fields) {
    site.page(
        path,
        rule(profile),
        exchange -> {
          renders.incrementAndGet();
          for (int i = 0; i < fields.length; i += 2) {
            exchange.getResponseHeaders().set(fields[i], fields[i + 1]);
          }
          exchange.getResponseHeaders().set("ETag", "\"film\"");
          String range = exchange.getRequestHeaders().getFirst("Range");
          if ("\"film\"".equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            exchange.sendResponseHeaders(304, -1);
          } else if ("bytes=1-3".equals(range)) {
            exchange.getResponseHeaders().set("Content-Range", "bytes 1-3/" + film.length);
            exchange.sendResponseHeaders(206, 3);
            exchange.getResponseBody().write(film, 1, 3);
          } else {
            exchange.sendResponseHeaders(200, film.length);
            exchange.getResponseBody().write(film);
          }
          exchange.close();
        });
  }

  /** A part, once the cache knows that it cannot store this: a client may have all of it before. */
  private HttpResponse<byte[]> partPassedBy(String path) throws Exception {
    site.get(path);
    HttpResponse<byte[]> part = site.get(path, "Range", "bytes=1-3");
    for (int i = 0; i < 100 && status(part).contains("miss"); i++) {
      part = site.get(path, "Range", "bytes=1-3");
    }
    return part;
  }

  @ParameterizedTest
  @EnumSource
  void whatCannotBeStoredIsAskedForWithTheHeadersOfTheRequest(PageRule.Profile profile)
      throws Exception {
    byte[] film = new byte[3 * Site.CAP];
    Arrays.fill(film, (byte) 'x');
    film("/long", profile, film);
    film("/no-store", profile, new byte[10], "Cache-Control", "no-store");
    for (String path : List.of("/long", "/no-store")) {
      HttpResponse<byte[]> part = partPassedBy(path);
      assertEquals(206, part.statusCode());
      assertEquals(3, part.body().length);
      assertEquals("\"film\"", header(part, "ETag"));
      assertTrue(status(part).startsWith("lms; fwd=bypass; detail=anon/"), status(part));
      assertEquals(304, site.get(path, "If-None-Match", "\"film\"").statusCode());
    }
  }

  /** It is not known yet that the page is too long; its handler need not know parts. */
  @ParameterizedTest
  @EnumSource
  void aPartIsCutOutOfWhatIsTooLongToBeStored(PageRule.Profile profile) throws Exception {
    byte[] film = new byte[3 * Site.CAP];
    for (int i = 0; i < film.length; i++) {
      film[i] = (byte) (i / 1000);
    }
    for (String[] asked :
        new String[][] {
          {"bytes=0-0", "0", "1"},
          {"bytes=40000-", "40000", "60000"},
          {"bytes=-1000", "59000", "60000"},
          {"bytes=19999-20001", "19999", "20002"}
        }) {
      site.cache.purgeAll();
      site.page(
          "/" + asked[1],
          rule(profile),
          exchange -> {
            exchange.getResponseHeaders().set("ETag", "\"film\"");
            exchange.getResponseHeaders().set("Repr-Digest", "x");
            exchange.sendResponseHeaders(200, film.length);
            for (int at = 0; at < film.length; at += 600) {
              exchange.getResponseBody().write(film, at, 600);
            }
            exchange.close();
          });
      HttpResponse<byte[]> part = site.get("/" + asked[1], "Range", asked[0]);
      assertEquals(206, part.statusCode());
      int from = Integer.parseInt(asked[1]);
      int to = Integer.parseInt(asked[2]);
      assertArrayEquals(Arrays.copyOfRange(film, from, to), part.body());
      assertEquals("bytes " + from + '-' + (to - 1) + "/60000", header(part, "Content-Range"));
      assertEquals("", header(part, "Repr-Digest"));
      assertEquals("\"film\"", header(part, "ETag"));
    }
    site.page(
        "/past",
        rule(profile),
        exchange -> {
          exchange.sendResponseHeaders(200, film.length);
          exchange.getResponseBody().write(film);
          exchange.close();
        });
    HttpResponse<byte[]> none = site.get("/past", "Range", "bytes=60000-");
    assertEquals(416, none.statusCode());
    assertEquals("bytes */60000", header(none, "Content-Range"));
  }

  /** A handler without a rule may leave the rest to another thread. */
  @Test
  void theRestMayComeFromAnotherThread() throws Exception {
    CountDownLatch returned = new CountDownLatch(1);
    String text = "words ".repeat(500);
    site.inside(
        new com.sun.net.httpserver.Filter() {
          @Override
          public String description() {
            return "tells when the handler has returned";
          }

          @Override
          public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
            chain.doFilter(exchange);
            returned.countDown();
          }
        });
    site.closesNothing = true;
    site.uncached(
        "/a",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/plain");
          exchange.sendResponseHeaders(200, text.length());
          OutputStream out = exchange.getResponseBody();
          out.write(text.substring(0, 100).getBytes(StandardCharsets.US_ASCII));
          Thread rest =
              new Thread(
                  () -> {
                    try {
                      await(returned);
                      out.write(text.substring(100).getBytes(StandardCharsets.US_ASCII));
                      exchange.close();
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });
          rest.start();
        });
    HttpResponse<byte[]> whole = site.get("/a", "Accept-Encoding", "gzip");
    // Compressed if the rest came before the cache looked whether there is one.
    InputStream body = new ByteArrayInputStream(whole.body());
    try (InputStream in =
        header(whole, "Content-Encoding").equals("gzip") ? new GZIPInputStream(body) : body) {
      assertEquals(text, new String(in.readAllBytes(), StandardCharsets.US_ASCII));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatBecomesStorableIsStored(PageRule.Profile profile) throws Exception {
    site.page(
        "/a",
        rule(profile),
        exchange -> {
          boolean first = renders.incrementAndGet() == 1;
          exchange.getResponseHeaders().set("Cache-Control", first ? "no-store" : "max-age=60");
          Site.send(exchange, 200, "v" + renders);
        });
    site.get("/a");
    assertEquals("v2", text(site.get("/a", "If-None-Match", "\"x\"")));
    assertEquals("v3", text(site.get("/a")));
    assertEquals("v3", text(site.get("/a", "If-None-Match", "\"x\"")));
  }

  /** One request that has to have its own answer does not send others past the stored page. */
  @Test
  void aStoredPageIsPreferred() throws Exception {
    site.page(
        "/a",
        rule(PageRule.Profile.RFC9111),
        exchange -> {
          renders.incrementAndGet();
          exchange.getResponseHeaders().set("Cache-Control", "max-age=60");
          exchange.getResponseHeaders().set("ETag", "\"one\"");
          Site.send(exchange, 200, "body");
        });
    site.get("/a");
    assertEquals(
        "lms; fwd=request; detail=anon/authorization",
        status(site.get("/a", "Authorization", "me")));
    HttpResponse<byte[]> part = site.get("/a", "Range", "bytes=1-2");
    assertEquals("od", text(part));
    assertEquals("lms; hit; ttl=60; detail=anon", status(part));
    assertEquals(2, renders.get());
  }
}
