// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.Site.status;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.PageService;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages after a change, and pages that are replaced while they are served. */
class ChangesTest {
  private static final Duration TTL = Duration.ofSeconds(90);
  private static final PageRule SHARED = PageRule.shared(TTL);

  private final AtomicInteger renders = new AtomicInteger();

  /** A page whose version each GET shows; any other method answers with a status. */
  private void versions(Site site, String path, PageRule rule, int status) {
    site.page(
        path,
        rule,
        exchange -> {
          if (exchange.getRequestMethod().equals("GET")) {
            Site.html(exchange, "v" + renders.incrementAndGet());
          } else {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "M-SEARCH"})
  void anUnsafeMethodThatSucceedsPurgesThePagesOfItsUri(String method) throws Exception {
    try (Site site = new Site()) {
      versions(site, "/a", SHARED.withParameters("q"), 204);
      versions(site, "/b", SHARED, 204);
      assertEquals("v1", text(site.get("/a")));
      assertEquals("v2", text(site.get("/a?q=1", "X-User", "anna")));
      assertEquals("v3", text(site.get("/b")));
      assertEquals(204, site.send(method, "/a").statusCode());
      assertEquals("v4", text(site.get("/a")));
      assertEquals("v5", text(site.get("/a?q=1", "X-User", "anna")));
      assertEquals("v3", text(site.get("/b")), "other pages stay");
    }
  }

  @ParameterizedTest
  @CsvSource({"200,2", "303,2", "399,2", "400,1", "403,1", "409,1", "500,1", "503,1"})
  void onlySuccessPurges(int status, int version) throws Exception {
    try (Site site = new Site()) {
      versions(site, "/a", SHARED, status);
      site.get("/a");
      site.send("POST", "/a");
      assertEquals("v" + version, text(site.get("/a")));
    }
  }

  @Test
  void safeMethodsPurgeNothing() throws Exception {
    try (Site site = new Site()) {
      versions(site, "/a", SHARED, 200);
      site.get("/a");
      site.send("HEAD", "/a");
      site.send("OPTIONS", "/a");
      assertEquals("v1", text(site.get("/a")));
    }
  }

  /** Read your writes: whoever has seen the first byte of the answer finds the page purged. */
  @Test
  void thePurgeComesBeforeTheFirstByteOfTheAnswer() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    try (Site site = new Site()) {
      site.page(
          "/a",
          SHARED,
          exchange -> {
            if (exchange.getRequestMethod().equals("GET")) {
              Site.html(exchange, "v" + renders.incrementAndGet());
              return;
            }
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            out.write("half of ".getBytes(StandardCharsets.UTF_8));
            out.flush();
            await(seen);
            out.write("it".getBytes(StandardCharsets.UTF_8));
            out.close();
          });
      assertEquals("v1", text(site.get("/a")));
      try (Socket socket = site.connect()) {
        socket
            .getOutputStream()
            .write(
                "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
                    .getBytes(StandardCharsets.UTF_8));
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        assertTrue(in.readLine().startsWith("HTTP/1.1 200"));
        assertEquals("v2", text(site.get("/a")));
      }
    } finally {
      seen.countDown();
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
  void whereTheAnswerDecidesItsLocationsArePurgedToo() throws Exception {
    PageRule rfc = PageRule.rfc9111(Audience.EVERYONE, Duration.ofDays(1));
    try (Site site = new Site()) {
      for (String path : List.of("/made", "/same", "/other")) {
        site.page(path, rfc, exchange -> fresh(exchange));
        site.get(path);
      }
      site.page(
          "/post",
          rfc,
          exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Location", "/made");
            exchange.getResponseHeaders().set("Content-Location", "same");
            exchange.sendResponseHeaders(201, -1);
            exchange.close();
          });
      site.page(
          "/elsewhere",
          rfc,
          exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Location", "http://example.org/other");
            exchange.sendResponseHeaders(201, -1);
            exchange.close();
          });
      site.send("POST", "/post");
      site.send("POST", "/elsewhere");
      assertEquals("lms; fwd=miss; stored; detail=anon", status(site.get("/made")));
      assertEquals("lms; fwd=miss; stored; detail=anon", status(site.get("/same")));
      assertEquals("lms; hit; ttl=60; detail=anon", status(site.get("/other")));
    }
  }

  private void fresh(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Cache-Control", "max-age=60");
    Site.html(exchange, "v" + renders.incrementAndGet());
  }

  /** A store that takes no purges. */
  private record Unpurgeable(PageStore store) implements PageStore {
    @Override
    public Lookup lookup(PageKey key, Stamp seen) {
      return store.lookup(key, seen);
    }

    @Override
    public Stored store(PageKey key, Page page, Stamp stamp) {
      return store.store(key, page, stamp);
    }

    @Override
    public void purge(Collection<String> tags) {
      throw new PageStoreException("the store is away", new IOException());
    }

    @Override
    public long bytes() {
      return 0;
    }
  }

  @Test
  void aPurgeThatFailsIsLoggedAndTheAnswerLeaves() throws Exception {
    List<LogRecord> log = new ArrayList<>();
    Handler listener =
        new Handler() {
          @Override
          public synchronized void publish(LogRecord entry) {
            log.add(entry);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(PageService.class.getPackageName() + ".Invalidation");
    logger.addHandler(listener);
    try (Site site =
        new Site(
            null,
            clock ->
                new Unpurgeable(
                    new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock, clock::nanos)))) {
      versions(site, "/a", SHARED, 204);
      assertEquals(204, site.send("POST", "/a").statusCode());
    } finally {
      logger.removeHandler(listener);
    }
    assertEquals(1, log.size());
    assertEquals(Level.SEVERE, log.get(0).getLevel());
    assertTrue(log.get(0).getMessage().contains("[/a] could not be purged after a POST"));
  }

  /** The stale page is sent first: the work may come a little later. */
  private static void runNext(BlockingQueue<Runnable> later) throws InterruptedException {
    Runnable work = later.poll(60, TimeUnit.SECONDS);
    assertNotNull(work, "nothing was started in the background");
    work.run();
  }

  @Test
  void aStrangersStalePageIsReplacedInTheBackground() throws Exception {
    BlockingQueue<Runnable> later = new LinkedBlockingQueue<>();
    try (Site site =
        new Site(
            later::add,
            clock -> new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock, clock::nanos))) {
      List<String> cookies = new ArrayList<>();
      PageRule rule = SHARED.withHeaders("cookie").withStaleWhileRevalidate(Duration.ofSeconds(30));
      site.page(
          "/a",
          rule,
          exchange -> {
            cookies.add(String.valueOf(exchange.getRequestHeaders().getFirst("Cookie")));
            Site.html(exchange, "v" + renders.incrementAndGet());
          });
      site.get("/a", "Cookie", "a=1");
      site.clock.advance(TTL.plusSeconds(3));
      for (int i = 0; i < 3; i++) {
        HttpResponse<byte[]> stale = site.get("/a", "Cookie", "a=1");
        assertEquals("v1", text(stale));
        assertEquals("93", Site.header(stale, "Age"));
        assertEquals("lms; hit; ttl=-3; detail=anon", status(stale));
      }
      runNext(later);
      HttpResponse<byte[]> fresh = site.get("/a", "Cookie", "a=1");
      assertEquals("v2", text(fresh));
      assertEquals("lms; hit; ttl=90; detail=anon", status(fresh));
      later.forEach(Runnable::run); // Started too late to find anything stale.
      assertEquals(List.of("a=1", "a=1"), cookies, "the cookie is part of this key");
    }
  }

  @Test
  void whatIsNotInTheKeyIsNotSeenInTheBackground() throws Exception {
    BlockingQueue<Runnable> later = new LinkedBlockingQueue<>();
    try (Site site =
        new Site(
            later::add,
            clock -> new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock, clock::nanos))) {
      List<String> cookies = new ArrayList<>();
      site.page(
          "/a",
          PageRule.rfc9111(Audience.EVERYONE, TTL),
          exchange -> {
            String cookie = String.valueOf(exchange.getRequestHeaders().getFirst("Cookie"));
            cookies.add(cookie);
            exchange
                .getResponseHeaders()
                .set("Cache-Control", "max-age=60, stale-while-revalidate=30");
            if (renders.incrementAndGet() > 1) {
              exchange.getResponseHeaders().set("Vary", "Cookie"); // A change of mind.
            }
            Site.html(exchange, cookie);
          });
      assertEquals("a=1", text(site.get("/a", "Cookie", "a=1")));
      site.clock.advance(Duration.ofSeconds(60));
      assertEquals("a=1", text(site.get("/a", "Cookie", "a=1")));
      runNext(later);
      assertEquals(List.of("a=1", "null"), cookies);
      assertEquals("null", text(site.get("/a")));
      assertEquals("a=2", text(site.get("/a", "Cookie", "a=2")));
      assertEquals("a=1", text(site.get("/a", "Cookie", "a=1")));
      assertEquals(4, renders.get());
    }
  }

