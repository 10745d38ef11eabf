// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.Site.header;
import static dev.lms.pagecache.httpserver.Site.html;
import static dev.lms.pagecache.httpserver.Site.status;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.Variant;
import dev.lms.pagecache.contract.Parallel;
import dev.lms.pagecache.httpserver.exchange.DelegatingExchange;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Who gets which page behind the filter: strangers, people, roles and groups. */
class AudiencesTest extends FilterFixture {
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
  void aHandlerKnowsWhomItRendersFor() throws Exception {
    site.page(
        "/",
        SHARED,
        exchange ->
            html(exchange, PageCacheFilter.variant(exchange).equals(Variant.AUTH) ? "in" : "out"));
    assertEquals("in", text(site.get("/", "X-User", "anna")));
    assertEquals("out", text(site.get("/")));
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
}
