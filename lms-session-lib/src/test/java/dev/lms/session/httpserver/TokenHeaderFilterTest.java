// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.Sessions;
import dev.lms.session.TokenHeader;
import dev.lms.session.memory.MemorySessionStore;
import dev.lms.session.testkit.RecordedExchange;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The filter of the JDK's server with clients that send their session in a header field. */
class TokenHeaderFilterTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");

  private final Sessions sessions =
      Sessions.of(
          MemorySessionStore.open(KEYS),
          KEYS,
          SessionSettings.plainHttp().withTokenHeader(TokenHeader.authorization()));

  private interface Step {
    void run(Session session) throws IOException;
  }

  private RecordedExchange ask(Step step, String token, int status) throws IOException {
    return RecordedExchange.get("/")
        .with("Cookie", "other=1; session=x")
        .with("Authorization", "Session " + token)
        .through(
            (HttpExchange exchange) -> {
              step.run(SessionFilter.session(exchange));
              exchange.sendResponseHeaders(status, -1);
            },
            new SessionFilter(sessions));
  }

  private static String tokenOf(RecordedExchange answer) {
    assertEquals(Optional.empty(), answer.cookie());
    assertEquals(Optional.of("no-store"), answer.header("Cache-Control"));
    return answer.header("Session-Token").orElseThrow();
  }

  @Test
  void aTokenComesAndGoesInTheHeader() throws IOException {
    Principal ada = new Principal("ada", Set.of());
    String token = tokenOf(ask(session -> session.signIn(ada), "", 200));
    RecordedExchange next =
        ask(session -> assertEquals(Optional.of(ada), session.principal()), token, 200);
    assertEquals(Optional.empty(), next.header("Session-Token"));
    String rotated = tokenOf(ask(Session::rotate, token, 200));
    assertEquals("", tokenOf(ask(Session::end, rotated, 200)));
    ask(session -> assertEquals(Optional.empty(), session.principal()), rotated, 200);
  }

  @Test
  void whoeverAnswersInsteadTellsOfTheCommitThatStands() throws IOException {
    Principal ada = new Principal("ada", Set.of());
    String token = tokenOf(ask(session -> session.signIn(ada), "", 200));
    RecordedExchange ended =
        ask(
            session -> {
              assertTrue(session.exists());
              session.set("a", "1");
              sessions.revokeAll("ada");
            },
            token,
            200);
    assertEquals(409, ended.status());
    assertEquals(Optional.empty(), ended.header("Session-Token"));
    Step failing =
        session -> {
          session.signIn(ada);
          session.commit();
          assertTrue(session.exists());
          session.set("a", "1");
          sessions.revokeAll("ada");
        };
    RecordedExchange instead = ask(failing, "", 200);
    assertEquals(409, instead.status());
    assertEquals(47, tokenOf(instead).length());
  }
}
