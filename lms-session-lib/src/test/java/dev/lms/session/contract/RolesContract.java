// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/**
 * What a sign-in says that lasts until the next one, other roles in all sessions of a person, and
 * lists in pages. Part of {@link SessionStoreContract}.
 */
abstract class RolesContract extends SessionLimitContract {
  private static final Set<String> TUTOR = Set.of("tutor", "author");
  private static final Instant THEN = NOW.plusSeconds(60);

  private static String begin(SessionStore store, Principal person, long at) {
    return store
        .create(of(person, at), Map.of("a", "1"), WriteOptions.at(NOW.plusSeconds(at), SOON))
        .orElseThrow();
  }

  private static int changeRoles(SessionStore store, Principal person, Set<String> roles) {
    return Stores.index(store).changeRoles(person.id(), roles, THEN);
  }

  private static Optional<Set<String>> roles(SessionStore store, String token) {
    return Stores.load(store, token).flatMap(s -> s.envelope().principal()).map(Principal::roles);
  }

  private static WriteOptions options(SessionStore store) {
    WriteOptions options = WriteOptions.at(THEN, SOON);
    return store.capabilities().contains(SessionStore.Capability.FOLLOWS_ROTATION)
        ? options.withGrace(GRACE)
        : options;
  }

  @Test
  void whatASignInSaysOfItselfIsKeptWithItByEveryNewId() {
    SessionStore store = store();
    for (Envelope envelope :
        List.of(
            of(ada, 1).withSliding(Duration.ofDays(30)).withPermanentCookie(true),
            of(ada, 1).withPermanentCookie(false),
            of(ada, 1).withSliding(Duration.ofMillis(1)),
            of(ada, 1).withRenewalDue(true))) {
      String token = store.create(envelope, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession first = loaded(store(), token);
      assertEquals(envelope, first.envelope());
      String next =
          store.rotate(first, first.envelope(), Changes.NONE, options(store)).token().orElseThrow();
      assertEquals(envelope, loaded(store(), next).envelope());
      String last =
          store.update(loaded(store, next), set("b", "2"), options(store)).token().orElseThrow();
      assertEquals(envelope, loaded(store(), last).envelope());
    }
  }

  @Test
  void rolesChangeInAllSessionsOfAPersonAndNothingElseDoes() {
    SessionStore store = store();
    if (store instanceof PrincipalIndex) {
      List<String> tokens = new ArrayList<>(List.of(begin(store, ada, 1), begin(store, ada, 2)));
      StoredSession visitor =
          loaded(
              store,
              store.create(stranger(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
      tokens.add(
          store
              .rotate(visitor, of(ada, 3), Changes.NONE, WriteOptions.at(NOW, SOON))
              .token()
              .orElseThrow());
      String bobs = begin(store, bob, 4);
      SessionStore other = store();
      assertEquals(3, changeRoles(other, ada, TUTOR));
      for (int i = 0; i < tokens.size(); i++) {
        StoredSession session = loaded(store, tokens.get(i));
        Principal tutor = new Principal(ada.id(), TUTOR);
        assertEquals(
            of(ada, i + 1L).withPrincipal(Optional.of(tutor)).withRenewalDue(true),
            session.envelope());
        assertEquals(Map.of("a", "1"), session.attributes());
        assertEquals(SOON, session.deadline());
      }
      assertEquals(of(bob, 4), loaded(store, bobs).envelope());
      assertEquals(0, changeRoles(store, ada, TUTOR), "they are as they should be");
      assertEquals(3, changeRoles(store, ada, Set.of()));
      assertEquals(Optional.of(Set.of()), roles(other, tokens.get(0)));
      assertEquals(3, Stores.index(other).list(ada.id(), THEN).size());
      assertEquals(3, Stores.index(other).revokeAll(ada.id(), Optional.empty(), THEN));
    }
  }

  @Test
  void aRotationUnderWayDoesNotBringTheOldRolesBack() {
    SessionStore store = store();
    if (store instanceof PrincipalIndex) {
      for (WriteOptions options : List.of(WriteOptions.at(THEN, SOON), options(store))) {
        StoredSession before = loaded(store, begin(store, ada, 1));
        assertEquals(1, changeRoles(store, ada, TUTOR));
        String token =
            store.rotate(before, before.envelope(), set("b", "2"), options).token().orElseThrow();
        assertEquals(Optional.of(TUTOR), roles(store, token));
        assertEquals(Map.of("a", "1", "b", "2"), loaded(store, token).attributes());
        assertEquals(Optional.empty(), Stores.load(store, before.token()));
        Stores.index(store).revokeAll(ada.id(), Optional.empty(), THEN);
      }
    }
  }

  @Test
  void aCommitUnderWayKeepsBothItsChangesAndTheNewRoles() {
    SessionStore store = store();
    if (store instanceof PrincipalIndex) {
      StoredSession before = loaded(store, begin(store, ada, 1));
      changeRoles(store, ada, TUTOR);
      assertTrue(store.update(before, set("b", "2"), WriteOptions.at(THEN, SOON)).isStored());
      assertTrue(store.update(before, add("n", 2), WriteOptions.at(THEN, SOON)).isStored());
      StoredSession after = loaded(store, before.token());
      assertEquals(Map.of("a", "1", "b", "2", "n", "2"), after.attributes());
      assertEquals(Optional.of(TUTOR), roles(store, before.token()));
    }
  }

  @Test
  void theNewIdThatWasDueIsDueNoMoreUnlessRolesChangedAgainMeanwhile() {
    SessionStore store = store();
    if (store instanceof PrincipalIndex) {
      String token = begin(store, ada, 1);
      for (boolean again : List.of(false, true)) {
        changeRoles(store, ada, Set.of("author", "again " + again));
        StoredSession due = loaded(store, token);
        assertTrue(due.envelope().renewalDue());
        Set<String> last = again ? TUTOR : Set.of("author", "again false");
        changeRoles(store, ada, last);
        String next =
            store
                .rotate(
                    due,
                    due.envelope().withRenewalDue(false),
                    Changes.NONE,
                    WriteOptions.at(THEN, SOON))
                .token()
                .orElseThrow();
        assertEquals(Optional.of(last), roles(store, next));
        assertEquals(again, loaded(store, next).envelope().renewalDue());
        assertFalse(Stores.load(store, token).isPresent(), "the old id is dead");
        token = next;
      }
    }
  }

  @Test
  void whoSaysOtherRolesInTheSessionItselfDecides() {
    SessionStore store = store();
    if (store instanceof PrincipalIndex) {
      StoredSession before = loaded(store, begin(store, ada, 1));
      changeRoles(store, ada, TUTOR);
      Envelope admin =
          before.envelope().withPrincipal(Optional.of(new Principal(ada.id(), Set.of("admin"))));
      String token =
          store
              .rotate(before, admin, Changes.NONE, WriteOptions.at(THEN, SOON))
              .token()
              .orElseThrow();
      assertEquals(admin, loaded(store, token).envelope());
    }
  }

  @Test
  void anAliasDoesNotReachPastAChangeOfRoles() {
    SessionStore store = store();
    boolean follows = store.capabilities().contains(SessionStore.Capability.FOLLOWS_ROTATION);
    if (follows && store instanceof PrincipalIndex) {
      String old = begin(store, ada, 1);
      StoredSession session = loaded(store, old);
      String token =
          store
              .rotate(session, session.envelope(), Changes.NONE, options(store))
              .token()
              .orElseThrow();
      assertTrue(store.open(old, THEN) instanceof Opened.Live);
      changeRoles(store, ada, TUTOR);
      assertEquals(Opened.ABSENT, store.open(old, THEN));
      assertTrue(store.open(token, THEN) instanceof Opened.Live);
    }
  }

  @Test
  void whatHasEndedGetsNoRolesAndDoesNotComeBack() {
    SessionStore store = store();
    if (store instanceof PrincipalIndex) {
      String signedOut = begin(store, ada, 1);
      String expired = begin(store, ada, 2);
      Stores.end(store, loaded(store, signedOut), THEN);
      assertEquals(0, Stores.index(store).changeRoles(ada.id(), TUTOR, SOON));
      assertEquals(Opened.ABSENT, store.open(signedOut, THEN));
      assertEquals(Optional.of(Set.of("student")), roles(store, expired));
      assertEquals(0, changeRoles(store, bob, TUTOR));
    }
  }

  @Test
  void whateverGoesOnNobodyKeepsTheOldRoles() throws Exception {
    SessionStore one = store();
    SessionStore two = store();
    if (one instanceof PrincipalIndex) {
      for (int round = 0; round < 8; round++) {
        Set<String> roles = Set.of("round " + round);
        List<Callable<Object>> calls = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          SessionStore store = i % 2 == 0 ? one : two;
          StoredSession session = loaded(store, begin(store, ada, 1));
          WriteOptions options = i < 3 ? options(store) : WriteOptions.at(THEN, SOON);
          calls.add(
              () ->
                  store
                      .rotate(session, session.envelope(), add("n", 1), options)
                      .token()
                      .orElseThrow());
        }
        calls.add(() -> "changed " + changeRoles(two, ada, roles));
        List<Object> answers = inParallel(calls);
        for (Object token : answers.subList(0, 6)) {
          assertEquals(Optional.of(roles), roles(one, token.toString()), "round " + round);
        }
        Stores.index(one).revokeAll(ada.id(), Optional.empty(), THEN);
      }
    }
  }

  @Test
  void aListComesInPages() {
    SessionStore store = store();
    if (store instanceof PrincipalIndex index) {
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        // Of three sign-ins at one moment, the order is the store's, but always the same.
        expected.add(0, loaded(store, begin(store, ada, i / 3)).handle());
      }
      List<String> seen = new ArrayList<>();
      List<Integer> sizes = new ArrayList<>();
      Optional<String> from = Optional.empty();
      do {
        PrincipalIndex.Page page = index.page(ada.id(), from, 3, THEN);
        sizes.add(page.sessions().size());
        page.sessions().stream().map(SessionInfo::handle).forEach(seen::add);
        from = page.next();
      } while (from.isPresent());
      assertEquals(List.of(3, 3, 1), sizes);
      assertEquals(Set.copyOf(expected), Set.copyOf(seen));
      assertEquals(expected.get(0), seen.get(0));
      assertEquals(7, seen.size());
      assertEquals(seen, index.list(ada.id(), THEN).stream().map(SessionInfo::handle).toList());

      PrincipalIndex.Page first = index.page(ada.id(), Optional.empty(), 2, THEN);
      index.revoke(ada.id(), seen.get(1), THEN);
      index.revoke(ada.id(), seen.get(2), THEN);
      List<String> rest =
          index.page(ada.id(), first.next(), 2, THEN).sessions().stream()
              .map(SessionInfo::handle)
              .toList();
      assertEquals(seen.subList(3, 5), rest, "what ended leaves no gap, and moves nothing");
      assertThrows(
          IllegalArgumentException.class, () -> index.page(ada.id(), Optional.of("x"), 2, THEN));
      assertThrows(
          IllegalArgumentException.class, () -> index.page(ada.id(), Optional.empty(), 0, THEN));
    }
  }
}
