// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.Site.status;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What cannot be stored comes as without the cache: at once, and in the part that was asked for.
 */
class PassingByTest extends PassingByFixture {
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
      Runnable work = later.poll(60, TimeUnit.SECONDS);
      assertNotNull(work);
      work.run();
      assertTrue(written.get() <= 2 * Site.CAP, () -> "wrote " + written);
    }
  }
}
