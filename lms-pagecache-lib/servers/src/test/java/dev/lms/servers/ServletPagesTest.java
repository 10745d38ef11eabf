// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.servlet.PageCacheFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the page cache keeps behind the filter of sessions, and for whom. */
class ServletPagesTest extends CachedPages {
  @ParameterizedTest
  @EnumSource
  void pagesAreSharedAndPurged(Container container) throws Exception {
    String path = counted(SHARED, (request, response) -> response.setHeader("Cache-Tag", "t"));
    HttpResponse<String> miss = get(container, path);
    assertEquals("lms; fwd=miss; stored; detail=anon", status(miss));
    assertEquals(
        "text/plain;charset=utf-8", field(miss, "Content-Type").toLowerCase(java.util.Locale.ROOT));
    assertEquals("none", field(miss, "Cache-Tag"));
    HttpResponse<String> hit = get(container, path + "?utm_source=x");
    assertEquals("lms; hit; detail=anon", status(hit));
    assertEquals("render 1", hit.body());
    assertEquals("8", field(hit, "Content-Length"));
    String cookie = signedIn(container, "ann");
    assertEquals("render 1", get(container, path, "Cookie", cookie).body());
    HttpResponse<String> unchanged = get(container, path, "If-None-Match", field(hit, "ETag"));
    assertEquals(304, unchanged.statusCode());
    HttpResponse<String> head = send(container, "HEAD", path);
    assertEquals("8", field(head, "Content-Length"));
    assertEquals("render 1", get(container, path).body());
    CACHE.purge("t");
    assertEquals("render 2", get(container, path).body());
    SITE.pages.put(path + "/x", NOTHING);
    CACHE.purgePath(path);
    assertEquals("render 3", get(container, path).body());
  }

  @ParameterizedTest
  @EnumSource
  void aPostPurgesItsPathAlsoWhereItIsSpelledDifferently(Container container) throws Exception {
    String path = counted(SHARED, NOTHING);
    assertEquals("render 1", get(container, path).body());
    assertEquals("render 2", send(container, "POST", path).body());
    assertEquals("render 3", get(container, path).body());
    SITE.pages.put(path + ";a=b", SITE.pages.get(path));
    HttpResponse<String> alias = get(container, path + ";a=b");
    assertEquals("lms; fwd=bypass; detail=anon/target", status(alias));
    HttpResponse<String> post = send(container, "POST", path + ";a=b");
    assertEquals("lms; fwd=bypass; detail=anon/post", status(post));
    assertEquals("render 6", get(container, path).body());
  }