  @Test
  void aPersonsStalePageIsReplacedByARequestOfTheirOwn() throws Exception {
    BlockingQueue<Runnable> later = new LinkedBlockingQueue<>();
    try (Site site =
        new Site(
            later::add,
            clock -> new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock, clock::nanos))) {
      versions(site, "/a", SHARED.withStaleWhileRevalidate(Duration.ofSeconds(30)), 204);
      site.get("/a", "X-User", "anna");
      site.clock.advance(TTL);
      HttpResponse<byte[]> next = site.get("/a", "X-User", "anna");
      assertEquals("v2", text(next));
      assertEquals("lms; fwd=stale; stored; detail=auth", status(next));
      assertEquals(0, later.size());
    }
  }

  @Test
  void aStalePageStandsInForAFailingHandler() throws Exception {
    try (Site site = new Site()) {
      site.page(
          "/a",
          SHARED.withStaleIfError(Duration.ofSeconds(30)),
          exchange -> {
            switch (renders.incrementAndGet()) {
              case 1 -> Site.html(exchange, "good");
              case 2 -> throw new IllegalStateException("the database is gone");
              case 3 -> Site.send(exchange, 503, "try later");
              case 4 -> {
                exchange.sendResponseHeaders(200, 10);
                exchange.getResponseBody().write('x');
              }
              default -> Site.send(exchange, 500, "the last");
            }
          });
      site.get("/a");
      site.clock.advance(TTL);
      for (String reason : List.of("aborted", "error", "aborted")) {
        HttpResponse<byte[]> stale = site.get("/a");
        assertEquals(200, stale.statusCode());
        assertEquals("good", text(stale));
        assertEquals("90", Site.header(stale, "Age"));
        assertEquals("lms; fwd=stale; detail=anon/" + reason, status(stale));
      }
      site.clock.advance(Duration.ofSeconds(30));
      assertEquals(500, site.get("/a").statusCode());
    }
  }

  /** The site's source of chance always says one half. */
  @Test
  void lifetimesAreSpreadAsDeclared() throws Exception {
    try (Site site = new Site()) {
      versions(site, "/a", PageRule.shared(Duration.ofSeconds(100)).withJitter(0.2), 204);
      site.get("/a");
      assertEquals("lms; hit; ttl=90; detail=anon", status(site.get("/a")));
    }
  }
}
