// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.cookie.CookieSessionStore;
import dev.lms.session.cookie.MemoryRevocations;
import dev.lms.session.memory.MemorySessionStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Other roles in all sessions of a person at once, and the new ids that go with them. */
class RolesOfAPersonTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Principal ADA = new Principal("ada", Set.of("student"));
  private static final Set<String> TUTOR = Set.of("student", "tutor");

  private final List<String> told = new ArrayList<>();
  private final SessionStore store = MemorySessionStore.open(KEYS);
  private final Sessions one = sessions();
  private final Sessions two = sessions();

  private Sessions sessions() {
    return Sessions.builder(store, KEYS)
        .settings(SessionSettings.plainHttp())
        .listener(
            new SessionListener() {
              @Override
              public void rolesChanged(String principalId, Set<String> roles, int sessions) {
                told.add(principalId + " " + roles.size() + " " + sessions);
              }
            })
        .build();
  }

  private List<String> signIn() {
    Session session = one.open(null);
    session.signIn(ADA);
    assertEquals(CommitOutcome.STORED, session.commit());
    return cookie(session);
  }

  private static List<String> cookie(Session session) {
    return List.of(session.setCookie().orElseThrow().replaceFirst(";.*", ""));
  }

  private static Set<String> roles(Session session) {
    return session.principal().orElseThrow().roles();
  }

  @Test
  void everySessionHasTheNewRolesAtOnceAndANewIdAtItsNextCommit() {
    List<String> phone = signIn();
    List<String> laptop = signIn();
    assertEquals(2, two.changeRoles("ada", TUTOR));
    assertEquals(List.of("ada 2 2"), told);
    for (List<String> old : List.of(phone, laptop)) {
      Session session = one.open(old);
      assertEquals(TUTOR, roles(session));
      assertEquals(CommitOutcome.STORED, session.commit(), "though the request changed nothing");
      List<String> next = cookie(session);
      assertFalse(two.open(old).exists(), "the old id is dead at once");
      assertEquals(TUTOR, roles(two.open(next)));
      Session again = two.open(next);
      assertTrue(again.exists());
      assertEquals(CommitOutcome.UNCHANGED, again.commit());
      assertEquals(Optional.empty(), again.setCookie(), "once is enough");
    }
  }

  @Test
  void whatIsTakenAwayIsGoneForRequestsThatAreUnderWay() {
    List<String> cookie = signIn();
    Session slow = one.open(cookie);
    assertTrue(slow.exists());
    slow.rotate();
    two.changeRoles("ada", Set.of());
    assertEquals(CommitOutcome.STORED, slow.commit());
    assertEquals(Set.of(), roles(slow));
    assertEquals(Set.of(), roles(two.open(cookie(slow))));
  }

  /** The page that the new id comes with shows forms already. */
  @Test
  void aFormInTheAnswerWithTheNewIdIsGood() {
    List<String> cookie = signIn();
    String before = one.open(cookie).csrfToken().orElseThrow();
    two.changeRoles("ada", TUTOR);
    assertTrue(one.open(cookie).csrfMatches(before), "a form that was open already");
    Session page = one.open(cookie);
    page.set("seen", "1");
    String token = page.csrfToken().orElseThrow();
    assertEquals(CommitOutcome.STORED, page.commit());
    Session post = two.open(cookie(page));
    assertTrue(post.csrfMatches(token));
    assertEquals(Optional.of("1"), post.get("seen"));
    assertFalse(two.open(cookie).exists());
  }

  @Test
  void nobodyIsNobodyAndWhoKeepsNoRecordSaysSo() {
    assertThrows(IllegalArgumentException.class, () -> one.changeRoles("", TUTOR));
    assertThrows(IllegalArgumentException.class, () -> one.changeRoles("ada", Set.of("")));
    assertEquals(0, one.changeRoles("bob", TUTOR));
    Sessions cookies =
        Sessions.of(
            new CookieSessionStore(KEYS, "session", "tests", new MemoryRevocations()),
            KEYS,
            SessionSettings.plainHttp());
    assertThrows(IllegalStateException.class, () -> cookies.changeRoles("ada", TUTOR));
  }

  @Test
  void aListOfManyComesInPages() {
    for (int i = 0; i < 5; i++) {
      signIn();
    }
    PrincipalIndex.Page first = one.page("ada", Optional.empty(), 3);
    PrincipalIndex.Page second = two.page("ada", first.next(), 3);
    assertEquals(3, first.sessions().size());
    assertEquals(2, second.sessions().size());
    assertEquals(Optional.empty(), second.next());
  }
}
