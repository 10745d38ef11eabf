// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import static dev.lms.session.httpserver.TestSite.answer;
import static dev.lms.session.httpserver.TestSite.cookie;
import static dev.lms.session.httpserver.TestSite.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpHandler;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionStoreException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * G2: what may have been done is not done again, whoever catches the exception and answers; and
 * what a request that failed had changed is not stored.
 */
class FailedCommitTest {
  @TempDir Path folder;
  private TestSite site;

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(folder, SessionLimit.defaults());
    site.serve(new SessionFilter(site.sessions));
  }

  @AfterEach
  void stop() {
    site.close();
  }

  /** A page of a program that answers for its own failures, with that status. */
  private static HttpHandler withErrorPage(int status, HttpHandler handler) {
    return exchange -> {
      try {
        handler.handle(exchange);
      } catch (RuntimeException e) {
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
      }
    };
  }

  private String begun() throws Exception {
    site.page(
        "/begin",
        exchange -> {
          SessionFilter.session(exchange).set("theme", "dark");
          answer(exchange, 200, "begun");
        });
    return cookie(site.get("/begin", ""));
  }

  private static final HttpHandler VISIT =
      exchange -> answer(exchange, 200, "" + SessionFilter.session(exchange).add("visits", 1));

  private static final HttpHandler SIGN_IN =
      exchange -> {
        SessionFilter.session(exchange).signIn(new Principal("ada", Set.of()));
        answer(exchange, 200, "welcome");
      };

  @Test
  void anIncrementOfUnknownFateIsNotSentAgainByTheErrorPage() throws Exception {
    String cookie = begun();
    for (int status : new int[] {500, 503, 400, 409}) {
      site.page("/visit", withErrorPage(status, VISIT));
      long before = site.opened(cookie).get("visits").map(Long::valueOf).orElse(0L);
      site.store.losing.set(1);
      site.store.writes.set(0);
      assertEquals(status, site.get("/visit", cookie).statusCode());
      assertEquals(1, site.store.writes.get());
      assertEquals(Optional.of("" + (before + 1)), site.opened(cookie).get("visits"));
    }
  }

  @Test
  void aSignInOfUnknownFateHandsOutNothing() throws Exception {
    site.page("/sign-in", withErrorPage(500, SIGN_IN));
    for (String cookie : new String[] {"", begun()}) {
      site.store.losing.set(1);
      site.store.writes.set(0);
      HttpResponse<String> answer = site.get("/sign-in", cookie);
      assertEquals(500, answer.statusCode());
      assertEquals("", header(answer, "Set-Cookie"));
      assertEquals(1, site.store.writes.get());
    }
  }

  /** Whoever swallows the failure has no success to tell. */
  @Test
  void afterAFailureNoSuccessLeaves() throws Exception {
    String cookie = begun();
    site.page("/visit", withErrorPage(200, VISIT));
    site.page("/redirect", withErrorPage(303, VISIT));
    for (String path : new String[] {"/visit", "/redirect"}) {
      site.store.losing.set(1);
      site.store.writes.set(0);
      HttpResponse<String> answer = site.get(path, cookie);
      assertEquals(503, answer.statusCode());
      assertEquals("5", header(answer, "Retry-After"));
      assertEquals(1, site.store.writes.get());
    }
  }

  @Test
  void aHandlerWhoseOwnCommitFailedCommitsNoMore() throws Exception {
    String cookie = begun();
    site.page(
        "/visit",
        exchange -> {
          Session session = SessionFilter.session(exchange);
          session.add("visits", 1);
          assertThrows(SessionStoreException.class, session::commit);
          SessionStoreException again =
              assertThrows(SessionStoreException.class, session::commit, "its fate is unknown");
          assertTrue(String.valueOf(again.getMessage()).contains("earlier"), again.getMessage());
          answer(exchange, 200, "it went by itself");
        });
    site.store.losing.set(1);
    site.store.writes.set(0);
    assertEquals("it went by itself", site.get("/visit", cookie).body());
    assertEquals(1, site.store.writes.get());
    assertEquals(Optional.of("1"), site.opened(cookie).get("visits"));
  }

  @Test
  void whatIsChangedAfterAFailureIsNoSuccessEither() throws Exception {
    String cookie = begun();
    site.page(
        "/visit",
        exchange -> {
          Session session = SessionFilter.session(exchange);
          session.add("visits", 1);
          assertThrows(SessionStoreException.class, session::commit);
          session.set("theme", "light");
          answer(exchange, 200, "saved");
        });
    site.store.losing.set(1);
    assertEquals(503, site.get("/visit", cookie).statusCode());
    assertEquals(Map.of("theme", "dark", "visits", "1"), site.opened(cookie).attributes());
  }

  @Test
  void whatWasSetBeforeTheHandlerThrewIsNotStored() throws Exception {
    String cookie = begun();
    site.page(
        "/bug",
        withErrorPage(
            500,
            exchange -> {
              Session session = SessionFilter.session(exchange);
              session.set("kept", "1");
              session.commit();
              session.set("theme", "light");
              session.signIn(new Principal("ada", Set.of()));
              throw new IllegalStateException("a bug");
            }));
    HttpResponse<String> answer = site.get("/bug", cookie);
    assertEquals(500, answer.statusCode());
    assertEquals("", header(answer, "Set-Cookie"));
    Session after = site.opened(cookie);
    assertEquals(Map.of("theme", "dark", "kept", "1"), after.attributes());
    assertEquals(Optional.empty(), after.principal());
  }

  /** A validation error or a wrong password may well be remembered. */
  @Test
  void whatARefusalSetsIsStored() throws Exception {
    String cookie = begun();
    site.page(
        "/wrong",
        exchange -> {
          SessionFilter.session(exchange).add("attempts", 1);
          answer(exchange, 401, "wrong");
        });
    assertEquals(401, site.get("/wrong", cookie).statusCode());
    assertEquals(Optional.of("1"), site.opened(cookie).get("attempts"));
  }

  @Test
  void aSignOutOfUnknownFateIsNotFollowedByAWrite() throws Exception {
    String cookie = begun();
    site.page(
        "/out",
        withErrorPage(
            400,
            exchange -> {
              Session session = SessionFilter.session(exchange);
              session.set("theme", "light");
              session.end();
            }));
    site.store.losing.set(1);
    site.store.writes.set(0);
    assertEquals(400, site.get("/out", cookie).statusCode());
    assertEquals(1, site.store.writes.get());
    assertFalse(site.opened(cookie).exists());
  }

  @Test
  void headersThatWereSentCommitNothingMore() throws Exception {
    String cookie = begun();
    site.page(
        "/twice",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          SessionFilter.session(exchange).set("theme", "light");
          assertThrows(java.io.IOException.class, () -> exchange.sendResponseHeaders(204, -1));
        });
    assertEquals(204, site.get("/twice", cookie).statusCode());
    assertEquals(Optional.of("dark"), site.opened(cookie).get("theme"));
  }

  /** An explicit commit stands, and whoever has it must be able to go on with it. */
  @Test
  void theCookieOfACommitThatStandsLeavesWithTheFailure() throws Exception {
    String cookie = begun();
    site.page(
        "/sign-in",
        exchange -> {
          Session session = SessionFilter.session(exchange);
          session.signIn(new Principal("ada", Set.of()));
          session.commit();
          session.add("visits", 1);
          site.store.losing.set(1);
          answer(exchange, 200, "welcome");
        });
    HttpResponse<String> answer = site.get("/sign-in", cookie);
    assertEquals(503, answer.statusCode());
    assertEquals("no-store", header(answer, "Cache-Control"));
    assertEquals(
        Optional.of(new Principal("ada", Set.of())), site.opened(cookie(answer)).principal());
  }
}
