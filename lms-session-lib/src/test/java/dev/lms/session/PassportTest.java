// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** G1, G11: what a passport is good for, and what not. */
class PassportTest extends PassportFixture {
  private static void assertRefused(Session session) {
    assertThrows(SessionStoreException.class, session::principal);
    assertFalse(session.isOnPassport());
  }

  private void assertOnPassport(Principal person, Session session) {
    assertEquals(Optional.of(person), session.principal());
    assertTrue(session.isOnPassport());
  }

  @Test
  void inAnOutageReadsGoOnAsThePerson() throws IOException {
    Browser ada = ada();
    Session before = ada.visit();
    assertFalse(before.isOnPassport());
    String handle = before.handle().orElseThrow();
    String token = before.csrfToken().orElseThrow();
    outage();
    for (OutagePolicy policy : List.of(OutagePolicy.PASSPORT, OutagePolicy.PASSPORT_OR_ANONYMOUS)) {
      Session session = ada.open(policy);
      assertFalse(session.isOnPassport(), "nothing was asked yet");
      assertOnPassport(ADA, session);
      assertFalse(session.treatedAsAnonymous());
      assertFalse(session.exists(), "nobody can tell");
      assertEquals(Map.of(), session.attributes());
      assertEquals(Optional.empty(), session.created());
      assertEquals(Optional.empty(), session.expires());
      assertEquals(Optional.empty(), session.authenticated());
      assertEquals(Optional.empty(), session.sinceAuthentication());
      assertEquals(Optional.of(handle), session.handle());
      assertEquals(Optional.of(token), session.csrfToken(), "forms fit when the store is back");
      assertTrue(session.csrfMatches(token));
      assertEquals(CommitOutcome.UNCHANGED, session.commit());
      assertEquals(List.of(), setCookies(session), "a passport renews no passport");
    }
    assertThrows(SessionStoreException.class, ada.open(OutagePolicy.FAIL_CLOSED)::principal);
    Session stranger = ada.open(OutagePolicy.TREAT_AS_ANONYMOUS);
    assertEquals(Optional.empty(), stranger.principal());
    assertTrue(stranger.treatedAsAnonymous());
    SessionEvent told = new SessionEvent(handle, Optional.of("ada"));
    assertEquals(List.of(told, told), let);
    assertEquals(2, sessions.statistics().onPassport());
    recovery();
    Session after = ada.reading();
    assertEquals(Optional.of("3 books"), after.get("cart"));
    assertFalse(after.isOnPassport(), "at once");
  }

  @Test
  void withoutOneARouteFaresAsItsPolicySays() throws IOException {
    Browser ada = ada();
    ada.cookies.remove("session-passport");
    outage();
    assertRefused(ada.open(OutagePolicy.PASSPORT));
    Session session = ada.open(OutagePolicy.PASSPORT_OR_ANONYMOUS);
    assertEquals(Optional.empty(), session.principal());
    assertTrue(session.treatedAsAnonymous());
    assertFalse(session.isOnPassport());
    assertEquals(Optional.empty(), session.handle());
  }

  @Test
  void whileTheStoreAnswersItAloneDecides() {
    Browser ada = ada();
    sessions.changeRoles("ada", Set.of("guest"));
    Session session = ada.reading();
    assertEquals(Optional.of(new Principal("ada", Set.of("guest"))), session.principal());
    assertFalse(session.isOnPassport());
    String passport = ada.passport();
    assertEquals(1, sessions.revokeAll("ada"));
    for (OutagePolicy policy : OutagePolicy.values()) {
      Session revoked = ada.open(policy);
      assertEquals(Optional.empty(), revoked.principal());
      assertFalse(revoked.isOnPassport());
    }
    ada.visit();
    assertNotEquals("", passport);
    assertEquals("", ada.passport(), "what has ended takes its passport along");
    assertEquals(List.of(), let);
  }

  @Test
  void nothingIsChangedOnAPassport() throws IOException {
    Browser ada = ada();
    List<Consumer<Session>> changes =
        List.of(
            session -> session.set("cart", "none"),
            session -> session.remove("cart"),
            session -> session.add("visits", 1),
            session -> session.signIn(BEN),
            session -> session.changeRoles(Set.of("admin")),
            Session::rotate);
    outage();
    List<Session> changed = new ArrayList<>();
    for (int i = 0; i < changes.size() + 2; i++) {
      Session session = ada.reading();
      assertOnPassport(ADA, session);
      changed.add(session);
    }
    recovery();
    // The store is back in the middle of these requests.
    assertTrue(ada.reading().exists());
    for (int i = 0; i < changes.size(); i++) {
      Session session = changed.get(i);
      changes.get(i).accept(session);
      assertThrows(SessionStoreException.class, session::commit);
      assertEquals(List.of(), setCookies(session));
    }
    assertThrows(SessionStoreException.class, changed.get(changes.size())::end);
    assertThrows(
        SessionStoreException.class, () -> sessions.revokeOthers(changed.get(changes.size() + 1)));
    assertEquals(1, sessions.stats().live(), "none was begun, none was ended");
    Session after = ada.reading();
    assertEquals(Optional.of(ADA), after.principal());
    assertEquals(Map.of("cart", "3 books"), after.attributes());
  }

