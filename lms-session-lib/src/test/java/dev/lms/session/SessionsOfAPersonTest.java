// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.cookie.CookieSessionStore;
import dev.lms.session.cookie.MemoryRevocations;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.testkit.MovableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an account page and a sign-in page do with {@link Sessions}. */
class SessionsOfAPersonTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Principal ADA = new Principal("ada", Set.of("student"));
  private static final Device LAPTOP = new Device("Laptop", "192.0.2.7");

  @TempDir Path folder;
  private final MovableClock clock = new MovableClock(START);
  private SessionStore store;
  private Sessions sessions;

  @BeforeEach
  void openStore() {
    store = FileSessionStore.open(folder.resolve("sessions"), KEYS);
    sessions = sessions(SessionLimit.defaults());
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private Sessions sessions(SessionLimit limit) {
    SessionSettings settings =
        SessionSettings.plainHttp()
            .withLifetimes(Lifetimes.of(Duration.ofMinutes(30), Duration.ofHours(2)))
            .withLimit(limit);
    return Sessions.builder(store, KEYS).settings(settings).clock(clock).build();
  }

  private static List<String> cookie(Session session) {
    return List.of(session.setCookie().orElseThrow().replaceFirst(";.*", ""));
  }

  private List<String> signIn(Device device) {
    Session session = sessions.open(null);
    session.signIn(ADA, SignInOptions.defaults().withDevice(device));
    assertEquals(CommitOutcome.STORED, session.commit());
    clock.move(Duration.ofSeconds(1));
    return cookie(session);
  }

  @Test
  void devicesAreListedAndOneOfThemIsThisOne() {
    List<String> phone = signIn(new Device("Phone\r\n", "2001:db8::1"));
    List<String> laptop = signIn(LAPTOP);
    clock.move(Duration.ofMinutes(5));
    Session session = sessions.open(phone);
    assertTrue(session.exists());
    session.commit();
    List<SessionInfo> list = sessions.list("ada");
    assertEquals(List.of(LAPTOP, new Device("Phone  ", "2001:db8::1")), devices(list));
    assertEquals(START.plusSeconds(1), list.get(0).lastSeen());
    assertEquals(START.plusSeconds(302), list.get(1).lastSeen());
    assertEquals(START, list.get(1).created());
    assertEquals(sessions.open(laptop).handle(), Optional.of(list.get(0).handle()));
    assertEquals(sessions.open(phone).handle(), Optional.of(list.get(1).handle()));
    assertEquals(List.of(), sessions.list("bob"));
  }

  private static List<Device> devices(List<SessionInfo> list) {
    return list.stream().map(SessionInfo::device).toList();
  }

  @Test
  void aDeviceStaysWithItsSessionUntilTheNextSignIn() {
    Session session = sessions.open(signIn(LAPTOP));
    session.rotate();
    session.commit();
    assertEquals(List.of(LAPTOP), devices(sessions.list("ada")));
    Session again = sessions.open(cookie(session));
    again.signIn(ADA);
    again.commit();
    assertEquals(List.of(Device.UNKNOWN), devices(sessions.list("ada")));
  }

  @Test
  void aDeviceIsCutToALengthThatFits() {
    Device device = new Device("x".repeat(5000), "y".repeat(5000));
    assertEquals(256, device.userAgent().length());
    assertEquals(256, device.address().length());
    signIn(device);
    assertEquals(List.of(device), devices(sessions.list("ada")));
  }

  @Test
  void oneDeviceIsSignedOutByAnother() {
    List<String> phone = signIn(Device.UNKNOWN);
    List<String> laptop = signIn(LAPTOP);
    Session slow = sessions.open(phone);
    String handle = slow.handle().orElseThrow();
    assertFalse(sessions.revoke("bob", handle));
    assertTrue(sessions.revoke("ada", handle));
    slow.set("late", "1");
    assertEquals(CommitOutcome.GONE, slow.commit());
    assertFalse(sessions.open(phone).exists());
    assertTrue(sessions.open(laptop).exists());
  }

  @Test
  void allOthersAreSignedOutAndThisOneStays() {
    List<String> phone = signIn(Device.UNKNOWN);
    List<String> tablet = signIn(Device.UNKNOWN);
    List<String> laptop = signIn(LAPTOP);
    Session session = sessions.open(laptop);
    session.rotate();
    assertEquals(2, sessions.revokeOthers(session));
    assertEquals(CommitOutcome.STORED, session.commit());
    assertTrue(sessions.open(cookie(session)).exists());
    assertFalse(sessions.open(phone).exists());
    assertFalse(sessions.open(tablet).exists());
    assertEquals(1, sessions.list("ada").size());
  }

  @Test
  void aStrangerHasNoOthers() {
    signIn(LAPTOP);
    assertEquals(0, sessions.revokeOthers(sessions.open(null)));
    Session signingIn = sessions.open(null);
    signingIn.signIn(ADA);
    assertEquals(0, sessions.revokeOthers(signingIn), "not committed: it has no session to keep");
    assertEquals(1, sessions.revokeAll("ada"));
  }

  @Test
  void theListFollowsTheSlidingOfASession() {
    List<String> cookie = signIn(LAPTOP);
    for (int i = 0; i < 3; i++) {
      clock.move(Duration.ofMinutes(25));
      Session session = sessions.open(cookie);
      session.set("n", "" + i);
      assertEquals(CommitOutcome.STORED, session.commit());
      assertEquals(1, sessions.list("ada").size());
    }
    clock.move(Duration.ofMinutes(30));
    assertEquals(List.of(), sessions.list("ada"));
  }

  /** Each of its writes gains less than a touch; the index must hear of them all the same. */
  @Test
  void aBusySessionIsNotForgottenByTheIndex() {
    List<String> cookie = signIn(LAPTOP);
    for (int i = 0; i < 60; i++) {
      clock.move(Duration.ofSeconds(40));
      Session session = sessions.open(cookie);
      session.set("n", "" + i);
      session.commit();
    }
    assertEquals(1, sessions.list("ada").size());
    assertEquals(1, sessions.revokeAll("ada"));
    assertFalse(sessions.open(cookie).exists());
  }

  @Test
  void aRefusedSignInLeavesTheVisitorAsTheyWere() {
    sessions = sessions(SessionLimit.of(1).withWhenReached(SessionLimit.WhenReached.REFUSE));
    List<String> first = signIn(LAPTOP);
    Session visitor = sessions.open(null);
    visitor.set("basket", "3");
    visitor.commit();
    List<String> cookie = cookie(visitor);
    Session session = sessions.open(cookie);
    session.signIn(ADA, SignInOptions.defaults().withDevice(LAPTOP));
    session.set("name", "Ada");
    assertEquals(CommitOutcome.REFUSED, session.commit());
    assertEquals(Optional.empty(), session.setCookie());
    assertEquals(Optional.empty(), session.principal());
    assertEquals(Map.of("basket", "3"), sessions.open(cookie).attributes());
    Session stranger = sessions.open(null);
    stranger.signIn(ADA, SignInOptions.defaults().withDevice(LAPTOP));
    assertEquals(CommitOutcome.REFUSED, stranger.commit());
    assertFalse(stranger.exists());
    sessions.open(first).end();
    session.signIn(ADA, SignInOptions.defaults().withDevice(LAPTOP));
    assertEquals(CommitOutcome.STORED, session.commit());
    assertEquals(Map.of("basket", "3"), sessions.open(cookie(session)).attributes());
  }

  @Test
  void signingInAgainIsNotOneMore() {
    sessions = sessions(SessionLimit.of(1).withWhenReached(SessionLimit.WhenReached.REFUSE));
    Session again = sessions.open(signIn(LAPTOP));
    again.signIn(ADA, SignInOptions.defaults().withDevice(LAPTOP));
    assertEquals(CommitOutcome.STORED, again.commit());
    assertEquals(1, sessions.list("ada").size());
  }

  @Test
  void everybodyIsCountedAndSignedOut() {
    List<String> cookie = signIn(LAPTOP);
    Session visitor = sessions.open(null);
    visitor.set("basket", "3");
    visitor.commit();
    assertEquals(new SessionCensus(1, 1), sessions.stats());
    assertEquals(2, sessions.purge());
    assertEquals(0, sessions.stats().live());
    assertFalse(sessions.open(cookie).exists());
  }

  @Test
  void aStoreWithoutAnIndexSaysSo() {
    SessionStore cookies =
        new CookieSessionStore(KEYS, "__Host-session", "tests", new MemoryRevocations());
    Sessions without = Sessions.of(cookies, KEYS);
    assertFalse(cookies instanceof PrincipalIndex);
    IllegalStateException error =
        assertThrows(IllegalStateException.class, () -> without.list("ada"));
    assertTrue(String.valueOf(error.getMessage()).contains("file or the Redis store"));
    Session session = without.open(null);
    session.signIn(ADA, SignInOptions.defaults().withDevice(LAPTOP));
    assertEquals(CommitOutcome.STORED, session.commit(), "people can sign in all the same");
  }

  @Test
  void aLimitOfNothingIsAnError() {
    assertThrows(IllegalArgumentException.class, () -> SessionLimit.of(0));
  }
}
