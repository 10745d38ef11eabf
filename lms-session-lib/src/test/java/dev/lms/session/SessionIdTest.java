// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.SessionSettings.Rotation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which id a session has: after signing in and out, and after a rotation. */
class SessionIdTest extends SessionFixture {
  private static final Principal ADA = new Principal("ada", Set.of("student"));
  private static final Principal BOB = new Principal("bob", Set.of("instructor"));

  private List<String> signIn(Principal principal) {
    Session session = sessions.open(null);
    session.signIn(principal);
    assertEquals(CommitOutcome.STORED, session.commit());
    return cookie(session);
  }

  /** A browser may hold one for each of two paths or domains. */
  @Test
  void signingOutEndsEverySessionThatCameAlong() {
    List<String> both = List.of(signIn(ADA).get(0) + "; " + signIn(BOB).get(0));
    Session session = sessions.open(both);
    assertEquals(Optional.of(ADA), session.principal());
    session.end();
    assertFalse(sessions.open(both).exists(), "the second would be the next to be found");
  }

  /** Stores write UTF-8, in which all such ids would be one: one person could become another. */
  @Test
  void whoCannotBeToldFromOthersInUtf8IsNobody() {
    for (String bad : List.of("admin\uD800", "\uDC00", "a\uDC00\uD800b")) {
      assertThrows(IllegalArgumentException.class, () -> new Principal(bad, Set.of()));
      assertThrows(IllegalArgumentException.class, () -> new Principal("ada", Set.of(bad)));
    }
    assertThrows(IllegalArgumentException.class, () -> new Principal("", Set.of()));
    assertThrows(IllegalArgumentException.class, () -> new Principal("ada", Set.of("")));
    Principal odd = new Principal("a\0b|,%+ \uD83D\uDE00", Set.of("r,1", "\n|"));
    assertEquals(Optional.of(odd), sessions.open(signIn(odd)).principal());
  }

  @Test
  void signingInGivesANewIdAndKeepsTheData() {
    List<String> before = begin("basket", "3");
    Session session = sessions.open(before);
    session.signIn(ADA);
    assertEquals(Optional.of(ADA), session.principal());
    session.commit();
    List<String> after = cookie(session);
    assertNotEquals(before, after);
    assertFalse(sessions.open(before).exists());
    Session next = sessions.open(after);
    assertEquals(Optional.of(ADA), next.principal());
    assertEquals(Optional.of("3"), next.get("basket"));
    assertEquals(Optional.of(START), next.authenticated());
  }

  @Test
  void signingInOverSomebodyElsesSessionTakesNothingAlong() {
    List<String> adas = signIn(ADA);
    Session adding = sessions.open(adas);
    adding.set("_name", "Ada Lovelace");
    adding.commit();
    Session session = sessions.open(adas);
    session.signIn(BOB);
    session.commit();
    Session next = sessions.open(cookie(session));
    assertEquals(Optional.of(BOB), next.principal());
    assertEquals(Map.of(), next.attributes());
    assertFalse(sessions.open(adas).exists());
  }

  @Test
  void signingInAgainIsANewIdToo() {
    List<String> first = signIn(ADA);
    clock.move(Duration.ofMinutes(10));
    Session session = sessions.open(first);
    session.signIn(ADA);
    session.commit();
    assertFalse(sessions.open(first).exists());
    assertEquals(
        Optional.of(START.plus(Duration.ofMinutes(10))),
        sessions.open(cookie(session)).authenticated());
  }

  @Test
  void aSignInWhoseOldSessionVanishedStandsWithoutTheOldData() {
    List<String> before = begin("basket", "3");
    Session session = sessions.open(before);
    assertTrue(session.exists());
    sessions.open(before).end();
    session.signIn(ADA);
    assertEquals(CommitOutcome.STORED, session.commit());
    Session next = sessions.open(cookie(session));
    assertEquals(Optional.of(ADA), next.principal());
    assertEquals(Optional.empty(), next.get("basket"));
  }

  @Test
  void aRotationKeepsEverythingButTheId() {
    List<String> before = signIn(ADA);
    clock.move(Duration.ofMinutes(5));
    Session session = sessions.open(before);
    session.rotate();
    assertEquals(CommitOutcome.STORED, session.commit());
    assertNotEquals(before, cookie(session));
    clock.move(Rotation.defaults().grace());
    assertFalse(sessions.open(before).exists());
    Session next = sessions.open(cookie(session));
    assertEquals(Optional.of(ADA), next.principal());
    assertEquals(Optional.of(START), next.authenticated());
    assertEquals(Optional.of(START), next.created());
  }

  @Test
  void aSignedOutSessionNeverComesBack() {
    List<String> cookie = signIn(ADA);
    Session slow = sessions.open(cookie);
    assertTrue(slow.exists());
    Session quick = sessions.open(cookie);
    quick.end();
    assertEquals(
        Optional.of("session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"), quick.setCookie());
    slow.set("late", "1");
    assertEquals(CommitOutcome.GONE, slow.commit());
    assertEquals(Optional.empty(), slow.setCookie(), "another response may own the cookie now");
    assertFalse(sessions.open(cookie).exists());
  }

  @Test
  void aRotationWhoseSessionVanishedIsGone() {
    List<String> cookie = signIn(ADA);
    Session slow = sessions.open(cookie);
    assertTrue(slow.exists());
    sessions.open(cookie).end();
    slow.rotate();
    assertEquals(CommitOutcome.GONE, slow.commit());
    assertEquals(Optional.empty(), slow.setCookie());
  }

  @Test
  void afterSigningOutTheVisitorMayBeginAnew() {
    List<String> cookie = signIn(ADA);
    Session session = sessions.open(cookie);
    session.set("secret", "1");
    session.end();
    session.set("notice", "Goodbye");
    session.commit();
    Session next = sessions.open(cookie(session));
    assertEquals(Map.of("notice", "Goodbye"), next.attributes());
    assertEquals(Optional.empty(), next.principal());
  }

  @Test
  void aTokenForFormsBelongsToOneSessionAndChangesWithItsId() {
    List<String> cookie = signIn(ADA);
    String token = sessions.open(cookie).csrfToken().orElseThrow();
    assertEquals(token, sessions.open(cookie).csrfToken().orElseThrow());
    assertTrue(sessions.open(cookie).csrfMatches(token));
    assertFalse(sessions.open(signIn(BOB)).csrfMatches(token));
    assertFalse(sessions.open(cookie).csrfMatches(""));
    assertFalse(sessions.open(cookie).csrfMatches("#not base64#"));
    Session rotated = sessions.open(cookie);
    rotated.rotate();
    rotated.commit();
    assertFalse(sessions.open(cookie(rotated)).csrfMatches(token));
  }

  @Test
  void ofSeveralCookiesTheOneThatIsASessionCounts() {
    String mine = signIn(ADA).get(0);
    List<String> headers =
        List.of("a=b; session=forged; session=" + "A".repeat(47), "x=y;" + mine + " ; z=1");
    assertEquals(Optional.of(ADA), sessions.open(headers).principal());
    assertFalse(sessions.open(List.of("xsession=" + mine.substring(8))).exists());
  }
}