  @Test
  void thePassportOfAnotherSessionIsNone() throws IOException {
    Browser ada = ada();
    Browser ben = new Browser().signIn(BEN);
    Browser mixed = new Browser();
    mixed.cookies.putAll(ada.cookies);
    mixed.cookies.put("session-passport", ben.passport());
    Browser without = new Browser();
    without.cookies.put("session-passport", ada.passport());
    Browser later = new Browser();
    later.cookies.putAll(ada.cookies);
    Session rotating = later.reading();
    rotating.rotate();
    rotating.commit();
    later.took(rotating);
    Browser stale = new Browser();
    stale.cookies.putAll(later.cookies);
    stale.cookies.put("session-passport", ada.passport());
    outage();
    assertRefused(mixed.reading());
    assertEquals(Optional.empty(), without.reading().principal(), "no session, no question");
    assertRefused(stale.reading());
    assertOnPassport(ADA, later.reading());
    assertOnPassport(BEN, ben.reading());
  }

  @Test
  void aPassportEndsByItself() throws IOException {
    Browser ada = ada();
    Duration tick = Duration.ofMillis(1);
    outage();
    clock.move(LIFE.minus(tick));
    assertOnPassport(ADA, ada.reading());
    clock.move(tick);
    assertRefused(ada.reading());
  }

  @Test
  void itDoesNotOutliveItsSession() throws IOException {
    sessions =
        sessions(
            KEYS,
            SessionSettings.plainHttp()
                .withPassport(LIFE)
                .withLifetimes(Lifetimes.of(Duration.ofMinutes(2), Duration.ofMinutes(3))));
    Browser sliding = ada();
    Browser absolute = ada();
    clock.move(Duration.ofSeconds(90));
    absolute.visit();
    outage();
    clock.move(Duration.ofSeconds(29));
    assertOnPassport(ADA, sliding.reading());
    clock.move(Duration.ofSeconds(1));
    assertRefused(sliding.reading());
    clock.move(Duration.ofSeconds(59));
    assertOnPassport(ADA, absolute.reading());
    clock.move(Duration.ofSeconds(1));
    assertRefused(absolute.reading());
  }

  @Test
  void whatIsForgedIsNone() throws IOException {
    Browser ada = ada();
    String good = ada.passport();
    Sessions other =
        sessions(
            KeyRing.of("another secret for tests, long 0002"),
            SessionSettings.plainHttp().withPassport(LIFE));
    Browser foreign = new Browser();
    foreign.site = other;
    foreign.signIn(ADA);
    outage();
    List<String> forged = new ArrayList<>(List.of("x", "%%%", "AAAA", good + good));
    forged.add(foreign.passport());
    for (int i = 0; i < good.length() - 1; i++) {
      char flipped = good.charAt(i) == 'A' ? 'B' : 'A';
      forged.add(good.substring(0, i) + flipped + good.substring(i + 1));
      forged.add(good.substring(0, i));
    }
    for (String value : forged) {
      ada.cookies.put("session-passport", value);
      assertRefused(ada.reading());
    }
    ada.cookies.put("session-passport", good);
    assertOnPassport(ADA, ada.reading());
    ada.cookies.computeIfPresent("session", (name, id) -> id.replaceFirst(".{4}$", "AAAA"));
    Session unsigned = ada.reading();
    assertEquals(Optional.empty(), unsigned.principal(), "a forged id needs no store");
    assertFalse(unsigned.isOnPassport());
  }

  @Test
  void keysRotate() throws IOException {
    SessionSettings settings = SessionSettings.plainHttp().withPassport(LIFE);
    String fresh = "a fresh secret for tests, long 0003";
    Browser ada = ada();
    Sessions accepting = sessions(KeyRing.of(fresh, SECRET), settings);
    Sessions done = sessions(KeyRing.of(fresh), settings);
    outage();
    ada.site = accepting;
    assertOnPassport(ADA, ada.reading());
    ada.site = done;
    assertEquals(Optional.empty(), ada.reading().principal(), "its session is unknown as well");
    recovery();
    ada.site = accepting;
    clock.move(Duration.ofSeconds(61));
    String old = ada.passport();
    ada.visit();
    assertNotEquals(old, ada.passport());
    Session rotating = ada.reading();
    rotating.rotate();
    rotating.commit();
    ada.took(rotating);
    outage();
    ada.site = done;
    assertOnPassport(ADA, ada.reading());
  }

  @Test
  void anInterruptIsNoOutage() {
    Browser ada = ada();
    Thread.currentThread().interrupt();
    try {
      assertRefused(ada.reading());
    } finally {
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void whatASessionHasNoPassportsForIsSaidAtOnce() {
    Sessions plain = sessions(KEYS, SessionSettings.plainHttp());
    for (OutagePolicy policy : List.of(OutagePolicy.PASSPORT, OutagePolicy.PASSPORT_OR_ANONYMOUS)) {
      assertThrows(IllegalArgumentException.class, () -> plain.open(null, policy));
    }
    for (Duration wrong : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofMinutes(61))) {
      assertThrows(
          IllegalArgumentException.class, () -> SessionSettings.defaults().withPassport(wrong));
    }
    assertEquals(OutagePolicy.PASSPORT, OutagePolicy.PASSPORT.forMethod("GET"));
    assertEquals(OutagePolicy.PASSPORT, OutagePolicy.PASSPORT.forMethod("HEAD"));
    for (String method : List.of("POST", "PUT", "DELETE", "get", "OPTIONS")) {
      assertEquals(OutagePolicy.FAIL_CLOSED, OutagePolicy.PASSPORT.forMethod(method));
    }
  }
}
