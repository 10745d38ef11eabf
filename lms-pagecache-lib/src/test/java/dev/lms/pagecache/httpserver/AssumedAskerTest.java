// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.Site.html;
import static dev.lms.pagecache.httpserver.Site.status;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.Asker;
import dev.lms.pagecache.PageRule;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** P2: who is only assumed to be somebody reads what is stored, and leaves nothing behind. */
class AssumedAskerTest extends FilterFixture {
  private HttpResponse<byte[]> live(String user) throws Exception {
    return site.get("/", "X-User", user);
  }

  private HttpResponse<byte[]> assumed(String user) throws Exception {
    return site.get("/", "X-User", user, "X-Assumed", "yes");
  }

  @Test
  void theyGetWhatIsStoredForThemWithTheirOwnHoles() throws Exception {
    site.page("/", SHARED, exchange -> html(exchange, menuPage(exchange)));
    assertEquals("lms; fwd=miss; stored; detail=auth", status(live("ben")));
    HttpResponse<byte[]> anna = assumed("anna");
    assertEquals("lms; hit; ttl=90; detail=auth", status(anna));
    assertTrue(text(anna).startsWith("<nav><b>anna</b></nav>"), text(anna));
    assertEquals(1, renders.get());
    site.cache.purgePath("/");
    assertEquals("lms; fwd=miss; detail=auth/assumed", status(assumed("anna")));
  }

  @Test
  void whatIsRenderedForThemIsNeitherStoredNorRemembered() throws Exception {
    site.page("/", SHARED, exchange -> html(exchange, menuPage(exchange)));
    for (int i = 1; i <= 3; i++) {
      HttpResponse<byte[]> anna = assumed("anna");
      assertEquals("lms; fwd=miss; detail=auth/assumed", status(anna));
      assertTrue(text(anna).startsWith("<nav><b>anna</b></nav>"), text(anna));
      assertEquals(i, renders.get());
    }
    assertEquals("lms; fwd=miss; stored; detail=auth", status(live("anna")));
    assertEquals("lms; hit; ttl=90; detail=auth", status(live("anna")));
    assertEquals("lms; hit; ttl=90; detail=auth", status(assumed("anna")));
  }

  @Test
  void aPageOfTheirOwnIsNotReplacedByWhatTheySeeMeanwhile() throws Exception {
    site.page(
        "/",
        PageRule.perPerson(Duration.ofSeconds(90)),
        exchange -> html(exchange, site.readUser() + " " + renders.incrementAndGet()));
    assertEquals("anna 1", text(assumed("anna")));
    assertEquals("anna 2", text(live("anna")));
    assertEquals("anna 2", text(assumed("anna")));
    assertEquals("ben 3", text(assumed("ben")));
    assertEquals("anna 2", text(live("anna")));
    assertEquals("ben 4", text(live("ben")));
  }

  @Test
  void nobodyWaitsForTheirRender() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    site.page(
        "/",
        SHARED,
        exchange -> {
          if (exchange.getRequestHeaders().containsKey("X-Assumed")) {
            begun.countDown();
            try {
              assertTrue(go.await(60, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            html(exchange, "we cannot check who you are");
          } else {
            html(exchange, "hello");
          }
        });
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      Future<HttpResponse<byte[]>> anna = threads.submit(() -> assumed("anna"));
      assertTrue(begun.await(60, TimeUnit.SECONDS));
      assertEquals("hello", text(live("ben")));
      go.countDown();
      assertEquals("we cannot check who you are", text(anna.get(60, TimeUnit.SECONDS)));
      assertEquals("hello", text(live("ben")));
    } finally {
      go.countDown();
      threads.shutdownNow();
    }
  }

  @Test
  void nobodyIsNoPersonThatCanBeAssumed() {
    assertThrows(IllegalArgumentException.class, () -> Asker.assumed("", Set.of()));
  }
}
