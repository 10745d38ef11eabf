// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.SessionSettings.Rotation;
import dev.lms.session.contract.Stores;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.testkit.MovableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New ids, as a program and a browser see them. */
class RotationTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Principal ADA = new Principal("ada", Set.of("student"));
  private static final Duration GRACE = Duration.ofSeconds(10);

  @TempDir Path folder;
  private final MovableClock clock = new MovableClock(START);
  private SessionStore store;
  private Sessions sessions;

  @BeforeEach
  void openStore() {
    store = FileSessionStore.open(folder.resolve("sessions"), KEYS);
    sessions = sessions(Rotation.defaults().withGrace(GRACE));
  }

  private Sessions sessions(Rotation rotation) {
    return Sessions.builder(store, KEYS)
        .settings(SessionSettings.plainHttp().withRotation(rotation))
        .clock(clock)
        .build();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private static List<String> cookie(Session session) {
    return List.of(session.setCookie().orElseThrow().replaceFirst(";.*", ""));
  }

  private List<String> signIn() {
    Session session = sessions.open(null);
    session.signIn(ADA);
    assertEquals(CommitOutcome.STORED, session.commit());
    return cookie(session);
  }

  private List<String> rotate(List<String> cookie) {
    Session session = sessions.open(cookie);
    session.rotate();
    assertEquals(CommitOutcome.STORED, session.commit());
    return cookie(session);
  }

  @Test
  void requestsUnderWayGoOnWithTheOldIdAndGetNoCookie() {
    List<String> old = signIn();
    Session slow = sessions.open(old);
    assertTrue(slow.exists());
    List<String> cookie = rotate(old);
    slow.set("slow", "1");
    assertEquals(CommitOutcome.STORED, slow.commit());
    Session late = sessions.open(old);
    assertEquals(Optional.of("1"), late.get("slow"));
    late.set("late", "1");
    late.rotate();
    assertEquals(CommitOutcome.STORED, late.commit());
    Session next = sessions.open(cookie);
    assertEquals(Optional.of("1"), next.get("late"));
    for (Session session : List.of(slow, late)) {
      assertEquals(Optional.empty(), session.setCookie());
      assertEquals(next.handle(), sessions.open(old).handle());
    }
    assertEquals(0, sessions.statistics().reused());
  }

  @Test
  void laterUseIsCountedAndTheSessionGoesOn() {
    List<String> old = signIn();
    List<String> cookie = rotate(old);
    clock.move(GRACE);
    assertFalse(sessions.open(old).exists());
    assertEquals(1, sessions.statistics().reused());
    assertTrue(sessions.open(cookie).exists());
  }

  @Test
  void laterUseEndsTheSessionWhereThatIsTheRule() {
    sessions = sessions(Rotation.defaults().withGrace(GRACE).withReuseEndsSession(true));
    List<String> old = signIn();
    List<String> cookie = rotate(rotate(old));
    Session thief = sessions.open(cookie);
    assertTrue(thief.exists());
    clock.move(GRACE);
    assertFalse(sessions.open(old).exists());
    assertFalse(sessions.open(cookie).exists());
    thief.set("a", "1");
    assertEquals(CommitOutcome.GONE, thief.commit());
    assertEquals(List.of(), sessions.list(ADA.id()));
  }

  /** A browser may hold both for a while; whoever holds the valid one needs no old one. */
  @Test
  void whoeverAlsoHoldsTheValidIdIsNoThief() {
    sessions = sessions(Rotation.defaults().withGrace(GRACE).withReuseEndsSession(true));
    List<String> old = signIn();
    List<String> cookie = rotate(rotate(old));
    clock.move(GRACE);
    for (List<String> both :
        List.of(
            List.of(old.get(0) + "; " + cookie.get(0)),
            List.of(cookie.get(0) + "; " + old.get(0)),
            List.of(old.get(0), cookie.get(0)))) {
      Session session = sessions.open(both);
      assertEquals(Optional.of(ADA), session.principal());
      session.set("a", "1");
      assertEquals(CommitOutcome.STORED, session.commit());
    }
    assertTrue(sessions.open(cookie).exists());
    assertEquals(0, sessions.statistics().reused());
    assertFalse(sessions.open(old).exists(), "alone it still is reported");
    assertEquals(1, sessions.statistics().reused());
    assertFalse(sessions.open(cookie).exists());
  }

  @Test
  void signingOutEndsASessionThatAnotherRequestHasJustRotated() {
    for (Duration grace : List.of(Duration.ZERO, GRACE)) {
      sessions = sessions(Rotation.defaults().withGrace(grace));
      for (boolean looked : List.of(true, false)) {
        List<String> old = signIn();
        Session signingOut = sessions.open(old);
        if (looked) {
          assertTrue(signingOut.exists());
        }
        List<String> cookie = rotate(old);
        signingOut.end();
        assertFalse(sessions.open(cookie).exists());
      }
    }
  }

  @Test
  void otherRolesAreANewIdAndNoNewSignIn() {
    List<String> old = signIn();
    clock.move(Duration.ofMinutes(5));
    Session session = sessions.open(old);
    session.changeRoles(Set.of("student", "tutor"));
    Principal tutor = new Principal("ada", Set.of("student", "tutor"));
    assertEquals(Optional.of(tutor), session.principal());
    assertEquals(CommitOutcome.STORED, session.commit());
    assertFalse(sessions.open(old).exists(), "no grace for a change of privilege");
    assertEquals(0, sessions.statistics().reused());
    Session next = sessions.open(cookie(session));
    assertEquals(Optional.of(tutor), next.principal());
    assertEquals(Optional.of(START), next.authenticated());
    assertEquals(Optional.of(Duration.ofMinutes(5)), next.sinceAuthentication());
  }

  @Test
  void otherRolesDuringASignInAreTheSignIns() {
    Session session = sessions.open(null);
    session.signIn(ADA);
    session.changeRoles(Set.of("tutor"));
    session.commit();
    assertEquals(
        Optional.of(new Principal("ada", Set.of("tutor"))),
        sessions.open(cookie(session)).principal());
    Session stranger = sessions.open(null);
    stranger.changeRoles(Set.of("tutor"));
    assertEquals(CommitOutcome.UNCHANGED, stranger.commit());
  }

  @Test
  void ofTwoSignInsAtOnceBothStand() {
    Session visitor = sessions.open(null);
    visitor.set("basket", "3");
    visitor.commit();
    Session one = sessions.open(cookie(visitor));
    Session two = sessions.open(cookie(visitor));
    one.signIn(ADA);
    two.signIn(ADA);
    assertEquals(CommitOutcome.STORED, one.commit());
    assertEquals(CommitOutcome.STORED, two.commit());
    assertNotEquals(cookie(one), cookie(two));
    assertTrue(sessions.open(cookie(one)).exists(), "whichever cookie the browser keeps");
    assertTrue(sessions.open(cookie(two)).exists());
  }

  @Test
  void timeSinceAuthenticationIsNeverNegative() {
    assertEquals(Optional.empty(), sessions.open(null).sinceAuthentication());
    List<String> cookie = signIn();
    clock.move(Duration.ofMinutes(3));
    Optional<Duration> passed = sessions.open(cookie).sinceAuthentication();
    assertEquals(Optional.of(Duration.ofMinutes(3)), passed);
    clock.move(Duration.ofMinutes(-5));
    assertEquals(Optional.of(Duration.ZERO), sessions.open(cookie).sinceAuthentication());
  }

  @Test
  void timeSinceAuthenticationIsNotTheSessionsAge() {
    Session session = sessions.open(null);
    session.set("basket", "3");
    session.commit();
    clock.move(Duration.ofMinutes(10));
    session.signIn(ADA);
    session.commit();
    clock.move(Duration.ofMinutes(3));
    assertEquals(
        Optional.of(Duration.ofMinutes(3)), sessions.open(cookie(session)).sinceAuthentication());
  }

  @Test
  void aNewIdWithoutASignInProlongsNothing() {
    List<String> cookie = signIn();
    Instant end = absoluteDeadline(cookie);
    clock.move(Duration.ofHours(5));
    cookie = rotate(cookie);
    assertEquals(end, absoluteDeadline(cookie));
    Session session = sessions.open(cookie);
    session.changeRoles(Set.of("tutor"));
    session.commit();
    assertEquals(end, absoluteDeadline(cookie(session)));
  }

  private Instant absoluteDeadline(List<String> cookie) {
    String token = cookie.get(0).replaceFirst(".*=", "");
    return Stores.load(store, token).orElseThrow().envelope().absoluteDeadline();
  }

  @Test
  void aNegativeGraceIsAnError() {
    assertThrows(
        IllegalArgumentException.class, () -> Rotation.defaults().withGrace(Duration.ofMillis(-1)));
  }
}
