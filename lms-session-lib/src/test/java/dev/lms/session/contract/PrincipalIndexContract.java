// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Device;
import dev.lms.session.Envelope;
import dev.lms.session.Principal;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SessionStore} must do that knows {@linkplain PrincipalIndex whose sessions
 * there are}; of one that does not, that it says so. Part of {@link SessionStoreContract}.
 */
abstract class PrincipalIndexContract extends CrashAndBudgetContract {
  static final SessionLimit TWO = SessionLimit.of(2);
  static final SessionLimit AT_MOST_TWO =
      SessionLimit.of(2).withWhenReached(SessionLimit.WhenReached.REFUSE);
  private static final Device PHONE = new Device("Phone/1.0 (100% | é)", "2001:db8::1");

  /** Nobody else's: stores under test may hold the data of other tests. */
  final Principal ada = new Principal("ada " + UUID.randomUUID(), Set.of("student"));

  final Principal bob = new Principal("bob " + UUID.randomUUID(), Set.of("student"));

  static Instant after(long seconds) {
    return NOW.plusSeconds(seconds);
  }

  static Envelope of(Principal person, long signedIn) {
    return new Envelope(NOW, Optional.of(after(signedIn)), LATER, Optional.of(person))
        .withDevice(Device.UNKNOWN);
  }

  /** Signs in so many seconds after NOW and answers the token. */
  static String signIn(SessionStore store, Principal person, long at) {
    return signIn(store, person, at, SessionLimit.NONE).orElseThrow();
  }

  static Optional<String> signIn(
      SessionStore store, Principal person, long at, SessionLimit limit) {
    return store.create(
        of(person, at), Map.of(), WriteOptions.at(after(at), SOON).withLimit(limit));
  }

  static String handle(SessionStore store, String token) {
    return loaded(store, token).handle();
  }

  static boolean lives(SessionStore store, String token) {
    return Stores.load(store, token).isPresent();
  }

  static List<String> handles(SessionStore store, Principal person, Instant now) {
    return Stores.index(store).list(person.id(), now).stream().map(SessionInfo::handle).toList();
  }

  static boolean hasIndex(SessionStore store) {
    return store instanceof PrincipalIndex;
  }