  /** P2 and P3: whatever is read of the person or the connection, and each way to set a cookie. */
  private static Map<String, ServletSite.Page> ofOneClient() {
    Map<String, ServletSite.Page> pages = new LinkedHashMap<>();
    pages.put("getRemoteUser", (request, response) -> request.getRemoteUser());
    pages.put("getUserPrincipal", (request, response) -> request.getUserPrincipal());
    pages.put("isUserInRole", (request, response) -> request.isUserInRole("admin"));
    pages.put("getAuthType", (request, response) -> request.getAuthType());
    pages.put("getCookies", (request, response) -> request.getCookies());
    pages.put("Cookie", (request, response) -> request.getHeader("Cookie"));
    pages.put("Authorization", (request, response) -> request.getHeader("Authorization"));
    pages.put("all of a field", (request, response) -> request.getHeaders("X-Any"));
    pages.put("a number", (request, response) -> request.getIntHeader("X-Any"));
    pages.put("a date", (request, response) -> request.getDateHeader("X-Any"));
    pages.put("names", (request, response) -> request.getHeaderNames());
    pages.put("getSession", (request, response) -> request.getSession(false));
    pages.put("a new session", (request, response) -> request.getSession());
    pages.put("requested id", (request, response) -> request.getRequestedSessionId());
    pages.put("our session", (request, response) -> session(request).get("name"));
    pages.put("locale", (request, response) -> request.getLocale());
    pages.put("locales", (request, response) -> request.getLocales());
    pages.put("address", (request, response) -> request.getRemoteAddr());
    pages.put("scheme", (request, response) -> request.isSecure());
    pages.put("URL", (request, response) -> request.getRequestURL());
    pages.put("server", (request, response) -> request.getServerName());
    pages.put("port", (request, response) -> request.getServerPort());
    pages.put(
        "certificate",
        (request, response) -> request.getAttribute("jakarta.servlet.request.X509Certificate"));
    pages.put("addCookie", (request, response) -> response.addCookie(new Cookie("a", "b")));
    pages.put("setHeader", (request, response) -> response.setHeader("Set-Cookie", "a=b"));
    pages.put("addHeader", (request, response) -> response.addHeader("set-cookie", "a=b"));
    pages.put("sendError", (request, response) -> response.sendError(404));
    pages.put("sendRedirect", (request, response) -> response.sendRedirect("/"));
    pages.put("no-store", (request, response) -> response.setHeader("Cache-Control", "no-store"));
    pages.put(
        "a session past the cache",
        (request, response) -> {
          jakarta.servlet.ServletRequest inner = request;
          while (inner instanceof jakarta.servlet.ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
          }
          ((HttpServletRequest) inner).getSession();
        });
    pages.put(
        "async",
        (request, response) -> {
          AsyncContext async = request.startAsync();
          async.start(
              () -> {
                try {
                  async.getResponse().getWriter().print("later");
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
                async.complete();
              });
        });
    return pages;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsOfOneClientIsSharedWithNobody(Container container) throws Exception {
    for (Map.Entry<String, ServletSite.Page> page : ofOneClient().entrySet()) {
      String path = counted(SHARED, page.getValue());
      HttpResponse<String> first = get(container, path);
      HttpResponse<String> second = get(container, path);
      for (HttpResponse<String> answer : List.of(first, second)) {
        String status = status(answer);
        assertTrue(status.startsWith("lms; fwd="), page.getKey() + ": " + status);
        assertFalse(status.contains("stored"), page.getKey() + ": " + status);
      }
      if (page.getKey().contains("ookie") && page.getKey().startsWith("a")) {
        assertEquals("a=b", field(second, "Set-Cookie").replaceFirst(";.*", ""));
      }
      if (page.getKey().equals("async")) {
        assertEquals("later", second.body());
        assertEquals("lms; fwd=miss; detail=anon/async", status(second));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPersonsPageIsTheirs(Container container) throws Exception {
    String path =
        page(
            PageRule.shared(Duration.ofMinutes(1)),
            (request, response) ->
                response.getWriter().print("Hello " + session(request).get("name").orElse("you")));
    String ann = signedIn(container, "ann " + path.substring(5));
    String bob = signedIn(container, "bob");
    assertEquals("Hello ann " + path.substring(5), get(container, path, "Cookie", ann).body());
    assertEquals("Hello bob", get(container, path, "Cookie", bob).body());
    assertEquals("Hello you", get(container, path).body());
    assertEquals("lms; hit; detail=user", status(get(container, path, "Cookie", bob)));
  }

  @ParameterizedTest
  @EnumSource
  void holesAreFilledForEachPerson(Container container) throws Exception {
    String path =
        counted(
            SHARED,
            (request, response) ->
                response.getWriter().print(PageCacheFilter.hole(request, "name") + " "));
    String ann = signedIn(container, "ann");
    assertEquals("nobody render 1", get(container, path).body());
    assertEquals("ann render 1", get(container, path, "Cookie", ann).body());
    String streamed =
        page(
            null,
            (request, response) -> {
              String hole = PageCacheFilter.hole(request, "name");
              response.getWriter().print("x".repeat(100_000) + hole);
            });
    assertTrue(get(container, streamed, "Cookie", ann).body().endsWith("xann"));
  }

  @ParameterizedTest
  @EnumSource
  void onlyAWholeAnswerIsStored(Container container) throws Exception {
    String tooShort =
        page(
            SHARED,
            (request, response) -> {
              response.setContentLength(10);
              response.getOutputStream().print("half");
            });
    assertEquals(500, get(container, tooShort).statusCode());
    assertEquals(500, get(container, tooShort).statusCode());
    AtomicInteger runs = new AtomicInteger();
    String throwing =
        page(
            SHARED.withStaleIfError(Duration.ofMinutes(1)),
            (request, response) -> {
              response.getWriter().print("x".repeat(50_000));
              response.flushBuffer();
              if (runs.incrementAndGet() == 1) {
                throw new ServletException("a bug");
              }
            });
    HttpResponse<String> failed = get(container, throwing);
    assertEquals(500, failed.statusCode());
    assertEquals("lms; fwd=miss; detail=anon/aborted", status(failed));
    HttpResponse<String> whole = get(container, throwing);
    assertEquals(50_000, whole.body().length());
    assertEquals("lms; fwd=miss; stored; detail=anon", status(whole));
  }

  /** P5: those who wait get the whole answer, of one render; and go on where there is none. */
  @ParameterizedTest
  @EnumSource
  void thoseWhoWaitShareOneRender(Container container) throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    String path =
        counted(
            SHARED,
            (request, response) -> {
              response.getWriter().print("x".repeat(20_000));
              response.flushBuffer();
              began.countDown();
              assertTrue(end.await(60, TimeUnit.SECONDS));
            });
    CompletableFuture<HttpResponse<String>> leader = later(container, path);
    assertTrue(began.await(60, TimeUnit.SECONDS));
    CompletableFuture<HttpResponse<String>> follower = later(container, path);
    end.countDown();
    String body = leader.get(60, TimeUnit.SECONDS).body();
    assertEquals(20_000, body.length());
    assertEquals(body, follower.get(60, TimeUnit.SECONDS).body());
  }

  @ParameterizedTest
  @EnumSource
  void staleWhileAnotherRendersAndNothingRunsTwice(Container container) throws Exception {
    AtomicInteger renders = new AtomicInteger();
    String path =
        page(
            PageRule.rfc9111(Audience.EVERYONE, Duration.ofMinutes(1))
                .withStaleWhileRevalidate(Duration.ofMinutes(1)),
            (request, response) -> {
              assertEquals(null, request.getHeader("If-None-Match"));
              response.setHeader("ETag", "\"a\"");
              response.setHeader("Cache-Control", "max-age=1, stale-while-revalidate=60");
              response.setHeader("Age", "1");
              response.getWriter().print("render " + renders.incrementAndGet());
            });
    assertEquals("render 1", get(container, path).body());
    assertEquals("render 2", get(container, path).body());
    assertEquals("render 3", get(container, path).body());
    assertEquals(3, renders.get());
  }

  @ParameterizedTest
  @EnumSource
  void headAndRangesChangeNoStoredBody(Container container) throws Exception {
    String path =
        page(
            PageRule.rfc9111(Audience.EVERYONE, Duration.ofMinutes(1)),
            (request, response) -> {
              response.setHeader("Cache-Control", "max-age=60");
              response.getOutputStream().print("0123456789");
            });
    HttpResponse<String> head = send(container, "HEAD", path);
    assertEquals("", head.body());
    assertEquals("10", field(head, "Content-Length"));
    assertEquals("0123456789", get(container, path).body());
    HttpResponse<String> part = get(container, path, "Range", "bytes=2-4");
    assertEquals(206, part.statusCode());
    assertEquals("234", part.body());
    assertEquals("0123456789", get(container, path).body());
  }
}
