// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.CommitOutcome;
import dev.lms.session.CookieSettings;
import dev.lms.session.Lifetimes;
import dev.lms.session.Principal;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionSettings.Rotation;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStore.Capability;
import dev.lms.session.Sessions;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.testkit.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SessionStore} must do. Extend it, return your store from {@link #open}, and run
 * it. Tests of what a store's {@linkplain Capability capabilities} do not promise check the
 * opposite: that the store does not claim more than it does.
 */
public abstract class SessionStoreContract extends EndingContract {
  /** For the tests of one store. */
  protected SessionStoreContract() {}

  // What was stored is there.

  @Test
  void whatWasCreatedIsLoadedByEveryWorker() {
    Map<String, String> attributes = Map.of("theme", "dark", "ünï", "☃\n\0|{}", "empty", "");
    String token = store().create(person(), attributes, WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession session = loaded(store(), token);
    assertEquals(person(), session.envelope());
    assertEquals(attributes, session.attributes());
    assertEquals(SOON, session.deadline());
    assertEquals(token, session.token());
  }

  @Test
  void aSessionMayBeEmpty() {
    SessionStore store = store();
    StoredSession session =
        loaded(store, store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
    assertEquals(stranger(), session.envelope());
    assertEquals(Map.of(), session.attributes());
  }

  @Test
  void changesAreWritten() {
    SessionStore store = store();
    String token =
        store
            .create(
                stranger(),
                Map.of("keep", "1", "change", "1", "drop", "1"),
                WriteOptions.at(NOW, SOON))
            .orElseThrow();
    Changes changes =
        new Changes(Map.of("change", "2", "new", "3"), Set.of("drop"), Map.of("count", 5L));
    String after =
        store
            .update(loaded(store, token), changes, WriteOptions.at(NOW, SOON))
            .token()
            .orElseThrow();
    assertEquals(
        Map.of("keep", "1", "change", "2", "new", "3", "count", "5"),
        loaded(store(), after).attributes());
  }

  @Test
  void aSessionGrowsAndShrinks() {
    SessionStore store = store();
    String token =
        store.create(stranger(), Map.of("small", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    String large = "x".repeat(2500);
    token =
        store
            .update(loaded(store, token), set("large", large), WriteOptions.at(NOW, SOON))
            .token()
            .orElseThrow();
    assertEquals(Map.of("small", "1", "large", large), loaded(store, token).attributes());
    token =
        store
            .update(loaded(store, token), set("large", "y"), WriteOptions.at(NOW, SOON))
            .token()
            .orElseThrow();
    token =
        store
            .update(loaded(store, token), set("small", "2"), WriteOptions.at(NOW, SOON))
            .token()
            .orElseThrow();
    assertEquals(Map.of("small", "2", "large", "y"), loaded(store, token).attributes());
  }

  @Test
  void aCounterStartsAtNothingAndTurnsWhatIsNoCounterIntoOne() {
    SessionStore store = store();
    String token =
        store.create(stranger(), Map.of("text", "hello"), WriteOptions.at(NOW, SOON)).orElseThrow();
    Changes changes = new Changes(Map.of(), Set.of(), Map.of("fresh", -3L, "text", 4L));
    token =
        store
            .update(loaded(store, token), changes, WriteOptions.at(NOW, SOON))
            .token()
            .orElseThrow();
    assertEquals(Map.of("fresh", "-3", "text", "4"), loaded(store, token).attributes());
  }

  @Test
  void allStoresAgreeOnWhatACounterIs() {
    SessionStore store = store();
    Map<String, String> texts = Map.of("a", "+5", "b", "007", "c", "-0", "d", "٣", "e", " 1");
    String token = store.create(stranger(), texts, WriteOptions.at(NOW, SOON)).orElseThrow();
    Map<String, Long> ones = Map.of("a", 1L, "b", 1L, "c", 1L, "d", 1L, "e", 1L);
    Changes changes = new Changes(Map.of(), Set.of(), ones);
    token =
        store
            .update(loaded(store, token), changes, WriteOptions.at(NOW, SOON))
            .token()
            .orElseThrow();
    Map<String, String> counters = Map.of("a", "1", "b", "1", "c", "1", "d", "1", "e", "1");
    assertEquals(counters, loaded(store, token).attributes());
  }

  /** Two that were told what fits may together be too much: the second one is refused. */
  @Test
  void aCounterNeverWrapsAndNeverBeginsAgain() {
    SessionStore store = store();
    for (long step : List.of(1L, -1L)) {
      long last = step > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
      Map<String, String> before = Map.of("n", Long.toString(last - step), "m", "1", "z", "9");
      String token = store.create(person(), before, WriteOptions.at(NOW, SOON)).orElseThrow();
      Changes one = new Changes(Map.of(), Set.of(), Map.of("n", step));
      token =
          store.update(loaded(store, token), one, WriteOptions.at(NOW, SOON)).token().orElseThrow();
      StoredSession session = loaded(store, token);
      Changes more = new Changes(Map.of("k", "v"), Set.of("z"), Map.of("n", step, "m", 1L));
      Instant later = SOON.plusSeconds(500);
      assertThrows(
          IllegalStateException.class,
          () -> store.update(session, more, WriteOptions.at(NOW, later)));
      assertThrows(
          IllegalStateException.class,
          () -> store.rotate(session, person(), more, WriteOptions.at(NOW, later)));
      assertThrows(
          IllegalStateException.class,
          () ->
              store.rotate(
                  session, session.envelope(), more, WriteOptions.at(NOW, later).withGrace(GRACE)));
      StoredSession found = loaded(store(), token);
      Map<String, String> kept = Map.of("n", Long.toString(last), "m", "1", "z", "9");
      assertEquals(kept, found.attributes());
      assertEquals(SOON, found.deadline());
      if (store instanceof PrincipalIndex) {
        String id = person().principal().orElseThrow().id();
        assertTrue(Stores.index(store).revoke(id, found.handle(), NOW), "it still is in the index");
      }
    }
  }

  // G5, G6: deadlines.

  @Test
  void forEverIsALimitThatEveryStoreCanWrite() {
    Duration forEver = ChronoUnit.FOREVER.getDuration();
    for (Lifetimes lifetimes :
        List.of(
            Lifetimes.of(Duration.ofDays(1), forEver),
            Lifetimes.of(Lifetimes.LONGEST, forEver),
            Lifetimes.of(Duration.ofDays(1), Duration.ofMillis(Long.MAX_VALUE)))) {
      Rotation rotation = Rotation.defaults().withGrace(Lifetimes.LONGEST);
      SessionSettings settings =
          SessionSettings.defaults()
              .withCookie(CookieSettings.plainHttp().withPermanent(true))
              .withLifetimes(lifetimes)
              .withRotation(rotation);
      Sessions sessions =
          Sessions.builder(store(), KEYS).settings(settings).clock(new MovableClock(NOW)).build();
      Session session = sessions.open(null);
      session.signIn(new Principal("methuselah", Set.of()));
      assertEquals(CommitOutcome.STORED, session.commit());
      List<String> cookie = cookie(session, List.of());
      session = sessions.open(cookie);
      session.set("a", "1");
      assertEquals(CommitOutcome.STORED, session.commit());
      cookie = cookie(session, cookie);
      session = sessions.open(cookie);
      session.rotate();
      session.add("n", 1);
      assertEquals(CommitOutcome.STORED, session.commit());
      cookie = cookie(session, cookie);
      session = sessions.open(cookie);
      assertEquals(Map.of("a", "1", "n", "1"), session.attributes());
      session.end();
      assertFalse(sessions.open(cookie).exists());
    }
  }

  private static List<String> cookie(Session session, List<String> before) {
    return session.setCookie().map(set -> List.of(set.replaceFirst(";.*", ""))).orElse(before);
  }

  @Test
  void aWriteMovesTheDeadlineForward() {
    SessionStore store = store();
    String token = store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    Instant next = SOON.plusSeconds(60);
    token =
        store
            .update(loaded(store, token), Changes.NONE, WriteOptions.at(NOW, next))
            .token()
            .orElseThrow();
    assertEquals(next, loaded(store, token).deadline());
  }

  // G2: no lost update.

  @Test
  void changesOfDifferentAttributesBothSurvive() {
    SessionStore store = store();
    String token = store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession mine = loaded(store, token);
    StoredSession yours = loaded(store(), token);
    assertTrue(store.update(mine, set("a", "1"), WriteOptions.at(NOW, SOON)).token().isPresent());
    String after =
        store().update(yours, set("b", "2"), WriteOptions.at(NOW, SOON)).token().orElseThrow();
    Map<String, String> merged = Map.of("a", "1", "b", "2");
    boolean promised = store.capabilities().contains(Capability.MERGES_CONCURRENT_CHANGES);
    assertEquals(promised ? merged : Map.of("b", "2"), loaded(store, after).attributes());
  }

  @Test
  void countersLoseNothing() throws Exception {
    SessionStore one = store();
    SessionStore two = store();
    String token = one.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession session = loaded(one, token);
    List<Callable<Object>> calls = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      SessionStore store = i % 2 == 0 ? one : two;
      calls.add(
          () ->
              store.update(session, add("n", 1), WriteOptions.at(NOW, SOON)).token().orElseThrow());
    }
    String last = (String) inParallel(calls).get(0);
    boolean promised = one.capabilities().contains(Capability.MERGES_CONCURRENT_CHANGES);
    assertEquals(promised ? "60" : "1", loaded(one, last).attributes().get("n"));
  }

  @Test
  void theLastCommitOfOneAttributeWinsWhole() throws Exception {
    SessionStore one = store();
    String token = one.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession session = loaded(one, token);
    List<String> values = IntStream.range(0, 24).mapToObj(i -> (i + ",").repeat(300)).toList();
    List<Callable<Object>> calls = new ArrayList<>();
    for (String value : values) {
      calls.add(
          () ->
              one.update(session, set("k", value), WriteOptions.at(NOW, SOON))
                  .token()
                  .orElseThrow());
    }
    String last = (String) inParallel(calls).get(0);
    assertTrue(values.contains(loaded(one, last).attributes().get("k")));
  }
}
