// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.race;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.ParkingProxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * G1 for revocation, interleaving by interleaving: what one worker does is parked before each of
 * its commands in turn, and meanwhile another worker does all of something else.
 */
class RevocationRaceTest extends ParkedWorkers {
  @Test
  void aSignInThatCompletesWhileRevokingIsEnded() throws Exception {
    AtomicReference<String> first = new AtomicReference<>();
    AtomicReference<String> second = new AtomicReference<>("none");
    parkedEverywhere(
        () -> {
          first.set(signIn(quick));
          second.set("none");
          return () -> "ended " + revokeAll(slow);
        },
        () -> second.set(signIn(quick)),
        answer ->
            answer.ifPresent(
                ended -> {
                  assertFalse(lives(first.get()));
                  assertFalse(lives(second.get()), "completed before revoke returned");
                  assertEquals(List.of(), listed());
                }));
  }

  private static int changeRoles(SessionStore store) {
    return Stores.index(store).changeRoles(ADA.id(), Set.of("tutor"), NOW);
  }

  private static String rotate(SessionStore store, StoredSession session) {
    return store
        .rotate(
            session, session.envelope(), Changes.NONE, WriteOptions.at(NOW, SOON).withGrace(GRACE))
        .token()
        .orElseThrow();
  }

  private Set<String> roles(String token) {
    return load(token).envelope().principal().orElseThrow().roles();
  }

  @Test
  void aRotationThatCompletesWhileRolesChangeGetsTheNewOnes() throws Exception {
    AtomicReference<StoredSession> session = new AtomicReference<>();
    AtomicReference<String> rotated = new AtomicReference<>();
    parkedEverywhere(
        () -> {
          session.set(load(signIn(quick)));
          rotated.set(session.get().token());
          return () -> "changed " + changeRoles(slow);
        },
        () -> rotated.set(rotate(quick, session.get())),
        answer ->
            answer.ifPresent(
                changed -> assertEquals(Set.of("tutor"), roles(rotated.get()), changed)));
  }

  @Test
  void rolesThatChangeWhileASessionIsRotatedAreTheOnesItGets() throws Exception {
    AtomicReference<StoredSession> session = new AtomicReference<>();
    AtomicReference<Integer> changed = new AtomicReference<>(0);
    parkedEverywhere(
        () -> {
          session.set(load(signIn(quick)));
          changed.set(0);
          return () -> rotate(slow, session.get());
        },
        () -> changed.set(changeRoles(quick)),
        answer ->
            answer.ifPresent(
                token ->
                    assertEquals(
                        Set.of(changed.get() == 1 ? "tutor" : "student"), roles(token), token)));
  }