  @Test
  void aPersonsSessionsAreListedByEveryWorkerLatestSignInFirst() {
    SessionStore store = store();
    if (hasIndex(store)) {
      assertEquals(List.of(), Stores.index(store).list(ada.id(), NOW));
      String older = signIn(store, ada, 10);
      Envelope envelope =
          new Envelope(NOW, Optional.of(after(20)), LATER, Optional.of(ada)).withDevice(PHONE);
      String newer =
          store.create(envelope, Map.of("a", "1"), WriteOptions.at(after(20), SOON)).orElseThrow();
      signIn(store, bob, 30);
      store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON));
      List<SessionInfo> list = Stores.index(store()).list(ada.id(), after(30));
      assertEquals(2, list.size());
      assertEquals(new SessionInfo(handle(store, newer), envelope, after(20), SOON), list.get(0));
      assertEquals(
          new SessionInfo(handle(store, older), of(ada, 10), after(10), SOON), list.get(1));
    }
  }

  @Test
  void aVisitorWhoSignsInIsListedAndTheirOldIdIsNot() {
    SessionStore store = store();
    if (hasIndex(store)) {
      StoredSession visitor =
          loaded(
              store, store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
      Envelope envelope = of(ada, 5);
      String token =
          store
              .rotate(
                  visitor, envelope, Changes.NONE, WriteOptions.at(after(5), SOON).withLimit(TWO))
              .token()
              .orElseThrow();
      assertEquals(List.of(handle(store, token)), handles(store, ada, after(5)));
      StoredSession before = loaded(store, token);
      String next =
          store
              .rotate(before, envelope, Changes.NONE, WriteOptions.at(after(9), SOON))
              .token()
              .orElseThrow();
      assertEquals(List.of(handle(store, next)), handles(store, ada, after(9)));
    }
  }

  @Test
  void aSessionThatBecomesSomebodyElsesLeavesTheList() {
    SessionStore store = store();
    if (hasIndex(store)) {
      StoredSession adas = loaded(store, signIn(store, ada, 0));
      String bobs =
          store
              .rotate(adas, of(bob, 5), Changes.NONE, WriteOptions.at(after(5), SOON))
              .token()
              .orElseThrow();
      assertEquals(List.of(), handles(store, ada, after(5)));
      assertEquals(0, Stores.index(store).revokeAll(ada.id(), Optional.empty(), after(5)));
      assertEquals(List.of(handle(store, bobs)), handles(store, bob, after(5)));
      StoredSession session = loaded(store, bobs);
      assertTrue(
          store
              .rotate(session, stranger(), Changes.NONE, WriteOptions.at(after(6), SOON))
              .token()
              .isPresent());
      assertEquals(List.of(), handles(store, bob, after(6)));
    }
  }

  @Test
  void whatHasEndedIsNotListed() {
    SessionStore store = store();
    if (hasIndex(store)) {
      String byToken = signIn(store, ada, 0);
      String loaded = signIn(store, ada, 1);
      signIn(store, ada, 2);
      store.delete(byToken, Optional.empty(), after(3));
      Stores.end(store, loaded(store, loaded), after(3));
      assertEquals(1, handles(store, ada, after(3)).size());
      assertEquals(List.of(), handles(store, ada, SOON), "its deadline has passed");
    }
  }

  @Test
  void aTouchIsSeenInTheListAndAWriteThatMovesNoDeadlineNeedNotBe() {
    SessionStore store = store();
    if (hasIndex(store)) {
      String token = signIn(store, ada, 0);
      Instant next = SOON.plusSeconds(100);
      assertTrue(
          store
              .update(loaded(store, token), Changes.NONE, WriteOptions.at(after(100), next))
              .token()
              .isPresent());
      SessionInfo info = Stores.index(store).list(ada.id(), after(100)).get(0);
      assertEquals(after(100), info.lastSeen());
      assertEquals(next, info.expires());
      assertEquals(NOW, info.signedIn());
      assertEquals(1, handles(store, ada, SOON.plusSeconds(99)).size(), "listed while it lives");
    }
  }

  // Revocation.

  @Test
  void aRevokedSessionIsGoneOnEveryWorkerAndNoCommitBringsItBack() {
    SessionStore store = store();
    if (hasIndex(store)) {
      String doomed = signIn(store, ada, 0);
      String other = signIn(store, ada, 1);
      StoredSession mine = loaded(store, doomed);
      assertTrue(Stores.index(store()).revoke(ada.id(), mine.handle(), after(2)));
      assertFalse(lives(store, doomed));
      Instant far = SOON.plusSeconds(500);
      assertEquals(
          Optional.empty(),
          store.update(mine, set("a", "1"), WriteOptions.at(after(3), SOON)).token());
      assertEquals(
          Optional.empty(),
          store.update(mine, Changes.NONE, WriteOptions.at(after(3), far)).token());
      assertEquals(
          Optional.empty(),
          store.rotate(mine, of(ada, 4), Changes.NONE, WriteOptions.at(after(4), far)).token());
      assertFalse(lives(store, doomed));
      assertEquals(List.of(handle(store, other)), handles(store, ada, after(5)));
      assertFalse(
          Stores.index(store).revoke(ada.id(), mine.handle(), after(5)), "it was there once");
    }
  }

  @Test
  void nobodyRevokesSomebodyElsesSession() {
    SessionStore store = store();
    if (hasIndex(store)) {
      String bobs = signIn(store, bob, 0);
      assertFalse(Stores.index(store).revoke(ada.id(), handle(store, bobs), NOW));
      assertFalse(Stores.index(store).revoke(bob.id(), "no such handle", NOW));
      assertTrue(lives(store, bobs));
    }
  }

  @Test
  void aRotatedSessionIsStillRevokedByTheNameItHadAtSignIn() {
    SessionStore store = store();
    if (hasIndex(store)) {
      StoredSession first = loaded(store, signIn(store, ada, 0));
      String next =
          store
              .rotate(first, of(ada, 0), Changes.NONE, WriteOptions.at(NOW, SOON))
              .token()
              .orElseThrow();
      String last =
          store
              .rotate(loaded(store, next), of(ada, 0), Changes.NONE, WriteOptions.at(NOW, SOON))
              .token()
              .orElseThrow();
      assertTrue(Stores.index(store).revoke(ada.id(), first.handle(), NOW));
      assertFalse(lives(store, last));
    }
  }

  @Test
  void allOthersAreRevokedButOne() {
    SessionStore store = store();
    if (hasIndex(store)) {
      List<String> others = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        others.add(signIn(store, ada, i));
      }
      String mine = signIn(store, ada, 9);
      String bobs = signIn(store, bob, 9);
      assertEquals(
          5, Stores.index(store).revokeAll(ada.id(), Optional.of(handle(store, mine)), after(10)));
      others.forEach(token -> assertFalse(lives(store, token)));
      assertTrue(lives(store, mine));
      assertTrue(lives(store, bobs));
      assertEquals(1, Stores.index(store).revokeAll(ada.id(), Optional.empty(), after(11)));
      assertFalse(lives(store, mine));
      assertEquals(0, Stores.index(store).revokeAll(ada.id(), Optional.empty(), after(11)));
    }
  }

  @Test
  void whatCompletedBeforeRevokingIsEndedHoweverMuchGoesOn() throws Exception {
    SessionStore one = store();
    SessionStore two = store();
    if (hasIndex(one)) {
      for (int round = 0; round < 10; round++) {
        List<Callable<Object>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          SessionStore store = i % 2 == 0 ? one : two;
          StoredSession visitor =
              loaded(
                  store,
                  store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
          StoredSession old = loaded(store, signIn(store, ada, 0));
          calls.add(
              () ->
                  store
                      .rotate(
                          visitor,
                          of(ada, 1),
                          Changes.NONE,
                          WriteOptions.at(NOW, SOON).withLimit(TWO))
                      .token()
                      .orElse("x"));
          calls.add(
              () ->
                  store
                      .rotate(old, of(ada, 0), Changes.NONE, WriteOptions.at(NOW, SOON))
                      .token()
                      .orElse("x"));
          calls.add(
              () ->
                  store
                      .update(old, Changes.NONE, WriteOptions.at(NOW, SOON.plusSeconds(9)))
                      .token()
                      .orElse("x"));
          calls.add(() -> signIn(store, ada, 1));
        }
        calls.add(
            () -> {
              Stores.index(two).revokeAll(ada.id(), Optional.empty(), NOW);
              return "revoked";
            });
        List<Object> tokens = inParallel(calls);
        // Whatever the order was, nobody has slipped out of the index.
        List<String> listed = handles(one, ada, NOW);
        for (Object token : tokens) {
          Stores.load(two, token.toString())
              .ifPresent(session -> assertTrue(listed.contains(session.handle())));
        }
        Stores.index(two).revokeAll(ada.id(), Optional.empty(), NOW);
        tokens.forEach(token -> assertFalse(lives(one, token.toString())));
      }
    }
  }

  @Test
  void aThousandSignInsLeaveABoundedIndex() {
    SessionStore store = store();
    if (hasIndex(store)) {
      SessionLimit five = SessionLimit.of(5);
      List<String> tokens = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        tokens.add(signIn(store, ada, i % 600, five).orElseThrow());
      }
      assertEquals(5, handles(store, ada, after(600)).size());
      assertEquals(5, tokens.stream().filter(token -> lives(store, token)).count());
    }
  }

  // Keys.

  @Test
  void anIndexOutlivesTheRotationOfKeys() {
    SessionStore before = store(KEYS);
    if (hasIndex(before)) {
      String old = signIn(before, ada, 1);
      String kept = signIn(before, ada, 2);
      SessionStore after = store(ROTATED_KEYS);
      String young = signIn(after, ada, 3);
      String first = handle(after, old);
      String second = handle(after, kept);
      String third = handle(after, young);
      assertEquals(List.of(third, second, first), handles(after, ada, after(3)));
      assertTrue(Stores.index(after).revoke(ada.id(), first, after(4)));
      assertFalse(lives(after, old));
      Instant far = SOON.plusSeconds(100);
      assertTrue(
          after
              .update(loaded(after, kept), Changes.NONE, WriteOptions.at(after(100), far))
              .token()
              .isPresent());
      assertEquals(List.of(third, second), handles(after, ada, after(100)));
      Stores.end(after, loaded(after, young), after(101));
      assertEquals(1, Stores.index(after).revokeAll(ada.id(), Optional.empty(), after(102)));
      assertFalse(lives(after, kept));
      assertEquals(List.of(), handles(after, ada, after(102)));
    }
  }

  // Everybody's sessions.

  @Test
  void liveSessionsAreCountedAndPurged() {
    SessionStore store = store();
    if (hasIndex(store)) {
      Stores.index(store).purge(NOW);
      List<String> tokens = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        tokens.add(signIn(store, i < 4 ? ada : bob, i));
      }
      for (int i = 0; i < 5; i++) {
        tokens.add(store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
      }
      String ended =
          store.create(stranger(), Map.of(), WriteOptions.at(NOW, after(5))).orElseThrow();
      assertEquals(new SessionCensus(7, 5), Stores.index(store()).stats(after(10)));
      assertEquals(12, Stores.index(store()).purge(after(10)));
      assertEquals(new SessionCensus(0, 0), Stores.index(store).stats(after(10)));
      tokens.add(ended);
      tokens.forEach(token -> assertFalse(lives(store, token)));
      assertEquals(List.of(), Stores.index(store).list(ada.id(), after(10)));
      assertTrue(signIn(store, ada, 11, AT_MOST_TWO).isPresent(), "nothing is left to count");
      assertTrue(signIn(store, ada, 11, AT_MOST_TWO).isPresent(), "nothing is left to count");
    }
  }
}
