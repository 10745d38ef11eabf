// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.CommitOutcome;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStore.Capability;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SessionStore} must do that {@linkplain Capability#DETECTS_CONFLICTS detects
 * conflicts}; of one that does not, that it writes. Part of {@link SessionStoreContract}.
 */
abstract class MergeContract extends RolesContract {
  // Few, so that they meet; and such as a store's own notation is made of.
  private static final List<String> NAMES = List.of("n", "a:n", "1:n", "ünï", "n\0", "☃:", "next ");
  private static final List<String> VALUES = List.of("", "1", "-7", "1:n1:2", "zoë", "|%,\n");

  /** Sets an attribute on condition that it is what somebody saw. */
  private static Changes set(String name, String value, Optional<String> expected) {
    return new Changes(Map.of(name, value), Set.of(), Map.of(), Map.of(name, expected));
  }

  /** What a commit whose expectation failed must answer. */
  private static CommitOutcome refused(SessionStore store) {
    return store.capabilities().contains(Capability.DETECTS_CONFLICTS)
        ? CommitOutcome.CONFLICT
        : CommitOutcome.STORED;
  }

  @Test
  void whatIsAsExpectedIsWritten() {
    SessionStore store = store();
    String token =
        store.create(stranger(), Map.of("cart", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    Written first =
        store.update(
            loaded(store, token), set("cart", "2", Optional.of("1")), WriteOptions.at(NOW, SOON));
    StoredSession session = loaded(store, first.token().orElseThrow());
    Written second =
        store.update(session, set("fresh", "3", Optional.empty()), WriteOptions.at(NOW, SOON));
    String last = second.token().orElseThrow();
    assertEquals(Map.of("cart", "2", "fresh", "3"), loaded(store(), last).attributes());
  }

  @Test
  void aConflictRefusesTheWholeCommit() {
    SessionStore store = store();
    String token =
        store
            .create(stranger(), Map.of("cart", "1", "drop", "1"), WriteOptions.at(NOW, SOON))
            .orElseThrow();
    StoredSession mine = loaded(store, token);
    assertTrue(
        store()
            .update(loaded(store, token), set("cart", "2"), WriteOptions.at(NOW, SOON))
            .isStored());
    Changes changes =
        new Changes(
            Map.of("cart", "3", "other", "4"),
            Set.of("drop"),
            Map.of("n", 5L),
            Map.of("cart", Optional.of("1")));
    Written written = store.update(mine, changes, WriteOptions.at(NOW, SOON));
    assertEquals(refused(store), written.outcome());
    if (store.capabilities().contains(Capability.DETECTS_CONFLICTS)) {
      assertEquals(Map.of("cart", "2", "drop", "1"), loaded(store(), token).attributes());
    }
  }

  @Test
  void whatSomebodyElseBeganOrRemovedIsAConflict() {
    SessionStore store = store();
    for (boolean begins : List.of(true, false)) {
      Map<String, String> before = begins ? Map.of() : Map.of("cart", "1");
      String token = store.create(stranger(), before, WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession mine = loaded(store, token);
      Changes others =
          begins ? set("cart", "2") : new Changes(Map.of(), Set.of("cart"), Map.of(), Map.of());
      assertTrue(store.update(mine, others, WriteOptions.at(NOW, SOON)).isStored());
      Optional<String> seen = Optional.ofNullable(before.get("cart"));
      Written written = store.update(mine, set("cart", "3", seen), WriteOptions.at(NOW, SOON));
      assertEquals(refused(store), written.outcome());
    }
  }

  /** Stores may keep what a session began with in another way than what came later. */
  @Test
  void anyChangesInAnyOrderComeToTheSame() {
    for (long seed = 1; seed <= 20; seed++) {
      anyChangesComeToTheSame(store(), new Random(seed), "seed " + seed);
    }
  }

  private static void anyChangesComeToTheSame(SessionStore store, Random random, String about) {
    boolean detects = store.capabilities().contains(Capability.DETECTS_CONFLICTS);
    Map<String, String> model = some(NAMES, random, () -> any(VALUES, random));
    String token = store.create(stranger(), model, WriteOptions.at(NOW, SOON)).orElseThrow();
    for (int i = 0; i < 20; i++) {
      StoredSession session = loaded(store, token);
      assertEquals(model, session.attributes(), about);
      Changes changes = anyChanges(random);
      Written written =
          random.nextInt(5) == 0
              ? store.rotate(session, stranger(), changes, WriteOptions.at(NOW, SOON))
              : store.update(session, changes, WriteOptions.at(NOW, SOON));
      boolean fits = !detects || changes.fit(model);
      assertEquals(fits ? CommitOutcome.STORED : CommitOutcome.CONFLICT, written.outcome(), about);
      model = fits ? changes.applyTo(model) : model;
      token = written.token().orElse(token);
    }
  }

  private static Changes anyChanges(Random random) {
    List<String> names = new ArrayList<>(NAMES);
    Collections.shuffle(names, random);
    Map<String, Optional<String>> expected =
        random.nextInt(3) > 0
            ? Map.of()
            : Map.of(
                any(NAMES, random), Optional.of(any(VALUES, random)).filter(v -> !v.isEmpty()));
    return new Changes(
        some(names.subList(0, 2), random, () -> any(VALUES, random)),
        some(names.subList(2, 4), random, () -> "").keySet(),
        some(names.subList(4, 6), random, () -> random.nextLong(-9, 10)),
        expected);
  }

  private static <V> Map<String, V> some(List<String> names, Random random, Supplier<V> value) {
    Map<String, V> some = new HashMap<>();
    names.forEach(
        name -> {
          if (random.nextBoolean()) {
            some.put(name, value.get());
          }
        });
    return some;
  }

  private static String any(List<String> texts, Random random) {
    return texts.get(random.nextInt(texts.size()));
  }

  @Test
  void anEmptyValueIsNotAnAbsentOne() {
    SessionStore store = store();
    String empty =
        store.create(stranger(), Map.of("k", ""), WriteOptions.at(NOW, SOON)).orElseThrow();
    String absent = store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession isEmpty = loaded(store, empty);
    StoredSession isAbsent = loaded(store, absent);
    CommitOutcome refused = refused(store);
    assertEquals(
        refused,
        store
            .update(isEmpty, set("k", "1", Optional.empty()), WriteOptions.at(NOW, SOON))
            .outcome());
    assertEquals(
        refused,
        store
            .update(isAbsent, set("k", "1", Optional.of("")), WriteOptions.at(NOW, SOON))
            .outcome());
    assertTrue(
        store
            .update(isEmpty, set("k", "1", Optional.of("")), WriteOptions.at(NOW, SOON))
            .isStored());
    assertTrue(
        store
            .update(isAbsent, set("k", "1", Optional.empty()), WriteOptions.at(NOW, SOON))
            .isStored());
  }

  @Test
  void anotherAttributeIsNoConflict() {
    SessionStore store = store();
    String token =
        store.create(stranger(), Map.of("cart", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession mine = loaded(store, token);
    assertTrue(store().update(mine, set("theme", "dark"), WriteOptions.at(NOW, SOON)).isStored());
    assertTrue(
        store
            .update(mine, set("cart", "2", Optional.of("1")), WriteOptions.at(NOW, SOON))
            .isStored());
  }

  @Test
  void aConflictMovesNoDeadlineAndEndsNothing() {
    SessionStore store = store();
    if (store.capabilities().contains(Capability.DETECTS_CONFLICTS)) {
      String token =
          store.create(person(), Map.of("cart", "2"), WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession mine = loaded(store, token);
      Instant later = SOON.plusSeconds(500);
      Written written =
          store.update(mine, set("cart", "3", Optional.of("1")), WriteOptions.at(NOW, later));
      assertEquals(Written.CONFLICT, written);
      assertEquals(SOON, loaded(store, token).deadline());
      if (store instanceof PrincipalIndex) {
        assertTrue(
            Stores.index(store)
                .revoke(person().principal().orElseThrow().id(), mine.handle(), NOW));
      }
    }
  }

  @Test
  void ofManyConditionalCommitsOneIsWritten() throws Exception {
    SessionStore one = store();
    SessionStore two = store();
    if (one.capabilities().contains(Capability.DETECTS_CONFLICTS)) {
      for (int round = 0; round < 5; round++) {
        String token = one.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
        StoredSession session = loaded(one, token);
        List<Callable<Object>> calls = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          SessionStore store = i % 2 == 0 ? one : two;
          Changes changes = set("winner", Integer.toString(i), Optional.empty());
          calls.add(() -> store.update(session, changes, WriteOptions.at(NOW, SOON)).isStored());
        }
        List<Object> stored = inParallel(calls);
        assertEquals(1, stored.stream().filter(Boolean.TRUE::equals).count());
        String winner = Integer.toString(stored.indexOf(true));
        assertEquals(winner, loaded(two, token).attributes().get("winner"));
      }
    }
  }

  /** Read, change, try again: what REJECT is for. */
  @Test
  void whoeverTriesAgainLosesNothing() throws Exception {
    SessionStore one = store();
    if (one.capabilities().contains(Capability.DETECTS_CONFLICTS)) {
      String token =
          one.create(stranger(), Map.of("items", ""), WriteOptions.at(NOW, SOON)).orElseThrow();
      List<Callable<Object>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String item = i + ",";
        calls.add(
            () -> {
              Written written;
              do {
                StoredSession session = loaded(one, token);
                String items = session.attributes().getOrDefault("items", "");
                Changes changes = set("items", items + item, Optional.of(items));
                written = one.update(session, changes, WriteOptions.at(NOW, SOON));
              } while (written.outcome() == CommitOutcome.CONFLICT);
              return written.isStored();
            });
      }
      assertEquals(Set.of(true), Set.copyOf(inParallel(calls)));
      assertEquals(16, loaded(one, token).attributes().getOrDefault("items", "").length());
    }
  }

  @Test
  void aConflictRefusesARotation() {
    SessionStore store = store();
    if (store.capabilities().contains(Capability.DETECTS_CONFLICTS)) {
      String token =
          store.create(person(), Map.of("cart", "2"), WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession mine = loaded(store, token);
      Changes changes = set("cart", "3", Optional.of("1"));
      assertEquals(
          Written.CONFLICT, store.rotate(mine, person(), changes, WriteOptions.at(NOW, SOON)));
      assertEquals(
          Written.CONFLICT, store.rotate(mine, stranger(), changes, WriteOptions.at(NOW, SOON)));
      assertEquals(
          Written.CONFLICT,
          store.rotate(
              mine, mine.envelope(), changes, WriteOptions.at(NOW, SOON).withGrace(GRACE)));
      assertEquals(Map.of("cart", "2"), loaded(store(), token).attributes());
      if (store instanceof PrincipalIndex) {
        String id = person().principal().orElseThrow().id();
        assertTrue(Stores.index(store).revoke(id, mine.handle(), NOW), "it still is in the index");
      }
    }
  }

  @Test
  void aSignInThatConflictsSignsNobodyIn() {
    SessionStore store = store();
    if (store.capabilities().contains(Capability.DETECTS_CONFLICTS)) {
      String token =
          store.create(stranger(), Map.of("cart", "2"), WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession visitor = loaded(store, token);
      Changes changes = set("cart", "3", Optional.of("1"));
      assertEquals(
          Written.CONFLICT, store.rotate(visitor, person(), changes, WriteOptions.at(NOW, SOON)));
      assertEquals(stranger(), loaded(store, token).envelope());
      Changes fits = set("cart", "3", Optional.of("2"));
      Written written = store.rotate(visitor, person(), fits, WriteOptions.at(NOW, SOON));
      assertNotEquals(token, written.token().orElseThrow());
      if (store instanceof PrincipalIndex) {
        String id = person().principal().orElseThrow().id();
        String handle = loaded(store, written.token().orElseThrow()).handle();
        assertTrue(
            Stores.index(store).list(id, NOW).stream()
                .anyMatch(info -> info.handle().equals(handle)));
      }
    }
  }
}