  /** It was entered and not yet written, or it completed later: the last command tells which. */
  @Test
  void aSignInThatIsHalfWayWhenRolesChangeBeginsNoSessionWithTheOldOnes() throws Exception {
    AtomicReference<Boolean> entered = new AtomicReference<>(false);
    AtomicReference<Integer> ended = new AtomicReference<>(0);
    parkedEverywhere(
        () -> {
          entered.set(false);
          return () ->
              slow.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON).withLimit(FIVE))
                  .orElseThrow();
        },
        () -> {
          entered.set(!quickClient.keys("session:index:*").isEmpty());
          changeRoles(quick);
        },
        answer ->
            answer.ifPresent(
                token -> {
                  if (entered.get()) {
                    assertFalse(lives(token));
                    ended.set(ended.get() + 1);
                  }
                }));
    assertTrue(ended.get() > 0, "it was never half-way");
  }

  @Test
  void aRotationThatCompletesWhileRevokingIsEnded() throws Exception {
    for (boolean byHandle : List.of(true, false)) {
      AtomicReference<StoredSession> session = new AtomicReference<>();
      AtomicReference<String> rotated = new AtomicReference<>("none");
      parkedEverywhere(
          () -> {
            session.set(load(signIn(quick)));
            rotated.set("none");
            String handle = session.get().handle();
            return () ->
                byHandle
                    ? "ended " + Stores.index(slow).revoke(ADA.id(), handle, NOW)
                    : "ended " + revokeAll(slow);
          },
          () ->
              quick
                  .rotate(session.get(), PERSON, Changes.NONE, WriteOptions.at(NOW, SOON))
                  .token()
                  .ifPresent(rotated::set),
          answer ->
              answer.ifPresent(
                  ended -> {
                    assertFalse(lives(session.get().token()));
                    assertFalse(lives(rotated.get()), "rotated away from revoke");
                    assertEquals(List.of(), listed());
                  }));
    }
  }

  @Test
  void aSignInThatIsOvertakenByRevokeDoesNotBecomeASessionNobodyKnows() throws Exception {
    parkedEverywhere(
        () -> () -> signIn(slow),
        () -> revokeAll(quick),
        answer -> answer.ifPresent(this::nothingLivesUnlisted));
  }

  /**
   * The harder half: its entry was there when revoke looked, so it counts as revoked. A sign-in
   * that begins a session is entered before only if the limit refuses; else both are one step.
   */
  @Test
  void aSignInThatWasEnteredButNotWrittenNeverBegins() throws Exception {
    for (boolean visitor : List.of(true, false)) {
      StoredSession before =
          load(quick.create(STRANGER, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
      ParkingProxy.Stop stop = proxy.stopAfter(1);
      Future<String> running =
          threads.submit(
              () ->
                  visitor
                      ? slow.rotate(before, PERSON, Changes.NONE, WriteOptions.at(NOW, SOON))
                          .token()
                          .orElseThrow()
                      : slow.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON).withLimit(FIVE))
                          .orElseThrow());
      assertTrue(stop.isReachedBefore(running));
      assertEquals(0, revokeAll(quick), "not live yet, so not counted");
      stop.release();
      assertFalse(lives(running.get(60, TimeUnit.SECONDS)));
      assertEquals(!visitor, lives(before.token()), "after a rotation neither name is alive");
    }
  }

  /** The mark at which it stops outlives every pass of the purge. */
  @Test
  void aSignInThatAPurgeOvertakesNeverBegins() throws Exception {
    Stores.index(quick).purge(NOW);
    quick.create(STRANGER, Map.of(), WriteOptions.at(NOW, SOON));
    ParkingProxy.Stop stop = proxy.stopAfter(1);
    Future<String> running =
        threads.submit(
            () ->
                slow.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON).withLimit(FIVE))
                    .orElseThrow());
    assertTrue(stop.isReachedBefore(running));
    assertEquals(1, Stores.index(quick).purge(NOW));
    assertEquals(0, Stores.index(quick).purge(NOW), "and the next purge leaves it too");
    stop.release();
    assertFalse(lives(running.get(60, TimeUnit.SECONDS)));
    assertEquals(List.of(), listed());
  }

  /** What it finds behind its cursor, and what takes its place while it looks. */
  @Test
  void whoIsSignedInWhenAPurgeBeginsIsSignedOutWhenItEnds() throws Exception {
    AtomicReference<StoredSession> before = new AtomicReference<>();
    AtomicReference<String> after = new AtomicReference<>("none");
    parkedEverywhere(
        () -> {
          before.set(
              load(quick.create(STRANGER, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow()));
          after.set("none");
          return () -> "ended " + Stores.index(slow).purge(NOW);
        },
        () ->
            quick
                .rotate(before.get(), PERSON, Changes.NONE, WriteOptions.at(NOW, SOON))
                .token()
                .ifPresent(after::set),
        answer ->
            answer.ifPresent(
                ended -> {
                  assertFalse(lives(before.get().token()), ended);
                  assertFalse(lives(after.get()), ended);
                  assertEquals(List.of(), listed());
                }));
  }
}
