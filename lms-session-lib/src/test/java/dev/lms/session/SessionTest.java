// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.SessionSettings.Rotation;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.testkit.MovableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Principal ADA = new Principal("ada", Set.of("student"));
  private static final Principal BOB = new Principal("bob", Set.of("instructor"));

  @TempDir Path folder;
  private final MovableClock clock = new MovableClock(START);
  private SessionStore store;
  private Sessions sessions;

  @BeforeEach
  void openStore() {
    store = FileSessionStore.open(folder.resolve("sessions"), KEYS);
    sessions = sessions(Lifetimes.of(Duration.ofMinutes(30), Duration.ofHours(2)));
  }

  private Sessions sessions(Lifetimes lifetimes) {
    return Sessions.builder(store, KEYS)
        .settings(SessionSettings.plainHttp().withLifetimes(lifetimes))
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

  private List<String> begin(String name, String value) {
    Session session = sessions.open(null);
    session.set(name, value);
    assertEquals(CommitOutcome.STORED, session.commit());
    return cookie(session);
  }

  private List<String> signIn(Principal principal) {
    Session session = sessions.open(null);
    session.signIn(principal);
    assertEquals(CommitOutcome.STORED, session.commit());
    return cookie(session);
  }

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
