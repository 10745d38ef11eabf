// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.session.KeyRing;
import dev.lms.session.OutagePolicy;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.testkit.RecordedExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** G11 through the filter: what is answered to who has a passport while files are away. */
class SessionFilterPassportTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");

  @TempDir Path folder;
  private SessionStore store;
  private Sessions sessions;
  private SessionFilter filter;

  @BeforeEach
  void open() throws IOException {
    Files.createDirectory(folder.resolve("disk"));
    store = FileSessionStore.open(folder.resolve("disk/sessions"), KEYS);
    sessions =
        Sessions.builder(store, KEYS)
            .settings(SessionSettings.plainHttp().withPassport(Duration.ofMinutes(5)))
            .clock(Clock.systemUTC())
            .build();
    filter = new SessionFilter(sessions, exchange -> OutagePolicy.PASSPORT);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static void page(HttpExchange exchange) throws IOException {
    Session session = SessionFilter.session(exchange);
    exchange.getResponseHeaders().set("Cache-Control", "private, max-age=60");
    switch (exchange.getRequestURI().getPath()) {
      case "/sign-in" -> session.signIn(new Principal("ada", Set.of("student")));
      case "/write" -> session.set("a", "1");
      case "/sign-out" -> session.end();
      default -> {}
    }
    String name = session.principal().map(Principal::id).orElse("a stranger");
    TestSite.answer(exchange, 200, name + (session.isOnPassport() ? ", as far as we know" : ""));
  }

  private RecordedExchange send(String method, String path, String cookies) throws IOException {
    return RecordedExchange.of(method, path, "")
        .with("Cookie", cookies)
        .through(SessionFilterPassportTest::page, filter);
  }

  private static List<String> setCookies(HttpExchange answer) {
    return answer.getResponseHeaders().getOrDefault("Set-Cookie", List.of());
  }

  private String signedIn() throws IOException {
    List<String> cookies = setCookies(send("POST", "/sign-in", "a=b"));
    assertEquals(2, cookies.size());
    return cookies.get(0).split(";", 2)[0] + "; " + cookies.get(1).split(";", 2)[0];
  }

  private static void assertUnavailable(RecordedExchange answer) {
    assertEquals(503, answer.status());
    assertEquals(Optional.of("no-store"), answer.header("Cache-Control"));
    assertEquals(List.of(), setCookies(answer));
  }

  @Test
  void readsGoOnAndNothingElseDoes() throws Exception {
    String cookies = signedIn();
    RecordedExchange before = send("GET", "/", cookies);
    assertEquals("ada", before.body());
    assertEquals(Optional.of("private, max-age=60"), before.header("Cache-Control"));
    assertEquals(List.of(), setCookies(before));
    Files.move(folder.resolve("disk"), folder.resolve("away"));
    for (String method : List.of("GET", "HEAD")) {
      RecordedExchange answer = send(method, "/", cookies);
      assertEquals(200, answer.status());
      assertEquals("ada, as far as we know", answer.body());
      assertEquals(Optional.of("no-store"), answer.header("Cache-Control"));
      assertEquals(List.of(), setCookies(answer));
    }
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
      assertUnavailable(send(method, "/", cookies));
    }
    assertUnavailable(send("GET", "/write", cookies));
    assertUnavailable(send("GET", "/", cookies.split(";", 2)[0]));
    RecordedExchange signOut = send("POST", "/sign-out", cookies);
    assertEquals(503, signOut.status());
    assertEquals(
        List.of("session-passport=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"),
        setCookies(signOut));
    Files.move(folder.resolve("away"), folder.resolve("disk"));
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!send("GET", "/", cookies).body().equals("ada")) {
      assertTrue(System.nanoTime() < giveUp, "no recovery");
    }
    assertNotEquals(List.of(), setCookies(send("POST", "/sign-out", cookies)));
    assertEquals("a stranger", send("GET", "/", cookies).body(), "the passport is good yet");
  }

  @Test
  void whoAnswersInsteadIsToldToForgetThePassportToo() throws Exception {
    filter =
        new SessionFilter(
            sessions,
            exchange -> OutagePolicy.PASSPORT,
            (exchange, outage) -> {
              throw outage;
            });
    String cookies = signedIn();
    Files.move(folder.resolve("disk"), folder.resolve("away"));
    RecordedExchange exchange = RecordedExchange.post("/sign-out", "").with("Cookie", cookies);
    try {
      exchange.through(SessionFilterPassportTest::page, filter);
    } catch (SessionStoreException outage) {
      assertEquals(1, setCookies(exchange).size());
      return;
    }
    throw new AssertionError("nobody has answered");
  }
}
