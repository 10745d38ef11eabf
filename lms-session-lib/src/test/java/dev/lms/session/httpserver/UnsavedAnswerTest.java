// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import static dev.lms.session.httpserver.TestSite.answer;
import static dev.lms.session.httpserver.TestSite.cookie;
import static dev.lms.session.httpserver.TestSite.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpHandler;
import dev.lms.session.CommitOutcome;
import dev.lms.session.Merge;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionKey;
import dev.lms.session.SessionLimit;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was to be kept and was not does not leave as a success. */
class UnsavedAnswerTest {
  private static final SessionKey<String> SEAT = SessionKey.text("seat").merging(Merge.REJECT);

  @TempDir Path folder;
  private TestSite site;

  @BeforeEach
  void start() throws Exception {
    site =
        new TestSite(folder, SessionLimit.of(1).withWhenReached(SessionLimit.WhenReached.REFUSE));
    site.serve(new SessionFilter(site.sessions));
    site.page(
        "/begin",
        exchange -> {
          SessionFilter.session(exchange).set(SEAT, "1A");
          answer(exchange, 200, "begun");
        });
    site.page(
        "/sign-in",
        exchange -> {
          SessionFilter.session(exchange).signIn(new Principal("ada", Set.of()));
          exchange.getResponseHeaders().set("Location", "/welcome");
          exchange.getResponseHeaders().add("Set-Cookie", "greeting=welcome");
          answer(exchange, 200, "Welcome, you are signed in");
        });
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private String begun() throws Exception {
    return cookie(site.get("/begin", ""));
  }

  /** Somebody else takes the seat while this handler thinks; then it answers. */
  private HttpHandler taking(HttpHandler answer) {
    return exchange -> {
      Session session = SessionFilter.session(exchange);
      assertTrue(session.exists());
      Session other = site.sessions.open(exchange.getRequestHeaders().get("Cookie"));
      other.set(SEAT, other.get(SEAT).orElse("") + "+");
      assertEquals(CommitOutcome.STORED, other.commit());
      session.set(SEAT, "2B");
      exchange.getResponseHeaders().set("Content-Type", "text/html");
      exchange.getResponseHeaders().set("ETag", "\"saved\"");
      exchange.getResponseHeaders().set("Cache-Control", "max-age=600");
      exchange.getResponseHeaders().set("CDN-Cache-Control", "max-age=600");
      answer.handle(exchange);
    };
  }

  /** The session ends while this handler thinks. */
  private HttpHandler ending(HttpHandler change) {
    return exchange -> {
      Session session = SessionFilter.session(exchange);
      assertTrue(session.exists());
      site.sessions.open(exchange.getRequestHeaders().get("Cookie")).end();
      change.handle(exchange);
      answer(exchange, 200, "saved");
    };
  }

  private static void assertUnsaved(int status, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals("no-store", header(answer, "Cache-Control"));
    assertEquals("", header(answer, "CDN-Cache-Control"));
    assertEquals("text/plain; charset=utf-8", header(answer, "Content-Type"));
    assertEquals("DENY", header(answer, "X-Frame-Options"));
    for (String name : new String[] {"ETag", "Location", "Set-Cookie"}) {
      assertEquals("", header(answer, name), name);
    }
    assertFalse(answer.body().contains("aved\"") || answer.body().contains("elcome"));
  }

  @Test
  void aSignInThatTheLimitRefusesIsForbidden() throws Exception {
    assertEquals(200, site.get("/sign-in", "").statusCode());
    HttpResponse<String> second = site.get("/sign-in", "");
    assertUnsaved(403, second);
    assertTrue(second.body().contains("many"), second.body());
    assertUnsaved(403, site.get("/sign-in", begun()));
  }

  @Test
  void aConflictIsAConflictHoweverTheHandlerAnswers() throws Exception {
    String cookie = begun();
    site.page("/fixed", taking(exchange -> answer(exchange, 200, "saved")));
    site.page(
        "/chunked",
        taking(
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              try (OutputStream body = exchange.getResponseBody()) {
                body.write("saved".getBytes(StandardCharsets.UTF_8));
                body.flush();
                body.write('!');
              }
            }));
    site.page(
        "/redirect",
        taking(
            exchange -> {
              exchange.getResponseHeaders().set("Location", "/saved");
              exchange.sendResponseHeaders(303, -1);
              exchange.close();
            }));
    site.page(
        "/body-first",
        taking(
            exchange -> {
              OutputStream body = exchange.getResponseBody();
              exchange.sendResponseHeaders(200, 5);
              body.write("saved".getBytes(StandardCharsets.UTF_8));
              body.close();
            }));
    site.page(
        "/left-open",
        taking(
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write('x');
            }));
    for (String path :
        new String[] {"/fixed", "/chunked", "/redirect", "/body-first", "/left-open"}) {
      HttpResponse<String> answer = site.send("POST", path, cookie);
      assertUnsaved(409, answer);
      assertTrue(answer.body().contains("changed"), path + ": " + answer.body());
      assertEquals(Optional.empty(), Optional.ofNullable(site.thrown.get(path)), path);
    }
    assertEquals(Optional.of("1A+++++"), site.opened(cookie).get(SEAT));
  }

  @Test
  void theAnswerToAHeadHasNoBody() throws Exception {
    String cookie = begun();
    site.page(
        "/head",
        taking(
            exchange -> {
              exchange.sendResponseHeaders(200, -1);
              exchange.close();
            }));
    HttpResponse<String> answer = site.send("HEAD", "/head", cookie);
    assertUnsaved(409, answer);
    assertEquals("", answer.body());
    assertTrue(Integer.parseInt(header(answer, "Content-Length")) > 10);
  }

  /** It would write for nobody until the server stops. */
  @Test
  void aStreamWithoutEndEnds() throws Exception {
    String cookie = begun();
    HttpHandler endless =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          for (int events = 0; events < 100_000; events++) {
            exchange.getResponseBody().write(": still here\n\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
          }
        };
    site.page("/events", taking(endless));
    assertUnsaved(409, site.get("/events", cookie));
    long giveUp = System.nanoTime() + 30_000_000_000L;
    while (!(site.thrown.get("/events") instanceof IOException)) {
      assertTrue(System.nanoTime() < giveUp, "the handler still writes");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  @Test
  void whatWasToBeKeptInASessionThatEndedIsAConflict() throws Exception {
    site.page("/set", ending(e -> SessionFilter.session(e).set("theme", "light")));
    site.page("/add", ending(e -> SessionFilter.session(e).add("visits", 1)));
    site.page("/remove", ending(e -> SessionFilter.session(e).remove("theme")));
    for (String path : new String[] {"/set", "/add", "/remove"}) {
      HttpResponse<String> answer = site.get(path, begun());
      assertUnsaved(409, answer);
      assertTrue(answer.body().contains("ended"), answer.body());
    }
    String cookie = cookie(site.get("/sign-in", ""));
    site.page("/roles", ending(e -> SessionFilter.session(e).changeRoles(Set.of("tutor"))));
    assertUnsaved(409, site.get("/roles", cookie));
  }

  @Test
  void whereNothingWasToBeKeptAVanishedSessionIsAValue() throws Exception {
    site.page("/read", ending(e -> SessionFilter.session(e).get("theme")));
    site.page("/rotate", ending(e -> SessionFilter.session(e).rotate()));
    for (String path : new String[] {"/read", "/rotate"}) {
      HttpResponse<String> answer = site.get(path, begun());
      assertEquals(200, answer.statusCode());
      assertEquals("saved", answer.body());
    }
  }

  @Test
  void whoCommitsDecides() throws Exception {
    String cookie = begun();
    site.page(
        "/mine",
        taking(
            exchange -> {
              CommitOutcome outcome = SessionFilter.session(exchange).commit();
              answer(exchange, 200, "taken: " + outcome);
            }));
    assertEquals("taken: CONFLICT", site.get("/mine", cookie).body());
    site.page("/refusal", taking(exchange -> answer(exchange, 422, "not like this")));
    assertEquals("not like this", site.get("/refusal", cookie).body());
  }

  /** One that got its new id from an earlier commit can go on with it. */
  @Test
  void theCookieOfACommitThatStandsLeavesWithTheRefusal() throws Exception {
    String cookie = begun();
    site.page(
        "/sign-in-first",
        exchange -> {
          Session session = SessionFilter.session(exchange);
          session.signIn(new Principal("bob", Set.of()));
          assertEquals(CommitOutcome.STORED, session.commit());
          String fresh = session.setCookie().orElseThrow().replaceFirst(";.*", "");
          assertTrue(session.exists());
          Session other = site.opened(fresh);
          other.set(SEAT, "3C");
          assertEquals(CommitOutcome.STORED, other.commit());
          session.set(SEAT, "2B");
          answer(exchange, 200, "saved");
        });
    HttpResponse<String> answer = site.get("/sign-in-first", cookie);
    assertEquals(409, answer.statusCode());
    assertEquals("bob", site.opened(cookie(answer)).principal().orElseThrow().id());
  }
}
