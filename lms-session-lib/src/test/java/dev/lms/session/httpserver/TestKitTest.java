// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpHandler;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.Sessions;
import dev.lms.session.memory.MemorySessionStore;
import dev.lms.session.testkit.RecordedExchange;
import dev.lms.session.testkit.SignedIn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What programs test with. */
class TestKitTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");

  private final Sessions sessions =
      Sessions.of(MemorySessionStore.open(KEYS), KEYS, SessionSettings.plainHttp());
  private final SessionFilter filter = new SessionFilter(sessions);

  private final HttpHandler visits =
      exchange -> {
        Session session = SessionFilter.session(exchange);
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String who = session.principal().map(Principal::toString).orElse("nobody");
        byte[] page =
            (who + ' ' + session.add("visits", 1) + ' ' + form).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, page.length);
        exchange.getResponseBody().write(page);
        exchange.close();
      };

  @Test
  void whoeverIsSignedInIsKnownToPages() throws IOException {
    RecordedExchange answer =
        RecordedExchange.get("/")
            .with("Cookie", SignedIn.cookie(sessions, "ann", "member"))
            .through(visits, filter);
    assertEquals(200, answer.status());
    assertEquals(new Principal("ann", Set.of("member")) + " 1 ", answer.body());
    Session session = SignedIn.session(sessions, "bob");
    assertEquals(Optional.of(new Principal("bob", Set.of())), session.principal());
  }

  @Test
  void aCookieThatWasAnsweredIsGoodForTheNextRequest() throws IOException {
    RecordedExchange first = RecordedExchange.post("/", "a=é").through(visits, filter);
    assertEquals("nobody 1 a=é", first.body());
    assertEquals(Optional.of("no-store"), first.header("Cache-Control"));
    RecordedExchange second =
        RecordedExchange.get("/")
            .with("Cookie", first.cookie().orElseThrow())
            .through(visits, filter);
    assertEquals("nobody 2 ", second.body());
    assertEquals(Optional.empty(), second.cookie());
  }

  @Test
  void itAsksOfHandlersWhatTheServerAsks() throws IOException {
    HttpHandler early = exchange -> exchange.getResponseBody().write(1);
    assertThrows(IOException.class, () -> RecordedExchange.get("/").through(early));
    HttpHandler twice =
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.sendResponseHeaders(204, -1);
        };
    assertThrows(IOException.class, () -> RecordedExchange.get("/").through(twice));
    assertEquals(-1, RecordedExchange.get("/").through(exchange -> {}).status());
    assertTrue(RecordedExchange.of("PUT", "/a?b=c", "").getRequestURI().getQuery().equals("b=c"));
  }
}
