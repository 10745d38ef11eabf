// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.cookie.CookieSessionStore;
import dev.lms.session.cookie.MemoryRevocations;
import dev.lms.session.memory.MemorySessionStore;
import dev.lms.session.testkit.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How long a sign-in lasts, and whether its cookie outlives the browser. */
class RememberMeTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Principal ADA = new Principal("ada", Set.of("student"));
  private static final Duration DAY = Duration.ofDays(1);
  private static final SignInOptions REMEMBERED = SignInOptions.rememberedFor(DAY.multipliedBy(30));

  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-01T12:00:00Z"));

  private static List<SessionStore> stores() {
    return List.of(
        MemorySessionStore.open(KEYS),
        new CookieSessionStore(KEYS, "session", "tests", new MemoryRevocations()));
  }

  private Sessions sessions(SessionStore store, boolean permanent) {
    return Sessions.builder(store, KEYS)
        .settings(
            SessionSettings.plainHttp()
                .withCookie(CookieSettings.plainHttp().withPermanent(permanent))
                .withLifetimes(Lifetimes.of(Duration.ofMinutes(30), DAY)))
        .clock(clock)
        .build();
  }

  private static String signIn(Sessions sessions, SignInOptions options) {
    Session session = sessions.open(null);
    session.signIn(ADA, options);
    assertEquals(CommitOutcome.STORED, session.commit());
    return session.setCookie().orElseThrow();
  }

  private static List<String> cookie(String setCookie) {
    return List.of(setCookie.replaceFirst(";.*", ""));
  }

  @Test
  void aRememberedSignInOutlivesTheOthersAndTheBrowser() {
    for (SessionStore store : stores()) {
      Sessions sessions = sessions(store, false);
      String plain = signIn(sessions, SignInOptions.defaults());
      String remembered = signIn(sessions, REMEMBERED);
      assertFalse(plain.contains("Max-Age"), plain);
      assertTrue(remembered.contains("; Max-Age=2592000"), remembered);
      clock.move(DAY.multipliedBy(29));
      assertFalse(sessions.open(cookie(plain)).exists());
      Session session = sessions.open(cookie(remembered));
      assertEquals(Optional.of(ADA), session.principal());
      session.set("a", "1");
      assertEquals(CommitOutcome.STORED, session.commit());
      List<String> now = session.setCookie().map(RememberMeTest::cookie).orElse(cookie(remembered));
      clock.move(Duration.ofHours(23));
      assertTrue(sessions.open(now).exists());
      clock.move(Duration.ofHours(2));
      assertFalse(sessions.open(now).exists(), "a commit does not move the absolute deadline");
    }
  }

  @Test
  void aNewIdKeepsWhatTheSignInSaid() {
    for (SessionStore store : stores()) {
      Sessions sessions = sessions(store, false);
      Session session = sessions.open(cookie(signIn(sessions, REMEMBERED)));
      clock.move(DAY.multipliedBy(10));
      session.rotate();
      assertEquals(CommitOutcome.STORED, session.commit());
      String rotated = session.setCookie().orElseThrow();
      assertTrue(rotated.contains("; Max-Age=1728000"), rotated);
      session.changeRoles(Set.of("tutor"));
      session.commit();
      String other = session.setCookie().orElseThrow();
      clock.move(DAY.multipliedBy(19));
      assertTrue(sessions.open(cookie(other)).exists());
      Session again = sessions.open(cookie(other));
      again.signIn(ADA);
      again.commit();
      assertFalse(again.setCookie().orElseThrow().contains("Max-Age"), "a sign-in says it anew");
    }
  }

  @Test
  void aCookieCanEndWithTheBrowserWhereOthersDoNot() {
    for (SessionStore store : stores()) {
      Sessions sessions = sessions(store, true);
      assertTrue(signIn(sessions, SignInOptions.defaults()).contains("Max-Age"));
      String shared = signIn(sessions, SignInOptions.defaults().withPermanentCookie(false));
      assertFalse(shared.contains("Max-Age"), shared);
    }
  }

  @Test
  void aSignInMayBeShorterThanTheOthersAndSlidesByItsOwnTime() {
    for (SessionStore store : stores()) {
      Sessions sessions = sessions(store, false);
      SignInOptions brief =
          SignInOptions.defaults()
              .withLifetimes(Lifetimes.of(Duration.ofMinutes(2), Duration.ofMinutes(5)));
      List<String> now = cookie(signIn(sessions, brief));
      for (int minute = 1; minute < 5; minute++) {
        clock.move(Duration.ofMinutes(1));
        Session session = sessions.open(now);
        assertTrue(session.exists(), "minute " + minute);
        session.commit();
        now = session.setCookie().map(RememberMeTest::cookie).orElse(now);
      }
      clock.move(Duration.ofMinutes(1));
      assertFalse(sessions.open(now).exists());
    }
  }

  @Test
  void theListTellsWhichDevicesRemember() {
    Sessions sessions = sessions(MemorySessionStore.open(KEYS), false);
    signIn(sessions, SignInOptions.defaults());
    clock.move(Duration.ofSeconds(1));
    signIn(sessions, REMEMBERED.withDevice(new Device("Laptop", "")));
    List<SessionInfo> list = sessions.list("ada");
    assertEquals(List.of(true, false), list.stream().map(SessionInfo::remembered).toList());
    assertEquals(clock.instant().plus(DAY.multipliedBy(30)), list.get(0).absoluteDeadline());
    assertEquals("Laptop", list.get(0).device().userAgent());
  }
}
