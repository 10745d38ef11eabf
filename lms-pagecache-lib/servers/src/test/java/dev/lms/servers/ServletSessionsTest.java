// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.KeyRing;
import dev.lms.session.Merge;
import dev.lms.session.OutagePolicy;
import dev.lms.session.Session;
import dev.lms.session.SessionKey;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.TokenHeader;
import dev.lms.session.memory.MemorySessionStore;
import dev.lms.session.servlet.SessionFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The session filter on servlet containers, each started once. */
class ServletSessionsTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final SessionKey<String> DRAFT = SessionKey.text("draft").merging(Merge.REJECT);
  private static final Sessions SESSIONS =
      Sessions.of(
          MemorySessionStore.open(KEYS),
          KEYS,
          SessionSettings.plainHttp().withTokenHeader(TokenHeader.named("X-Auth-Token")));

  private static final ServletSite SITE =
      ServletSite.start(
          () ->
              List.of(
                  new SessionFilter(
                      SESSIONS,
                      request ->
                          request.getRequestURI().startsWith("/public")
                              ? OutagePolicy.TREAT_AS_ANONYMOUS
                              : OutagePolicy.FAIL_CLOSED)));

  private static HttpResponse<String> send(
      Container container, String method, String path, String cookie) throws Exception {
    return cookie.isEmpty()
        ? SITE.send(container, method, path)
        : SITE.send(container, method, path, "Cookie", cookie);
  }

  private static HttpResponse<String> get(Container container, String path, String cookie)
      throws Exception {
    return send(container, "GET", path, cookie);
  }

  private static String cookie(HttpResponse<?> answer) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(line -> line.startsWith("session="))
        .reduce((a, b) -> a + " and " + b)
        .orElse("none")
        .replaceFirst(";.*", "");
  }

  private static Session session(HttpServletRequest request) {
    return SessionFilter.session(request);
  }

  private static Optional<String> stored(String cookie) {
    return SESSIONS.open(List.of(cookie)).get("a");
  }

  private static String begun(Container container) throws Exception {
    SITE.pages.put("/begin", (request, response) -> session(request).set("a", "before"));
    return cookie(get(container, "/begin", ""));
  }

  /** Each way by which a container may send a first byte. */
  private static final Map<String, ServletSite.Page> WAYS =
      Map.ofEntries(
          Map.entry("nothing", (request, response) -> {}),
          Map.entry("writer", (request, response) -> response.getWriter().print("text")),
          Map.entry("closed writer", (request, response) -> response.getWriter().close()),
          Map.entry(
              "long text", (request, response) -> response.getWriter().print("é".repeat(100_000))),
          Map.entry(
              "long bytes",
              (request, response) -> response.getOutputStream().write(new byte[200_000])),
          Map.entry("flushed stream", (request, response) -> response.getOutputStream().flush()),
          Map.entry("closed stream", (request, response) -> response.getOutputStream().close()),
          Map.entry("flushBuffer", (request, response) -> response.flushBuffer()),
          Map.entry("no length", (request, response) -> response.setContentLength(0)),
          Map.entry("no long length", (request, response) -> response.setContentLengthLong(0)),
          Map.entry(
              "no length by name",
              (request, response) -> response.setHeader("Content-Length", "0")),
          Map.entry(
              "no length as a number",
              (request, response) -> response.setIntHeader("Content-Length", 0)),
          Map.entry(
              "a length",
              (request, response) -> {
                response.setContentLength(2);
                response.getOutputStream().write(new byte[2]);
              }),
          Map.entry("sendError", (request, response) -> response.sendError(404)),
          Map.entry(
              "sendError with a message", (request, response) -> response.sendError(404, "no")),
          Map.entry("sendRedirect", (request, response) -> response.sendRedirect("/elsewhere")),
          Map.entry(
              "forward",
              (request, response) ->
                  request.getRequestDispatcher("/inner").forward(request, response)),
          Map.entry(
              "include with a long body",
              (request, response) ->
                  request.getRequestDispatcher("/long").include(request, response)),
          Map.entry(
              "include",
              (request, response) ->
                  request.getRequestDispatcher("/inner").include(request, response)),
          Map.entry(
              "async",
              (request, response) -> {
                AsyncContext async = request.startAsync();
                async.start(
                    () -> {
                      session(request).set("b", "later");
                      async.complete();
                    });
              }),
          Map.entry(
              "async with a body",
              (request, response) -> {
                AsyncContext async = request.startAsync();
                async.start(
                    () -> {
                      try {
                        async.getResponse().getWriter().print("x".repeat(100_000));
                        async.complete();
                      } catch (IOException e) {
                        throw new AssertionError(e);
                      }
                    });
              }),
          Map.entry(
              "async dispatch", (request, response) -> request.startAsync().dispatch("/inner")));

  @ParameterizedTest
  @EnumSource
  void theSessionIsWrittenBeforeTheFirstByteOnEveryWay(Container container) throws Exception {
    SITE.pages.put("/inner", (request, response) -> response.getWriter().print("inner"));
    SITE.pages.put("/long", (request, response) -> response.getWriter().print("x".repeat(100_000)));
    for (Map.Entry<String, ServletSite.Page> way : WAYS.entrySet()) {
      SITE.pages.put(
          "/way",
          (request, response) -> {
            session(request).set("a", way.getKey());
            way.getValue().answer(request, response);
          });
      HttpResponse<String> answer = get(container, "/way", "");
      assertEquals(Optional.of(way.getKey()), stored(cookie(answer)), way.getKey());
      String advice = answer.headers().firstValue("Cache-Control").orElse("");
      assertTrue(advice.contains("no-store"), way.getKey() + ": " + advice);
      if (way.getKey().equals("async")) {
        assertEquals(Optional.of("later"), SESSIONS.open(List.of(cookie(answer))).get("b"));
      }
    }
  }

  /** G3: at the first byte that a client can see, the store has the change. */
  @ParameterizedTest
  @EnumSource
  void whatIsFlushedIsStored(Container container) throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    SITE.pages.put(
        "/slow",
        (request, response) -> {
          session(request).set("a", "1");
          response.getOutputStream().write('x');
          response.flushBuffer();
          assertTrue(seen.await(60, TimeUnit.SECONDS));
        });
    HttpResponse<java.io.InputStream> answer =
        ServletSite.CLIENT.send(
            HttpRequest.newBuilder(SITE.uri(container, "/slow")).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    assertEquals(Optional.of("1"), stored(cookie(answer)));
    seen.countDown();
    assertEquals("x", new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @EnumSource
  void whatChangesBetweenTwoCommitsIsNotLost(Container container) throws Exception {
    SITE.pages.put(
        "/twice",
        (request, response) -> {
          session(request).set("a", "1");
          response.setContentLength(0);
          session(request).set("a", "2");
        });
    HttpResponse<String> answer = get(container, "/twice", "");
    assertEquals(Optional.of("2"), stored(cookie(answer)));
  }

  @ParameterizedTest
  @EnumSource
  void resetLeavesTheCookie(Container container) throws Exception {
    SITE.pages.put(
        "/reset",
        (request, response) -> {
          session(request).set("a", "1");
          response.getWriter().print("dropped");
          response.setContentLength(0);
          response.setHeader("X-Dropped", "yes");
          response.reset();
          response.getOutputStream().write("kept".getBytes(StandardCharsets.UTF_8));
        });
    HttpResponse<String> answer = get(container, "/reset", "");
    assertEquals("kept", answer.body());
    assertEquals(Optional.empty(), answer.headers().firstValue("X-Dropped"));
    assertEquals(Optional.of("1"), stored(cookie(answer)));
  }

  @ParameterizedTest
  @EnumSource
  void oneHandleServesAllDispatches(Container container) throws Exception {
    SITE.pages.put(
        "/outer",
        (request, response) -> {
          request.setAttribute("handle", session(request));
          request.getRequestDispatcher("/included").include(request, response);
          response.sendError(418);
        });
    SITE.pages.put(
        "/included",
        (request, response) -> {
          assertSame(request.getAttribute("handle"), session(request));
          session(request).add("times", 1);
        });
    HttpResponse<String> answer = get(container, "/outer", "");
    assertEquals(418, answer.statusCode());
    assertEquals(Optional.of("1"), SESSIONS.open(List.of(cookie(answer))).get("times"));
  }

  @ParameterizedTest
  @EnumSource
  void whatAFailedRequestChangedIsNotStored(Container container) throws Exception {
    String cookie = begun(container);
    SITE.pages.put(
        "/throws",
        (request, response) -> {
          session(request).set("a", "lost");
          throw new IllegalStateException("a bug");
        });
    SITE.pages.put(
        "/500",
        (request, response) -> {
          session(request).set("a", "lost");
          response.sendError(500);
        });
    assertEquals(500, get(container, "/throws", cookie).statusCode());
    assertEquals(500, get(container, "/500", cookie).statusCode());
    assertEquals(Optional.of("before"), stored(cookie));
  }

  @ParameterizedTest
  @EnumSource
  void anEndedSessionStaysEnded(Container container) throws Exception {
    for (Map.Entry<String, ServletSite.Page> way : WAYS.entrySet()) {
      String cookie = begun(container);
      SITE.pages.put(
          "/end",
          (request, response) -> {
            assertTrue(session(request).exists());
            SESSIONS.open(List.of(cookie)).end();
            way.getValue().answer(request, response);
          });
      HttpResponse<String> answer = get(container, "/end", cookie);
      assertFalse(SESSIONS.open(List.of(cookie)).exists(), way.getKey());
      assertTrue(answer.statusCode() < 500, way.getKey() + ": " + answer.statusCode());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "JETTY, writer",
    "JETTY, long bytes",
    "JETTY, sendRedirect",
    "JETTY, nothing",
    "JETTY, async",
    "TOMCAT, writer",
    "TOMCAT, long bytes",
    "TOMCAT, sendRedirect",
    "TOMCAT, nothing",
    "TOMCAT, async"
  })
  void aConflictIsNoSuccess(Container container, String way) throws Exception {
    String cookie = begun(container);
    SITE.pages.put(
        "/conflict",
        (request, response) -> {
          assertEquals(Optional.empty(), session(request).get(DRAFT));
          Session other = SESSIONS.open(List.of(cookie));
          other.set(DRAFT, "somebody else's");
          assertEquals("STORED", other.commit().name());
          session(request).set(DRAFT, "mine");
          response.setHeader("X-Frame-Options", "DENY");
          response.setHeader("ETag", "\"lost\"");
          WAYS.get(way).answer(request, response);
        });
    HttpResponse<String> answer = get(container, "/conflict", cookie);
    assertEquals(409, answer.statusCode(), way);
    assertTrue(answer.body().startsWith("Nothing was saved"), answer.body());
    assertEquals(Optional.of("DENY"), answer.headers().firstValue("X-Frame-Options"));
    assertEquals(Optional.empty(), answer.headers().firstValue("ETag"));
    assertEquals(Optional.of("somebody else's"), SESSIONS.open(List.of(cookie)).get(DRAFT), way);
    HttpResponse<String> head = send(container, "HEAD", "/begin", cookie);
    assertEquals("", head.body());
  }

  @ParameterizedTest
  @EnumSource
  void anOutageIs503AndAStrangerWhereThePolicySaysSo(Container container) throws Exception {
    SITE.pages.put(
        "/outage",
        (request, response) -> {
          throw new ServletException(new SessionStoreException("the store is away"));
        });
    HttpResponse<String> answer = get(container, "/outage", "");
    assertEquals(503, answer.statusCode());
    assertEquals(Optional.of("5"), answer.headers().firstValue("Retry-After"));
    assertEquals(Optional.of("no-store"), answer.headers().firstValue("Cache-Control"));
  }

  @ParameterizedTest
  @EnumSource
  void aVisitorWhoseSessionIsNotTouchedGetsNoCookie(Container container) throws Exception {
    SITE.pages.put(
        "/plain", (request, response) -> response.getWriter().print(session(request).exists()));
    HttpResponse<String> answer = get(container, "/plain", "");
    assertEquals("false", answer.body());
    assertEquals(Optional.empty(), answer.headers().firstValue("Set-Cookie"));
    assertEquals(Optional.empty(), answer.headers().firstValue("Cache-Control"));
  }

  @ParameterizedTest
  @EnumSource
  void aClientWithoutCookiesSendsATokenInAHeader(Container container) throws Exception {
    SITE.pages.put(
        "/token",
        (request, response) -> {
          response.getWriter().print(session(request).add("n", 1));
          if (request.getMethod().equals("POST")) {
            session(request).rotate();
            response.flushBuffer();
            session(request).set("late", "1");
          }
        });
    HttpResponse<String> first = SITE.send(container, "GET", "/token", "X-Auth-Token", "");
    String token = first.headers().firstValue("X-Auth-Token").orElseThrow();
    HttpResponse<String> next =
        SITE.send(container, "POST", "/token", "X-Auth-Token", token, "Cookie", "session=x");
    assertEquals("12", first.body() + next.body());
    List<String> others = next.headers().allValues("X-Auth-Token");
    assertEquals(1, others.size());
    assertFalse(others.contains(token));
    for (HttpResponse<String> answer : List.of(first, next)) {
      assertEquals("none", cookie(answer));
      assertEquals("no-store", answer.headers().firstValue("Cache-Control").orElseThrow());
    }
    SITE.pages.put("/end", (request, response) -> session(request).end());
    HttpResponse<String> end = SITE.send(container, "GET", "/end", "X-Auth-Token", others.get(0));
    assertEquals("", end.headers().firstValue("X-Auth-Token").orElseThrow());
    assertEquals("1", SITE.send(container, "GET", "/token", "X-Auth-Token", token).body());
  }
}
