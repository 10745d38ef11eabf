// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStore.Capability;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/**
 * What becomes of the old id after a rotation without a change of privilege, in stores that
 * {@linkplain Capability#FOLLOWS_ROTATION follow rotations}; in others it is dead at once. Part of
 * {@link SessionStoreContract}.
 */
abstract class RotationContract extends MergeContract {
  static final Instant WITHIN = NOW.plus(GRACE).minusMillis(1);
  static final Instant AFTER = NOW.plus(GRACE);

  /** Nobody else's: stores under test may hold the data of other tests. */
  final Envelope adas =
      new Envelope(
          NOW,
          Optional.of(NOW),
          LATER,
          Optional.of(new Principal("ada " + UUID.randomUUID(), Set.of("student"))));

  static boolean follows(SessionStore store) {
    return store.capabilities().contains(Capability.FOLLOWS_ROTATION);
  }

  static String rotated(SessionStore store, StoredSession session, Instant now) {
    return store
        .rotate(
            session, session.envelope(), Changes.NONE, WriteOptions.at(now, SOON).withGrace(GRACE))
        .token()
        .orElseThrow();
  }

  /** Rotates what this token opens and answers the new token. */
  static String rotated(SessionStore store, String token, Instant now) {
    return rotated(store, loaded(store, token), now);
  }

  static Optional<StoredSession> live(SessionStore store, String token, Instant now) {
    return store.open(token, now) instanceof Opened.Live live
        ? Optional.of(live.session())
        : Optional.empty();
  }

  static StoredSession opened(SessionStore store, String token, Instant now) {
    return live(store, token, now).orElseThrow(() -> new AssertionError("it opens nothing"));
  }

  @Test
  void aRotationKeepsEverythingButTheId() {
    SessionStore store = store();
    String old = store.create(adas, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession before = loaded(store, old);
    Written written =
        store.rotate(
            before,
            before.envelope(),
            set("b", "2"),
            WriteOptions.at(NOW, SOON.plusSeconds(5)).withGrace(GRACE));
    String token = written.token().orElseThrow();
    assertNotEquals(old, token);
    StoredSession after = opened(store(), token, NOW);
    assertNotEquals(before.handle(), after.handle());
    assertEquals(adas.principal(), after.envelope().principal());
    assertEquals(adas.authenticated(), after.envelope().authenticated());
    assertEquals(Map.of("a", "1", "b", "2"), after.attributes());
    assertEquals(SOON.plusSeconds(5), after.deadline());
    assertEquals(Optional.empty(), Stores.load(store, old), "by its own name it is gone");
  }

  @Test
  void withinTheGraceTheOldIdOpensTheRotatedSession() {
    SessionStore store = store();
    String old = store.create(adas, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    String token = rotated(store, old, NOW);
    StoredSession now = loaded(store, token);
    if (follows(store)) {
      StoredSession through = opened(store(), old, WITHIN);
      assertEquals(now.handle(), through.handle());
      assertEquals(now.envelope(), through.envelope());
      assertEquals(now.attributes(), through.attributes());
      assertEquals(now.deadline(), through.deadline());
      assertEquals(old, through.token(), "no new credential comes out of an old one");
    } else {
      assertEquals(Opened.ABSENT, store.open(old, NOW));
    }
  }

  @Test
  void afterTheGraceTheOldIdIsDeadAndItsUseIsReported() {
    SessionStore store = store();
    String old = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    String handle = loaded(store, old).handle();
    String token = rotated(store, old, NOW);
    Opened expected = follows(store) ? new Opened.Reused(handle) : Opened.ABSENT;
    assertEquals(expected, store().open(old, AFTER));
    assertEquals(expected, store().open(old, AFTER.plusSeconds(60)));
    assertTrue(live(store, token, AFTER).isPresent());
  }

  @Test
  void withoutAGraceTheOldIdIsDeadAtOnceAndItsUseIsReported() {
    SessionStore store = store();
    String old = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession session = loaded(store, old);
    Written written =
        store.rotate(
            session,
            session.envelope(),
            Changes.NONE,
            WriteOptions.at(NOW, SOON).withGrace(Duration.ZERO));
    Opened expected = follows(store) ? new Opened.Reused(session.handle()) : Opened.ABSENT;
    assertEquals(expected, store.open(old, NOW));
    assertEquals(Written.GONE, store.update(session, set("a", "1"), WriteOptions.at(NOW, SOON)));
    assertEquals(Map.of(), loaded(store, written.token().orElseThrow()).attributes());
  }

  @Test
  void aCommitUnderWayReachesTheRotatedSession() {
    SessionStore store = store();
    String old = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession mine = loaded(store, old);
    String token = rotated(store(), old, NOW);
    Changes changes = new Changes(Map.of("a", "1"), Set.of(), Map.of("n", 2L));
    Written written = store.update(mine, changes, WriteOptions.at(WITHIN, SOON));
    if (follows(store)) {
      assertEquals(Written.stored(old), written, "and hands out no new token");
      assertEquals(Map.of("a", "1", "n", "2"), loaded(store, token).attributes());
      Instant next = SOON.plusSeconds(300);
      assertTrue(store.update(mine, Changes.NONE, WriteOptions.at(WITHIN, next)).isStored());
      assertEquals(next, loaded(store, token).deadline());
    } else {
      assertEquals(Written.GONE, written);
    }
  }

  @Test
  void aCommitThroughTheAliasReachesTheRotatedSession() {
    SessionStore store = store();
    if (follows(store)) {
      String old = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      String token = rotated(store, old, NOW);
      StoredSession through = opened(store, old, WITHIN);
      assertEquals(
          Written.stored(old), store.update(through, set("a", "1"), WriteOptions.at(WITHIN, SOON)));
      assertEquals(Map.of("a", "1"), loaded(store(), token).attributes());
      // It was loaded in time: what it changes then is the session that it saw.
      assertEquals(
          Written.stored(old), store.update(through, set("b", "2"), WriteOptions.at(AFTER, SOON)));
    }
  }

  @Test
  void aCommitUnderWayIsGoneAfterTheGrace() {
    SessionStore store = store();
    String old = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession mine = loaded(store, old);
    String token = rotated(store, old, NOW);
    assertEquals(Written.GONE, store.update(mine, set("a", "1"), WriteOptions.at(AFTER, SOON)));
    assertEquals(
        Written.GONE,
        store.rotate(
            mine, mine.envelope(), set("a", "1"), WriteOptions.at(AFTER, SOON).withGrace(GRACE)));
    assertEquals(
        Written.GONE, store.rotate(mine, person(), set("a", "1"), WriteOptions.at(AFTER, SOON)));
    assertEquals(Map.of(), loaded(store, token).attributes());
  }

  @Test
  void aConflictIsJudgedWhereTheSessionIs() {
    SessionStore store = store();
    if (follows(store) && store.capabilities().contains(Capability.DETECTS_CONFLICTS)) {
      String old =
          store.create(adas, Map.of("cart", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession mine = loaded(store, old);
      String token = rotated(store, old, NOW);
      assertTrue(
          store
              .update(loaded(store, token), set("cart", "2"), WriteOptions.at(NOW, SOON))
              .isStored());
      Changes changes =
          new Changes(Map.of("cart", "3"), Set.of(), Map.of(), Map.of("cart", Optional.of("1")));
      assertEquals(Written.CONFLICT, store.update(mine, changes, WriteOptions.at(WITHIN, SOON)));
      assertEquals(Map.of("cart", "2"), loaded(store, token).attributes());
    }
  }

  @Test
  void ofTwoRotationsTheSecondOnlyUpdates() {
    SessionStore store = store();
    String old = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession mine = loaded(store, old);
    String token = rotated(store, old, NOW);
    Written late =
        store()
            .rotate(
                mine,
                mine.envelope(),
                set("a", "1"),
                WriteOptions.at(WITHIN, SOON).withGrace(GRACE));
    if (follows(store)) {
      assertEquals(Written.stored(old), late);
      assertEquals(Map.of("a", "1"), loaded(store, token).attributes());
      StoredSession through = opened(store, old, WITHIN);
      assertEquals(
          Written.stored(old),
          store.rotate(
              through,
              through.envelope(),
              set("b", "2"),
              WriteOptions.at(WITHIN, SOON).withGrace(GRACE)));
      assertEquals(Map.of("a", "1", "b", "2"), loaded(store, token).attributes());
    } else {
      assertEquals(Written.GONE, late);
    }
  }

  @Test
  void ofManyRotationsAtOnceOneGivesANewIdAndNoChangeIsLost() throws Exception {
    SessionStore one = store();
    SessionStore two = store();
    if (follows(one)) {
      for (int round = 0; round < 5; round++) {
        String old = one.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
        StoredSession session = loaded(one, old);
        List<Callable<Object>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          SessionStore store = i % 2 == 0 ? one : two;
          Changes changes = new Changes(Map.of("k" + i, "v"), Set.of(), Map.of("n", 1L));
          calls.add(
              () ->
                  store
                      .rotate(
                          session,
                          session.envelope(),
                          changes,
                          WriteOptions.at(NOW, SOON).withGrace(GRACE))
                      .token()
                      .orElse("nothing"));
        }
        Set<Object> tokens = new HashSet<>(inParallel(calls));
        assertTrue(tokens.remove(old), "the others go on with the old one");
        assertEquals(1, tokens.size());
        StoredSession rotated = loaded(two, (String) tokens.iterator().next());
        assertEquals(9, rotated.attributes().size());
        assertEquals("8", rotated.attributes().get("n"));
      }
    }
  }

  @Test
  void anAliasLeadsThroughSeveralRotationsEachWithinItsGrace() {
    SessionStore store = store();
    if (follows(store)) {
      String first = store.create(adas, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession mine = loaded(store, first);
      String second = rotated(store, first, NOW);
      String third = rotated(store, second, WITHIN);
      String handle = loaded(store, third).handle();
      assertEquals(handle, opened(store, first, WITHIN).handle());
      assertTrue(store.update(mine, set("b", "2"), WriteOptions.at(WITHIN, SOON)).isStored());
      assertEquals(Map.of("a", "1", "b", "2"), loaded(store, third).attributes());
      assertEquals(new Opened.Reused(mine.handle()), store.open(first, AFTER));
      assertEquals(handle, opened(store, second, AFTER).handle());
    }
  }

  // G8: no alias after a change of privilege.

  @Test
  void aChangeOfPrivilegeLeavesNoAliasAndNoReport() {
    SessionStore store = store();
    String old = store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession visitor = loaded(store, old);
    String token =
        store.rotate(visitor, adas, Changes.NONE, WriteOptions.at(NOW, SOON)).token().orElseThrow();
    assertEquals(Opened.ABSENT, store.open(old, NOW));
    assertEquals(Opened.ABSENT, store.open(old, AFTER));
    assertEquals(Written.GONE, store.update(visitor, set("a", "1"), WriteOptions.at(NOW, SOON)));
    assertEquals(
        Written.GONE,
        store.rotate(
            visitor,
            visitor.envelope(),
            set("a", "1"),
            WriteOptions.at(NOW, SOON).withGrace(GRACE)));
    assertEquals(Map.of(), opened(store, token, NOW).attributes());
  }

  @Test
  void anAliasDoesNotReachPastAChangeOfPrivilege() {
    SessionStore store = store();
    String first = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession mine = loaded(store, first);
    String second = rotated(store, first, NOW);
    StoredSession current = loaded(store, second);
    String third =
        store
            .rotate(current, person(), Changes.NONE, WriteOptions.at(NOW, SOON))
            .token()
            .orElseThrow();
    for (String old : List.of(first, second)) {
      assertEquals(Opened.ABSENT, store.open(old, NOW));
    }
    assertEquals(Written.GONE, store.update(mine, set("a", "1"), WriteOptions.at(NOW, SOON)));
    assertEquals(Map.of(), opened(store, third, NOW).attributes());
  }

  @Test
  void aSignInThatWasUnderWayGivesTheRotatedSessionANewId() {
    SessionStore store = store();
    if (follows(store)) {
      for (boolean loadedBefore : List.of(true, false)) {
        String old =
            store
                .create(stranger(), Map.of("basket", "3"), WriteOptions.at(NOW, SOON))
                .orElseThrow();
        StoredSession mine = loaded(store, old);
        String between = rotated(store, old, NOW);
        StoredSession visitor = loadedBefore ? mine : opened(store, old, WITHIN);
        Written written = store.rotate(visitor, adas, Changes.NONE, WriteOptions.at(WITHIN, SOON));
        StoredSession signedIn = opened(store, written.token().orElseThrow(), WITHIN);
        assertEquals(Map.of("basket", "3"), signedIn.attributes());
        assertEquals(adas, signedIn.envelope());
        assertEquals(Opened.ABSENT, store.open(old, WITHIN));
        assertEquals(Opened.ABSENT, store.open(between, WITHIN));
      }
    }
  }

  @Test
  void aForgedTokenOpensNothing() {
    SessionStore store = store();
    String token = store.create(adas, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    String last = token.substring(token.length() - 2);
    String forged = token.substring(0, token.length() - 2) + ("AA".equals(last) ? "BB" : "AA");
    for (String nothing : List.of(forged, "", "nonsense", token + "A")) {
      assertEquals(Opened.ABSENT, store.open(nothing, NOW));
    }
    assertEquals(Opened.ABSENT, store(OTHER_KEYS).open(token, NOW));
  }
}
