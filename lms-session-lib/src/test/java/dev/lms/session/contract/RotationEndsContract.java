// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Opened;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * That a session which ends is gone under the ids it had before a rotation too. Part of {@link
 * SessionStoreContract}.
 */
abstract class RotationEndsContract extends RotationContract {
  private final String adasId = adas.principal().orElseThrow().id();

  // G1: a sign-out ends the session, whichever of its names it was asked with.

  @Test
  void signingOutWithTheOldIdEndsTheRotatedSession() {
    SessionStore store = store();
    if (follows(store)) {
      for (Duration grace : List.of(Duration.ZERO, GRACE)) {
        for (Instant at : List.of(NOW, WITHIN, AFTER.plusSeconds(600))) {
          String old = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
          StoredSession session = loaded(store, old);
          Written written =
              store.rotate(
                  session,
                  session.envelope(),
                  Changes.NONE,
                  WriteOptions.at(NOW, SOON).withGrace(grace));
          String token = written.token().orElseThrow();
          store().delete(old, Optional.empty(), at);
          assertEquals(Opened.ABSENT, store.open(token, at));
          assertFalse(live(store, old, at).isPresent());
        }
      }
    }
  }

  @Test
  void signingOutWithASessionLoadedBeforeEndsTheRotatedOne() {
    SessionStore store = store();
    if (follows(store)) {
      String old = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession mine = loaded(store, old);
      String second = rotated(store, old, NOW);
      String third = rotated(store, second, NOW);
      Stores.end(store(), mine, NOW);
      assertEquals(Opened.ABSENT, store.open(third, NOW));
      assertFalse(live(store, old, NOW).isPresent());
      if (store instanceof PrincipalIndex) {
        assertEquals(List.of(), Stores.index(store).list(adasId, NOW));
        assertEquals(0, Stores.index(store).revokeAll(adasId, Optional.empty(), NOW));
      }
    }
  }

  @Test
  void signingOutThroughTheAliasEndsTheRotatedSession() {
    SessionStore store = store();
    if (follows(store)) {
      String old = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      String token = rotated(store, old, NOW);
      Stores.end(store, opened(store, old, WITHIN), WITHIN);
      assertEquals(Opened.ABSENT, store.open(token, WITHIN));
      assertFalse(live(store, old, WITHIN).isPresent());
    }
  }

  @Test
  void signingOutWithTheIdFromBeforeASignInEndsTheSignIn() {
    SessionStore store = store();
    if (follows(store)) {
      String old = store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession visitor = loaded(store, old);
      Written written = store.rotate(visitor, adas, Changes.NONE, WriteOptions.at(NOW, SOON));
      Stores.end(store(), visitor, NOW);
      assertEquals(Opened.ABSENT, store.open(written.token().orElseThrow(), NOW));
    }
  }

  @Test
  void signOutsAndRotationsInParallelLeaveNothing() throws Exception {
    SessionStore one = store();
    SessionStore two = store();
    if (follows(one)) {
      for (int round = 0; round < 20; round++) {
        String old = one.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
        StoredSession mine = loaded(one, old);
        boolean byToken = round % 2 == 0;
        List<Object> tokens =
            inParallel(
                List.of(
                    () ->
                        one.rotate(
                                mine,
                                mine.envelope(),
                                Changes.NONE,
                                WriteOptions.at(NOW, SOON).withGrace(GRACE))
                            .token()
                            .orElse("x"),
                    () -> {
                      if (byToken) {
                        two.delete(old, Optional.empty(), NOW);
                      } else {
                        Stores.end(two, mine, NOW);
                      }
                      return "ended";
                    },
                    () ->
                        one.update(mine, set("a", "1"), WriteOptions.at(NOW, SOON))
                            .token()
                            .orElse("x")));
        for (Object token : tokens) {
          assertFalse(live(two, (String) token, NOW).isPresent(), "it lives on");
        }
        assertFalse(live(two, old, NOW).isPresent());
      }
    }
  }

