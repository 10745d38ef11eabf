// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionTest extends SessionFixture {
  @Test
  void aServerWithoutAnAdapterIsToldWhatItsAnswerSays() {
    List<String> said = new ArrayList<>();
    Session fresh = sessions.open(null);
    fresh.set("a", "1");
    assertEquals(
        CommitOutcome.STORED, fresh.commitTo((name, value) -> said.add(name + ": " + value)));
    assertEquals(
        List.of("Set-Cookie: " + fresh.setCookie().orElseThrow(), "Cache-Control: no-store"), said);
    said.clear();
    Session known = sessions.open(cookie(fresh));
    known.set("a", "2");
    assertEquals(
        CommitOutcome.STORED, known.commitTo((name, value) -> said.add(name + ": " + value)));
    assertEquals(List.of(), said);
    Session late = sessions.open(cookie(fresh));
    assertEquals(Optional.of("2"), late.get("a"));
    late.set("a", "3");
    sessions.open(cookie(fresh)).end();
    assertEquals(CommitOutcome.GONE, late.commitTo((name, value) -> said.add(name)));
    assertEquals(List.of(), said);
  }

  @Test
  void aServerWithoutAnAdapterSendsNoSuccessForWhatIsNotKept() {
    List<String> said = new ArrayList<>();
    Session fresh = sessions.open(null);
    fresh.set("a", "1");
    assertEquals(500, fresh.commitTo(500, (name, value) -> said.add(name)));
    assertEquals(List.of(), said);
    fresh.set("a", "2");
    assertEquals(303, fresh.commitTo(303, (name, value) -> said.add(name)));
    assertEquals(List.of("Set-Cookie", "Cache-Control"), said);
    Session late = sessions.open(cookie(fresh));
    assertEquals(Optional.of("2"), late.get("a"));
    Session reader = sessions.open(cookie(fresh));
    assertEquals(Optional.of("2"), reader.get("a"));
    late.set("a", "3");
    sessions.open(cookie(fresh)).end();
    assertEquals(409, late.commitTo(200, (name, value) -> said.add(name)));
    assertEquals(200, reader.commitTo(200, (name, value) -> said.add(name)));
  }

  /** Nobody knows what others have made of it since: the last commit wins. */
  @Test
  void settingTheValueThatWasReadIsAChange() {
    List<String> cookie = begin("theme", "light");
    Session early = sessions.open(cookie);
    assertEquals(Optional.of("light"), early.get("theme"));
    early.set("theme", "light");
    Session late = sessions.open(cookie);
    late.set("theme", "dark");
    assertEquals(CommitOutcome.STORED, late.commit());
    assertEquals(CommitOutcome.STORED, early.commit());
    assertEquals(Optional.of("light"), sessions.open(cookie).get("theme"));
  }

  @Test
  void whatUtf8CannotWriteIsRefusedAndNothingElseIsLost() {
    Session session = sessions.open(null);
    session.set("good", "\uD83D\uDE00");
    for (String bad : List.of("a\uD800", "\uDC00", "a\uDC00\uD800b")) {
      assertThrows(IllegalArgumentException.class, () -> session.set(bad, "1"));
      assertThrows(IllegalArgumentException.class, () -> session.set("bad", bad));
      assertThrows(IllegalArgumentException.class, () -> session.add(bad, 1));
    }
    session.commit();
    assertEquals(Map.of("good", "\uD83D\uDE00"), sessions.open(cookie(session)).attributes());
  }

  @Test
  void aRequestWithoutASessionCostsNothingAndBeginsNone() throws Exception {
    Session session = sessions.open(null);
    assertFalse(session.exists());
    assertEquals(Optional.empty(), session.principal());
    assertEquals(Map.of(), session.attributes());
    assertEquals(Optional.empty(), session.csrfToken());
    assertEquals(CommitOutcome.UNCHANGED, session.commit());
    assertEquals(Optional.empty(), session.setCookie());
    try (var files = Files.list(folder.resolve("sessions"))) {
      assertEquals(List.of("lock"), files.map(file -> String.valueOf(file.getFileName())).toList());
    }
  }

  @Test
  void aChangeBeginsASession() {
    List<String> cookie = begin("theme", "dark");
    Session next = sessions.open(cookie);
    assertEquals(Optional.of("dark"), next.get("theme"));
    assertEquals(CommitOutcome.UNCHANGED, next.commit());
    assertEquals(Optional.empty(), next.setCookie());
  }

  @Test
  void aRequestSeesItsOwnChanges() {
    Session session = sessions.open(begin("a", "1"));
    session.set("b", "2");
    session.remove("a");
    assertEquals(3, session.add("c", 3));
    assertEquals(5, session.add("c", 2));
    assertEquals(4, session.add("b", 2));
    assertEquals(Map.of("b", "4", "c", "5"), session.attributes());
    session.set("a", "again");
    session.remove("c");
    assertEquals(Map.of("b", "4", "a", "again"), session.attributes());
  }

  @Test
  void whatIsNoCounterCannotBeAddedTo() {
    Session session = sessions.open(begin("name", "Ada"));
    IllegalStateException error =
        assertThrows(IllegalStateException.class, () -> session.add("name", 1));
    assertEquals("attribute 'name' is not a counter", error.getMessage());
    assertEquals(Optional.of("Ada"), session.get("name"));
  }

  @Test
  void aSessionSlidesWhileItIsUsedAndEndsWhenItIsNot() {
    List<String> cookie = begin("a", "1");
    for (int i = 0; i < 3; i++) {
      clock.move(Duration.ofMinutes(29));
      Session session = sessions.open(cookie);
      assertTrue(session.exists());
      session.commit();
    }
    clock.move(Duration.ofMinutes(30));
    Session session = sessions.open(cookie);
    assertFalse(session.exists());
    session.set("b", "2");
    session.commit();
    assertNotEquals(cookie, cookie(session), "an ended id is never adopted");
  }

  @Test
  void aSessionEndsAtItsAbsoluteDeadlineWhateverHappens() {
    List<String> cookie = begin("a", "1");
    for (int minute = 0; minute < 120; minute += 20) {
      Session session = sessions.open(cookie);
      assertTrue(session.exists(), "after " + minute + " minutes");
      session.add("n", 1);
      session.commit();
      clock.move(Duration.ofMinutes(20));
    }
    assertFalse(sessions.open(cookie).exists());
  }

  @Test
  void aTouchIsWrittenOnlyWhenItGainsEnough() {
    List<String> cookie = begin("a", "1");
    Instant deadline = START.plus(Duration.ofMinutes(30));
    clock.move(Duration.ofSeconds(59));
    read(cookie);
    assertEquals(Optional.of(deadline), sessions.open(cookie).expires());
    clock.move(Duration.ofSeconds(1));
    read(cookie);
    assertEquals(Optional.of(deadline.plusSeconds(60)), sessions.open(cookie).expires());
  }

  private void read(List<String> cookie) {
    Session session = sessions.open(cookie);
    assertTrue(session.exists());
    session.commit();
  }

  @Test
  void aShortLifeIsTouchedEveryTwentieth() {
    sessions = sessions(Lifetimes.of(Duration.ofSeconds(20), Duration.ofHours(1)));
    List<String> cookie = begin("a", "1");
    clock.move(Duration.ofSeconds(1));
    read(cookie);
    assertEquals(Optional.of(START.plusSeconds(21)), sessions.open(cookie).expires());
  }

  @Test
  void aClockThatJumpsBackShortensNothing() {
    List<String> cookie = begin("a", "1");
    Optional<Instant> before = sessions.open(cookie).expires();
    clock.move(Duration.ofMinutes(-20));
    Session session = sessions.open(cookie);
    session.set("b", "2");
    session.commit();
    assertEquals(before, sessions.open(cookie).expires());
  }

  @Test
  void lookingAtTheSessionIsCounted() {
    Session session = sessions.open(begin("a", "1"));
    long before = session.uses();
    assertEquals(before, session.uses());
    session.principal();
    assertTrue(session.uses() > before);
    before = session.uses();
    session.set("b", "2");
    assertTrue(session.uses() > before);
  }

  @Test
  void cookiesCarryTheirFlags() {
    Session secure =
        Sessions.builder(store, KEYS)
            .settings(
                SessionSettings.defaults()
                    .withCookie(CookieSettings.defaults())
                    .withLifetimes(Lifetimes.defaults()))
            .clock(clock)
            .build()
            .open(null);
    secure.set("a", "1");
    secure.commit();
    assertTrue(
        secure
            .setCookie()
            .orElseThrow()
            .matches("__Host-session=[\\w-]{47}; Path=/; Secure; HttpOnly; SameSite=Lax"));
    CookieSettings permanent =
        CookieSettings.plainHttp()
            .withName("s")
            .withSameSite(CookieSettings.SameSite.STRICT)
            .withPermanent(true);
    Session kept =
        Sessions.builder(store, KEYS)
            .settings(
                SessionSettings.defaults()
                    .withCookie(permanent)
                    .withLifetimes(Lifetimes.defaults()))
            .clock(clock)
            .build()
            .open(null);
    kept.set("a", "1");
    kept.commit();
    assertTrue(
        kept.setCookie()
            .orElseThrow()
            .endsWith("; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict"));
    assertThrows(
        IllegalArgumentException.class,
        () -> CookieSettings.plainHttp().withName("s").withSameSite(CookieSettings.SameSite.NONE));
    assertThrows(
        IllegalArgumentException.class, () -> CookieSettings.plainHttp().withName("__Host-s"));
  }

  @Test
  void aMissingOrShortSecretIsAnErrorThatNamesTheRemedy() {
    for (@Nullable String secret : new @Nullable String[] {null, "", "short"}) {
      IllegalArgumentException error =
          assertThrows(IllegalArgumentException.class, () -> KeyRing.of(secret));
      assertTrue(String.valueOf(error.getMessage()).contains("openssl rand -hex 32"));
    }
  }
}
