// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.Site.header;
import static dev.lms.pagecache.httpserver.Site.status;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What cannot be stored comes as without the cache: at once, and in the part that was asked for.
 */
class PassingByTest {
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

  private static PageRule rule(PageRule.Profile profile) {
    return profile == PageRule.Profile.DECLARED
        ? PageRule.shared(Duration.ofMinutes(1))
        : PageRule.rfc9111(Audience.EVERYONE, Duration.ofMinutes(1));
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Reads until the text has come, and lets the handler go on only then. */
  private void comesBeforeTheHandlerEnds(String path, String first) throws Exception {
    CountDownLatch seen = LATCHES.take();
    try (Socket socket = site.connect()) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      StringBuilder got = new StringBuilder();
      while (got.indexOf(first) < 0) {
        int c = in.read();
        assertTrue(c >= 0, got::toString);
        got.append((char) c);
      }
      seen.countDown();
      while (got.indexOf("last") < 0) {
        got.append((char) in.read());
      }
    } finally {
      seen.countDown();
    }
  }

  private static final BlockingQueue<CountDownLatch> LATCHES = new LinkedBlockingQueue<>();

  private static void event(HttpExchange exchange, long length, CountDownLatch seen)
      throws IOException {
    exchange.sendResponseHeaders(200, length);
    OutputStream out = exchange.getResponseBody();
    out.write("first".getBytes(StandardCharsets.US_ASCII));
    out.flush();
    await(seen);
    out.write("last".getBytes(StandardCharsets.US_ASCII));
    out.close();
  }

  @ParameterizedTest
  @EnumSource
  void aStreamThatIsNotStoredIsSentAtOnce(PageRule.Profile profile) throws Exception {
    for (List<String> field :
        List.of(
            List.of("Cache-Control", "no-store"),
            List.of("Cache-Control", "private"),
            List.of("Content-Type", "text/event-stream"),
            List.of("Set-Cookie", "a=b"),
            List.of("Vary", "*"))) {
      for (long length : List.of(0L, 9L)) {
        if (length > 0 && field.get(0).equals("Content-Type")) {
          continue;
        }
        CountDownLatch seen = new CountDownLatch(1);
        LATCHES.clear();
        LATCHES.add(seen);
        site.page(
            "/a",
            rule(profile),
            exchange -> {
              exchange.getResponseHeaders().set(field.get(0), field.get(1));
              event(exchange, length, seen);
            });
        comesBeforeTheHandlerEnds("/a", "first");
      }
    }
  }

  @Test
  void aFlushIsAFlushOnRoutesWithoutRule() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    LATCHES.clear();
    LATCHES.add(seen);
    site.uncached(
        "/a",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/plain");
          exchange.sendResponseHeaders(200, 1009);
          OutputStream out = exchange.getResponseBody();
          out.write("first".getBytes(StandardCharsets.US_ASCII));
          out.flush();
          await(seen);
          out.write(("last" + " ".repeat(1000)).getBytes(StandardCharsets.US_ASCII));
          out.close();
        });
    try (Socket socket = site.connect()) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              "GET /a HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      StringBuilder got = new StringBuilder();
      InputStream in = socket.getInputStream();
      while (got.indexOf("first") < 0) {
        int c = in.read();
        assertTrue(c >= 0, got::toString);
        got.append((char) c);
      }
    } finally {
      seen.countDown();
    }
  }

  /** What is storable is not sent before it is whole: half an answer never leaves. */
  @ParameterizedTest
  @EnumSource
  void whatMayBeStoredIsSentWhole(PageRule.Profile profile) throws Exception {
    site.page(
        "/a",
        rule(profile),
        exchange -> {
          exchange.getResponseHeaders().set("Cache-Control", "max-age=60");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('x');
          exchange.getResponseBody().flush();
          throw new IOException("the database is gone");
        });
    assertEquals(500, site.get("/a").statusCode());
  }

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

  private static void sneak(Throwable t) throws IOException {
    PassingByTest.<IOException>sneakily(t);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneakily(Throwable t) throws T {
    throw (T) t;
  }

  @ParameterizedTest
  @EnumSource
  void aStalePageStandsInForWhateverIsThrown(PageRule.Profile profile) throws Exception {
    List<Throwable> failures =
        List.of(
            new AssertionError("an assertion"),
            new StackOverflowError(),
            new NoClassDefFoundError("x"),
            new OutOfMemoryError("a big array"),
            new InterruptedException("undeclared"));
    site.page(
        "/a",
        rule(profile).withStaleIfError(Duration.ofMinutes(1)),
        exchange -> {
          int n = renders.getAndIncrement();
          if (n > 0) {
            sneak(failures.get(n - 1));
          }
          exchange.getResponseHeaders().set("Cache-Control", "max-age=60");
          Site.send(exchange, 200, "good");
        });
    site.get("/a");
    site.clock.advance(Duration.ofSeconds(61));
    for (Throwable failure : failures) {
      HttpResponse<byte[]> stale = site.get("/a");
      assertEquals("good", text(stale), failure::toString);
      assertEquals("lms; fwd=stale; detail=anon/aborted", status(stale));
    }
  }

  /** In the background there is nobody to send anything to: what cannot be stored ends there. */
  @Test
  void anEndlessAnswerEndsInTheBackground() throws Exception {
    site.close();
    BlockingQueue<Runnable> later = new LinkedBlockingQueue<>();
    site =
        new Site(
            later::add,
            clock -> new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock, clock::nanos));
    for (String type : List.of("text/event-stream", "text/plain")) {
      renders.set(0);
      AtomicInteger written = new AtomicInteger();
      site.page(
          "/a" + type.length(),
          PageRule.shared(Duration.ofMinutes(1)).withStaleWhileRevalidate(Duration.ofMinutes(1)),
          exchange -> {
            if (renders.getAndIncrement() == 0) {
              Site.send(exchange, 200, "good");
              return;
            }
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
              while (written.addAndGet(1000) < 100 * Site.CAP) {
                out.write(new byte[1000]);
              }
            }
          });
      site.get("/a" + type.length());
      site.clock.advance(Duration.ofSeconds(61));
      assertEquals("good", text(site.get("/a" + type.length())));
      Runnable work = later.poll(20, TimeUnit.SECONDS);
      assertNotNull(work);
      work.run();
      assertTrue(written.get() <= 2 * Site.CAP, () -> "wrote " + written);
    }
  }
}
