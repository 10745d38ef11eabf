// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStore.Capability;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** How a session ends, and that nothing brings it back. Part of {@link SessionStoreContract}. */
abstract class EndingContract extends TokenContract {
  @Test
  void ofManyWhoEndASessionOneIsToldSo() throws Exception {
    SessionStore one = store();
    SessionStore two = store();
    for (boolean rotates : List.of(false, true)) {
      String first = one.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession session = loaded(one, first);
      String token =
          rotates
              ? one.rotate(
                      session,
                      session.envelope(),
                      Changes.NONE,
                      WriteOptions.at(NOW, SOON).withGrace(GRACE))
                  .token()
                  .orElseThrow()
              : first;
      // Loaded before anybody ends it.
      StoredSession now = loaded(two, token);
      List<Callable<Object>> ends = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        SessionStore store = i % 2 == 0 ? one : two;
        ends.add(
            i % 3 == 0
                ? () -> Stores.end(store, now, NOW)
                : () -> store.delete(token, Optional.empty(), NOW));
      }
      if (one.capabilities().contains(Capability.FOLLOWS_ROTATION)) {
        ends.add(() -> two.delete(first, Optional.empty(), NOW));
        ends.add(() -> Stores.end(one, session, NOW));
      }
      List<Object> told = inParallel(ends);
      assertEquals(1, told.stream().filter(Boolean.TRUE::equals).count(), told::toString);
      assertFalse(one.delete(token, Optional.empty(), NOW));
      assertFalse(one.delete("nonsense", Optional.empty(), NOW));
    }
  }

  @Test
  void anExpiredSessionTakesNoChange() {
    SessionStore store = store();
    String token = store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession session = loaded(store, token);
    Instant far = SOON.plus(Duration.ofHours(1));
    assertEquals(
        Optional.empty(),
        store.update(session, set("a", "1"), WriteOptions.at(SOON, SOON)).token());
    assertEquals(
        Optional.empty(), store.update(session, set("a", "1"), WriteOptions.at(SOON, far)).token());
    assertEquals(
        Optional.empty(),
        store.rotate(session, person(), Changes.NONE, WriteOptions.at(SOON, far)).token());
    assertFalse(Stores.load(store, token).filter(s -> s.deadline().isAfter(SOON)).isPresent());
  }

  @Test
  void aSessionThatAnotherRequestProlongedTakesChanges() {
    SessionStore store = store();
    if (store.capabilities().contains(Capability.MERGES_CONCURRENT_CHANGES)) {
      String token = store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession mine = loaded(store, token);
      assertTrue(store().update(mine, Changes.NONE, WriteOptions.at(NOW, LATER)).isStored());
      assertTrue(store.update(mine, set("a", "1"), WriteOptions.at(SOON, SOON)).isStored());
      assertEquals(Map.of("a", "1"), loaded(store, token).attributes());
      assertEquals(LATER, loaded(store, token).deadline());
    }
  }

  // G1: what has ended does not come back.

  @Test
  void whatWasDeletedIsGoneOnEveryWorker() {
    SessionStore store = store();
    String token =
        store.create(person(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    store().delete(token, Optional.empty(), NOW);
    assertEquals(Optional.empty(), Stores.load(store, token));
    assertEquals(Optional.empty(), Stores.load(store(), token));
  }

  @Test
  void aCommitThatWasUnderWayDoesNotBringADeletedSessionBack() {
    SessionStore store = store();
    String token =
        store.create(person(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession mine = loaded(store, token);
    store().delete(token, Optional.empty(), NOW);
    Optional<String> after = store.update(mine, set("b", "2"), WriteOptions.at(NOW, SOON)).token();
    assertEquals(Optional.empty(), after);
    assertEquals(Optional.empty(), Stores.load(store, token));
  }

  @Test
  void aTouchThatWasUnderWayDoesNotBringADeletedSessionBack() {
    SessionStore store = store();
    String token = store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession mine = loaded(store, token);
    store().delete(token, Optional.empty(), NOW);
    assertEquals(
        Optional.empty(), store.update(mine, Changes.NONE, WriteOptions.at(NOW, LATER)).token());
    assertEquals(Optional.empty(), Stores.load(store, token));
  }

  @Test
  void aCounterDoesNotBringADeletedSessionBack() {
    SessionStore store = store();
    String token = store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession mine = loaded(store, token);
    store().delete(token, Optional.empty(), NOW);
    assertEquals(
        Optional.empty(), store.update(mine, add("n", 1), WriteOptions.at(NOW, SOON)).token());
    assertEquals(Optional.empty(), Stores.load(store, token));
  }

  @Test
  void aRotationThatWasUnderWayDoesNotBringADeletedSessionBack() {
    SessionStore store = store();
    String token =
        store.create(person(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession mine = loaded(store, token);
    store().delete(token, Optional.empty(), NOW);
    assertEquals(
        Optional.empty(),
        store.rotate(mine, person(), Changes.NONE, WriteOptions.at(NOW, SOON)).token());
    assertEquals(Optional.empty(), Stores.load(store, token));
  }

  @Test
  void deletingWhatIsNotThereIsNothing() {
    SessionStore store = store();
    String token = store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    store.delete(token, Optional.empty(), NOW);
    store.delete(token, Optional.empty(), NOW);
    store.delete("nonsense", Optional.empty(), NOW);
    assertEquals(Optional.empty(), Stores.load(store, token));
  }

  @Test
  void deletesAndCommitsInParallelLeaveNothing() throws Exception {
    SessionStore one = store();
    SessionStore two = store();
    for (int round = 0; round < 20; round++) {
      String token = one.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession mine = loaded(one, token);
      List<Callable<Object>> calls = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        Changes change = set("k" + i, "v");
        calls.add(() -> one.update(mine, change, WriteOptions.at(NOW, SOON)).token());
      }
      calls.add(
          3,
          () -> {
            two.delete(token, Optional.empty(), NOW);
            return "deleted";
          });
      inParallel(calls);
      assertEquals(Optional.empty(), Stores.load(two, token));
      assertEquals(
          Optional.empty(), one.update(mine, set("late", "1"), WriteOptions.at(NOW, SOON)).token());
    }
  }
}
