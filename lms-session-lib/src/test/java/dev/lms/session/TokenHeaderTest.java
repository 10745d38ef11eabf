// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.TokenHeader.AnswerField;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions of clients that send them in a header field: in files. */
class TokenHeaderTest extends SessionFixture {
  private static final Principal ADA = new Principal("ada", Set.of("student"));

  private Sessions own;

  @BeforeEach
  void openSites() {
    sessions = with(TokenHeader.authorization());
    own = with(TokenHeader.named("X-Auth-Token"));
  }

  private Sessions with(TokenHeader header) {
    return Sessions.builder(store, KEYS)
        .settings(SessionSettings.plainHttp().withTokenHeader(header))
        .clock(clock)
        .build();
  }

  private static Session ask(Sessions site, String... fields) {
    Map<String, List<String>> sent = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < fields.length; i += 2) {
      sent.put(fields[i], List.of(fields[i + 1].split("\n", -1)));
    }
    return site.openRequest(sent::get);
  }

  private static Session bearing(Sessions site, String token) {
    return ask(site, "authorization", "Session " + token);
  }

  private static String signIn(Session session) {
    session.signIn(ADA);
    assertEquals(CommitOutcome.STORED, session.commit());
    AnswerField field = session.answerFields().get(0);
    assertEquals("Session-Token", field.name());
    assertEquals(Optional.empty(), session.setCookie());
    return field.value();
  }

  @Test
  void aClientSignsInGoesOnAndSignsOut() {
    Session anonymous = ask(sessions, "Authorization", "session");
    anonymous.add("visits", 1);
    anonymous.commit();
    String before = anonymous.answerFields().get(0).value();
    String token = signIn(bearing(sessions, before));
    assertNotEquals(before, token);
    assertFalse(bearing(sessions, before).exists(), "the old id is dead at once");
    Session next = bearing(sessions, token);
    assertEquals(Optional.of(ADA), next.principal());
    assertEquals(2, next.add("visits", 1), "what was kept before is kept");
    next.commit();
    assertEquals(List.of(), next.answerFields(), "the client has the token already");
    Session late = bearing(sessions, token);
    assertTrue(late.exists());
    Session out = bearing(sessions, token);
    out.end();
    assertEquals(List.of(new AnswerField("Session-Token", "")), out.answerFields());
    late.set("late", "1");
    assertEquals(CommitOutcome.GONE, late.commit());
    assertEquals(List.of(), late.answerFields());
    assertFalse(bearing(sessions, token).exists());
  }

  @Test
  void aRotationHandsOutTheNextAndTheOldOneLivesForItsGrace() {
    String token = signIn(bearing(sessions, ""));
    Session session = bearing(sessions, token);
    session.rotate();
    Map<String, String> fields = new HashMap<>();
    assertEquals(CommitOutcome.STORED, session.commitTo(fields::put));
    assertEquals("no-store", fields.get("Cache-Control"));
    assertEquals(Set.of("Cache-Control", "Session-Token"), fields.keySet());
    assertTrue(bearing(sessions, token).exists());
    clock.move(SessionSettings.Rotation.defaults().grace());
    assertFalse(bearing(sessions, token).exists());
    assertTrue(bearing(sessions, fields.getOrDefault("Session-Token", "")).exists());
  }

  @Test
  void aRevocationAndADeadlineEndItToo() {
    String token = signIn(bearing(sessions, ""));
    assertEquals(1, sessions.revokeAll("ada"));
    assertFalse(bearing(sessions, token).exists());
    String other = signIn(bearing(sessions, ""));
    Session roles = bearing(sessions, other);
    roles.changeRoles(Set.of("tutor"));
    roles.commit();
    String third = roles.answerFields().get(0).value();
    assertFalse(bearing(sessions, other).exists());
    assertTrue(bearing(sessions, third).exists());
    clock.move(Duration.ofDays(8));
    assertFalse(bearing(sessions, third).exists());
  }

  /** The first word decides, before anything is known of the token. */
  @Test
  void whereThereIsAHeaderNoCookieCounts() {
    String cookie = begin("basket", "3").get(0);
    String token = signIn(bearing(sessions, ""));
    for (String sent : List.of("Session", "Session forged", "session\t", "Session " + token)) {
      Session session = ask(sessions, "Cookie", cookie, "Authorization", sent);
      assertEquals(Optional.empty(), session.get("basket"), sent);
      assertEquals(sent.contains(token), session.exists(), sent);
      assertTrue(session.csrfMatches(""), "no other site can send it");
    }
    Session out = ask(sessions, "Cookie", cookie, "Authorization", "Session " + token);
    out.end();
    assertEquals(Optional.of("3"), ask(sessions, "Cookie", cookie).get("basket"));
    Session anew = ask(sessions, "Cookie", cookie, "Authorization", "Session");
    anew.set("mine", "1");
    anew.commit();
    assertEquals(Optional.empty(), anew.setCookie(), "the cookie is not replaced");
  }

  @Test
  void withoutTheHeaderItIsTheCookieAndItsFormsNeedTheToken() {
    String cookie = begin("basket", "3").get(0);
    for (String[] fields :
        List.of(
            new String[] {"Cookie", cookie},
            new String[] {"Cookie", cookie, "Authorization", "Bearer x"},
            new String[] {"Cookie", cookie, "Authorization", "Basic YTpi"},
            new String[] {"Cookie", cookie, "Authorization", "SessionX y"},
            new String[] {"Cookie", cookie, "Session-Token", "y"})) {
      Session session = ask(sessions, fields);
      assertEquals(Optional.of("3"), session.get("basket"));
      assertFalse(session.csrfMatches(""));
      assertTrue(session.csrfMatches(session.csrfToken().orElseThrow()));
    }
    Session session = ask(sessions, "Cookie", cookie);
    session.signIn(ADA);
    session.commit();
    assertEquals(Optional.of(ADA), sessions.open(cookie(session)).principal());
    assertFalse(ask(sessions).exists());
    assertFalse(sessions.open(null).csrfMatches(""));
  }

  @Test
  void aFieldOfOnesOwnHoldsTheTokenAlone() {
    Session session = ask(own, "x-auth-token", "");
    session.signIn(ADA);
    session.commit();
    AnswerField field = session.answerFields().get(0);
    assertEquals("X-Auth-Token", field.name());
    assertEquals("AnswerField[X-Auth-Token: …]", field.toString());
    assertEquals(Optional.of(ADA), ask(own, "X-Auth-Token", " " + field.value()).principal());
    assertFalse(ask(own, "Authorization", "Session " + field.value()).exists());
    assertFalse(ask(sessions, "X-Auth-Token", field.value()).exists());
  }

  /** Nobody knows whom a request means that names two. */
  @Test
  void severalOrTooMuchIsNobody() {
    String token = signIn(bearing(sessions, ""));
    String line = "Session " + token;
    for (String sent :
        List.of(
            line + "\n" + line,
            "Basic YTpi\n" + line,
            line + ", " + line,
            line + " x",
            "Session x" + "y".repeat(5000))) {
      assertFalse(ask(sessions, "Authorization", sent).exists(), sent);
    }
    assertFalse(ask(own, "X-Auth-Token", token + "\n" + token).exists());
    assertTrue(ask(sessions, "Authorization", " sEsSiOn \t " + token + " ").exists());
  }

  /** G7. */
  @Test
  void whatIsForgedAsksNoStore() {
    String token = signIn(bearing(sessions, ""));
    long before = asked();
    for (String forged : List.of("x", "A".repeat(47), token.substring(0, 45) + "__")) {
      assertFalse(bearing(sessions, forged).exists());
    }
    assertEquals(before, asked());
    assertTrue(bearing(sessions, token).exists());
    assertEquals(before + 1, asked());
  }

  private long asked() {
    SessionStatistics.Operation loads =
        sessions.statistics().operations().get(SessionStatistics.StoreOperation.LOAD);
    return loads == null ? 0 : loads.count();
  }

  @Test
  void aFieldThatProvesNothingIsRefused() {
    for (String bad :
        List.of(
            "",
            "a b",
            "é",
            "Authorization",
            "Proxy-Authorization",
            "Cookie",
            "Host",
            "Accept-Language",
            "content-type",
            "Sec-Fetch-Site",
            "X-Forwarded-User",
            "Set-Cookie")) {
      assertThrows(IllegalArgumentException.class, () -> TokenHeader.named(bad), bad);
    }
    assertEquals("TokenHeader[X-Api-Session]", TokenHeader.named("X-Api-Session").toString());
  }
}
