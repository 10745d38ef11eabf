// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.Site.header;
import static dev.lms.pagecache.httpserver.Site.status;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a handler answers to the cache's own conditional question, and who gets to see it. */
class QuestionTest {
  private static final PageRule RULE = PageRule.rfc9111(Audience.EVERYONE, Duration.ofDays(1));
  private static final String MONDAY = "Mon, 07 Jan 2019 00:00:00 GMT";
  private static final String TUESDAY = "Tue, 08 Jan 2019 00:00:00 GMT";

  private final AtomicInteger asked = new AtomicInteger();
  private Site site;

  @BeforeEach
  void open() throws IOException {
    site = new Site();
  }

  @AfterEach
  void close() {
    site.close();
  }

  /** Does something on the way to a 304. */
  private interface Aside {
    void run(HttpExchange exchange) throws IOException;
  }

  /**
   * A page that is fresh for a minute. Asked conditionally, its handler says that nothing changed.
   *
   * @param validators of the whole page
   */
  private void page(PageRule rule, List<String> validators, Aside whenAsked, String... of304) {
    site.page(
        "/a",
        rule,
        exchange -> {
          int n = asked.incrementAndGet();
          boolean conditional =
              exchange.getRequestHeaders().containsKey("If-None-Match")
                  || exchange.getRequestHeaders().containsKey("If-Modified-Since");
          exchange.getResponseHeaders().set("Content-Type", "text/plain");
          exchange.getResponseHeaders().set("Cache-Control", "max-age=60");
          exchange.getResponseHeaders().set("X-N", "n" + n);
          if (conditional) {
            add(exchange, List.of(of304));
            whenAsked.run(exchange);
            exchange.sendResponseHeaders(304, -1);
            exchange.close();
          } else {
            add(exchange, validators);
            Site.send(exchange, 200, "body" + n);
          }
        });
  }

  private static void add(HttpExchange exchange, List<String> fields) {
    for (String field : fields) {
      String[] parts = field.split(": ", 2);
      exchange.getResponseHeaders().add(parts[0], parts[1]);
    }
  }

  private void storeAndLetItBecomeStale() throws Exception {
    assertEquals("lms; fwd=miss; stored; detail=anon", status(site.get("/a")));
    site.clock.advance(Duration.ofSeconds(61));
  }