  @Test
  void anAliasDoesNotBringBackWhatHasEnded() {
    SessionStore store = store();
    String old = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession mine = loaded(store, old);
    String token = rotated(store, old, NOW);
    store.delete(token, Optional.empty(), NOW);
    assertFalse(live(store, old, NOW).isPresent());
    assertEquals(Written.GONE, store.update(mine, set("a", "1"), WriteOptions.at(NOW, SOON)));
    assertEquals(
        Written.GONE,
        store.rotate(
            mine, mine.envelope(), Changes.NONE, WriteOptions.at(NOW, SOON).withGrace(GRACE)));
    assertFalse(live(store, token, NOW).isPresent());
  }

  @Test
  void anExpiredSessionIsNotRotatedAndItsAliasEndsWithIt() {
    SessionStore store = store();
    String old = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession session = loaded(store, old);
    assertEquals(
        Written.GONE,
        store.rotate(
            session,
            session.envelope(),
            Changes.NONE,
            WriteOptions.at(SOON, LATER).withGrace(GRACE)));
    Duration week = Duration.ofDays(7);
    String token =
        store
            .rotate(
                session,
                session.envelope(),
                Changes.NONE,
                WriteOptions.at(NOW, SOON).withGrace(week))
            .token()
            .orElseThrow();
    assertEquals(Written.GONE, store.update(session, set("a", "1"), WriteOptions.at(SOON, LATER)));
    for (String name : List.of(old, token)) {
      assertFalse(live(store, name, SOON).filter(s -> s.deadline().isAfter(SOON)).isPresent());
    }
  }

  // The index.

  @Test
  void aRevokedSessionIsGoneUnderEveryNameItHad() {
    SessionStore store = store();
    if (follows(store) && store instanceof PrincipalIndex) {
      for (int which = 0; which < 3; which++) {
        List<String> tokens = new ArrayList<>();
        List<String> handles = new ArrayList<>();
        tokens.add(store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
        for (int i = 0; i < 2; i++) {
          handles.add(loaded(store, tokens.get(i)).handle());
          tokens.add(rotated(store, tokens.get(i), NOW));
        }
        handles.add(loaded(store, tokens.get(2)).handle());
        String other = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
        assertTrue(
            Stores.index(store()).revoke(adasId, handles.get(which), NOW), "by name " + which);
        tokens.forEach(token -> assertFalse(live(store, token, NOW).isPresent()));
        assertTrue(live(store, other, NOW).isPresent());
        assertFalse(
            Stores.index(store).revoke(adasId, handles.get(which), NOW), "it was there once");
      }
    }
  }

  @Test
  void allOthersAreRevokedButOneThatWasRotatedMeanwhile() {
    SessionStore store = store();
    if (follows(store) && store instanceof PrincipalIndex) {
      String first = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      String second = rotated(store, first, NOW);
      StoredSession mine = loaded(store, second);
      String third = rotated(store, second, NOW);
      String other = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      assertEquals(1, Stores.index(store).revokeAll(adasId, Optional.of(mine.handle()), NOW));
      assertTrue(live(store, third, NOW).isPresent());
      assertFalse(live(store, other, NOW).isPresent());
    }
  }

  @Test
  void aRotatedSessionIsListedAndCountedOnce() {
    SessionStore store = store();
    if (follows(store) && store instanceof PrincipalIndex) {
      Stores.index(store).purge(NOW);
      String token =
          rotated(
              store, store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow(), NOW);
      String last = rotated(store, token, NOW);
      assertEquals(
          List.of(loaded(store, last).handle()),
          Stores.index(store).list(adasId, NOW).stream().map(SessionInfo::handle).toList());
      assertEquals(new SessionCensus(1, 0), Stores.index(store).stats(NOW));
      assertEquals(1, Stores.index(store).purge(NOW));
      for (String name : List.of(token, last)) {
        assertFalse(live(store, name, NOW).isPresent());
      }
    }
  }
}