  private static final List<String> STRONG = List.of("ETag: \"one\"");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Set-Cookie: a=b",
        "Cache-Control: no-store",
        "Cache-Control: private",
        "Vary: *",
        "Set-Cookie2: a=b"
      })
  void aConfirmationThatCannotBeStoredBringsTheStoredBody(String field) throws Exception {
    page(RULE, STRONG, exchange -> {}, field, "ETag: \"one\"");
    storeAndLetItBecomeStale();
    for (int n = 2; n < 5; n++) {
      HttpResponse<byte[]> whole = site.get("/a");
      assertEquals(200, whole.statusCode());
      assertEquals("body1", text(whole));
      assertEquals("n" + n, header(whole, "X-N"), "the fields of the 304");
      assertEquals("text/plain", header(whole, "Content-Type"));
      String[] said = field.split(": ", 2);
      assertTrue(whole.headers().allValues(said[0]).contains(said[1]), whole.headers()::toString);
      assertEquals("\"one\"", header(whole, "ETag"));
      assertEquals("5", header(whole, "Content-Length"));
    }
    assertEquals(4, asked.get());
    assertEquals(304, site.get("/a", "If-None-Match", "\"one\"").statusCode());
    HttpResponse<byte[]> other = site.get("/a", "If-None-Match", "\"two\"");
    assertEquals(200, other.statusCode(), "the client holds another version");
    assertEquals("body1", text(other));
  }

  @Test
  void aRequestThatForbidsStoringGetsTheStoredBody() throws Exception {
    page(RULE, STRONG, exchange -> {});
    storeAndLetItBecomeStale();
    HttpResponse<byte[]> whole = site.get("/a", "Cache-Control", "no-store");
    assertEquals(200, whole.statusCode());
    assertEquals("body1", text(whole));
    assertEquals("n2", header(whole, "X-N"));
    assertEquals("lms; fwd=stale; detail=anon/no-store", status(whole));
  }

  /** The tag names these bytes, whoever asks. */
  @Test
  void aStrongTagNamesTheBytesForRequestsWithCredentialsToo() throws Exception {
    page(RULE, STRONG, exchange -> {});
    storeAndLetItBecomeStale();
    HttpResponse<byte[]> whole = site.get("/a", "Authorization", "me");
    assertEquals(200, whole.statusCode());
    assertEquals("body1", text(whole));
    assertEquals("lms; fwd=stale; detail=anon/authorization", status(whole));
    assertEquals(2, asked.get());
  }

  /** P2: a date says nothing about what this person would have been shown. */
  @Test
  void requestsWithCredentialsAreNotAskedAboutByDateOrWeakTag() throws Exception {
    for (List<String> weak :
        List.of(List.of("Last-Modified: " + MONDAY), List.of("ETag: W/\"o\""))) {
      asked.set(0);
      page(RULE, weak, exchange -> {});
      site.cache.purgeAll();
      storeAndLetItBecomeStale();
      HttpResponse<byte[]> own = site.get("/a", "Authorization", "me");
      assertEquals(200, own.statusCode());
      assertEquals("body2", text(own));
      assertEquals(2, asked.get());
    }
  }

  @Test
  void aStrongTagNamesTheBytesForPeopleThatWereLookedAtToo() throws Exception {
    page(RULE, STRONG, exchange -> site.readUser());
    storeAndLetItBecomeStale();
    for (int i = 0; i < 2; i++) {
      HttpResponse<byte[]> whole = site.get("/a");
      assertEquals(200, whole.statusCode());
      assertEquals("body1", text(whole));
      assertEquals("lms; fwd=stale; detail=anon/personal", status(whole));
    }
    assertEquals("body1", text(site.get("/a", "X-User", "anna")));
  }

  /** P2: the handler looked at the person and compared a date; it is asked for the page itself. */
  @Test
  void whoWasLookedAtIsRenderedForUnlessAStrongTagNamesTheBytes() throws Exception {
    for (List<String> weak :
        List.of(List.of("Last-Modified: " + MONDAY), List.of("ETag: W/\"o\""))) {
      asked.set(0);
      page(RULE, weak, exchange -> site.readUser());
      site.cache.purgeAll();
      storeAndLetItBecomeStale();
      HttpResponse<byte[]> own = site.get("/a");
      assertEquals(200, own.statusCode());
      assertEquals("body3", text(own), "asked conditionally, then anew");
      assertEquals("lms; fwd=stale; detail=anon/personal", status(own), "what was read counts");
    }
  }

  /** P2: the stored body was that of whoever began the request. */
  @Test
  void aChangeOfIdentityOnTheWayIsRenderedAnew() throws Exception {
    page(RULE, STRONG, exchange -> site.becomes("anna"));
    storeAndLetItBecomeStale();
    HttpResponse<byte[]> own = site.get("/a");
    assertEquals(200, own.statusCode());
    assertEquals("body3", text(own));
    assertEquals("lms; fwd=stale; detail=anon/identity", status(own));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ETag: \"two\"", "ETag: W/\"two\"", "Last-Modified: " + TUESDAY})
  void aConfirmationOfAnotherVersionDoesNotRenameTheStoredOne(String field) throws Exception {
    page(RULE, List.of("ETag: \"one\"", "Last-Modified: " + MONDAY), exchange -> {}, field);
    storeAndLetItBecomeStale();
    HttpResponse<byte[]> anew = site.get("/a");
    assertEquals(200, anew.statusCode());
    assertEquals("body3", text(anew));
    assertEquals("\"one\"", header(anew, "ETag"), "as the handler said with that body");
    assertEquals("lms; fwd=stale; stored; detail=anon", status(anew));
    assertEquals("body3", text(site.get("/a")));
    assertEquals(3, asked.get());
  }

  @Test
  void aWeakTagIsNotMadeAStrongOne() throws Exception {
    page(RULE, List.of("ETag: W/\"one\""), exchange -> {}, "ETag: \"one\"");
    storeAndLetItBecomeStale();
    assertEquals("body3", text(site.get("/a")));
  }

  @Test
  void aWeakAnswerConfirmsAStrongTag() throws Exception {
    page(RULE, STRONG, exchange -> {}, "ETag: W/\"one\"");
    storeAndLetItBecomeStale();
    HttpResponse<byte[]> confirmed = site.get("/a");
    assertEquals("body1", text(confirmed));
    assertEquals("lms; fwd=stale; stored; detail=anon", status(confirmed));
  }

  @Test
  void rangesAreCutOutOfTheStoredBodyToo() throws Exception {
    page(RULE, STRONG, exchange -> {}, "Set-Cookie: a=b", "ETag: \"one\"");
    storeAndLetItBecomeStale();
    HttpResponse<byte[]> part = site.get("/a", "Range", "bytes=1-2");
    assertEquals(206, part.statusCode());
    assertEquals("od", text(part));
    assertEquals("od", text(site.get("/a", "Range", "bytes=1-2", "If-Range", "\"one\"")));
    HttpResponse<byte[]> whole = site.get("/a", "Range", "bytes=1-2", "If-Range", "\"two\"");
    assertEquals(200, whole.statusCode());
    assertEquals("body1", text(whole));
  }

  /** A HEAD goes to the handler as it came. */
  @Test
  void aHeadIsNotAskedAboutStoredPages() throws Exception {
    page(RULE, STRONG, exchange -> {}, "Set-Cookie: a=b", "ETag: \"one\"");
    storeAndLetItBecomeStale();
    assertEquals(200, site.send("HEAD", "/a").statusCode());
    assertEquals(304, site.send("HEAD", "/a", "If-None-Match", "\"one\"").statusCode());
  }

  @Test
  void inTheBackgroundToo() throws Exception {
    site.close();
    BlockingQueue<Runnable> later = new LinkedBlockingQueue<>();
    site =
        new Site(
            later::add,
            clock -> new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock, clock::nanos));
    PageRule stale = RULE.withStaleWhileRevalidate(Duration.ofMinutes(1));
    page(stale, STRONG, exchange -> {}, "ETag: \"two\"");
    storeAndLetItBecomeStale();
    assertEquals("body1", text(site.get("/a")));
    Runnable work = later.poll(60, TimeUnit.SECONDS);
    assertNotNull(work);
    work.run();
    HttpResponse<byte[]> anew = site.get("/a");
    assertEquals("body3", text(anew));
    assertEquals("lms; hit; ttl=60; detail=anon", status(anew));
  }

  /** P1: a 304 most often names no tags. */
  @Test
  void aPageThatWasConfirmedKeepsItsTags() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange -> {
          int n = asked.incrementAndGet();
          exchange.getResponseHeaders().set("Cache-Control", "max-age=60");
          if (exchange.getRequestHeaders().containsKey("If-None-Match")) {
            exchange.sendResponseHeaders(304, -1);
            exchange.close();
          } else {
            exchange.getResponseHeaders().set("ETag", "\"one\"");
            exchange.getResponseHeaders().set("Cache-Tag", "t");
            Site.send(exchange, 200, "body" + n);
          }
        });
    storeAndLetItBecomeStale();
    assertEquals("lms; fwd=stale; stored; detail=anon", status(site.get("/a")));
    site.cache.purge("t");
    assertEquals("body3", text(site.get("/a")));
  }

  /** RFC 9111 section 4.2.3: age and date are those of the answer that came last. */
  @Test
  void aPageThatWasConfirmedIsAsYoungAsItsConfirmation() throws Exception {
    page(
        RULE,
        List.of("ETag: \"one\"", "Age: 30", "Date: Tue, 01 Jan 2030 00:00:00 GMT"),
        exchange -> {},
        "ETag: \"one\"");
    site.get("/a");
    site.clock.advance(Duration.ofSeconds(61));
    HttpResponse<byte[]> confirmed = site.get("/a");
    assertEquals("lms; fwd=stale; stored; detail=anon", status(confirmed));
    assertEquals("", header(confirmed, "Age"));
    assertEquals("lms; hit; ttl=60; detail=anon", status(site.get("/a")));
  }

  @Test
  void aHandlerThatFailsAfterItsConfirmationConfirmsNothing() throws Exception {
    site.page(
        "/a",
        RULE,
        exchange -> {
          exchange.getResponseHeaders().set("Cache-Control", "max-age=60");
          exchange.getResponseHeaders().set("ETag", "\"one\"");
          if (exchange.getRequestHeaders().containsKey("If-None-Match")) {
            exchange.sendResponseHeaders(304, -1);
            exchange.close();
            throw new IOException("after the answer");
          }
          Site.send(exchange, 200, "body");
        });
    storeAndLetItBecomeStale();
    assertEquals(500, site.get("/a").statusCode());
  }

  /** Filters between the cache and the handler run for every question. */
  @Test
  void filtersInsideTheCacheSeeEachQuestion() throws Exception {
    List<String> seen = new ArrayList<>();
    site.inside(
        new Filter() {
          @Override
          public String description() {
            return "inside";
          }

          @Override
          public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
            seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("If-None-Match")));
            chain.doFilter(exchange);
          }
        });
    page(RULE, STRONG, exchange -> {}, "ETag: \"two\"");
    storeAndLetItBecomeStale();
    assertEquals("body3", text(site.get("/a")));
    assertEquals(List.of("null", "\"one\"", "null"), seen);
  }
}
