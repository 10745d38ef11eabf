// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.race;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.SessionLimit;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.ParkingProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * G1 for the list of a person's sessions: nothing is alive and unlisted, wherever a worker is
 * parked.
 */
class IndexRaceTest extends ParkedWorkers {
  /** The index names it twice until the old name is taken out. */
  @Test
  void aSessionThatIsJustRotatedCountsOnce() throws Exception {
    for (SessionLimit limit :
        List.of(
            SessionLimit.of(3),
            SessionLimit.of(3).withWhenReached(SessionLimit.WhenReached.REFUSE))) {
      revokeAll(quick);
      String oldest = signIn(quick);
      StoredSession second = load(signIn(quick));
      ParkingProxy.Stop stop = proxy.stopAfter(2);
      Future<String> running =
          threads.submit(
              () ->
                  slow.rotate(
                          second,
                          second.envelope(),
                          Changes.NONE,
                          WriteOptions.at(NOW, SOON).withGrace(GRACE))
                      .token()
                      .orElseThrow());
      assertTrue(stop.isReachedBefore(running));
      Envelope later = new Envelope(NOW, Optional.of(NOW.plusSeconds(9)), LATER, Optional.of(ADA));
      String third =
          quick
              .create(later, Map.of(), WriteOptions.at(NOW, SOON).withLimit(limit))
              .orElse("refused");
      assertTrue(lives(third), limit::toString);
      assertTrue(lives(oldest), limit::toString);
      if (!limit.refuses()) {
        // And it ends once, under both its names.
        Stores.index(quick).revoke(ADA.id(), load(oldest).handle(), NOW);
        String fourth = quick.create(later, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
        String fifth =
            quick
                .create(later, Map.of(), WriteOptions.at(NOW, SOON).withLimit(limit))
                .orElseThrow();
        Set<String> left = Stream.of(third, fourth, fifth).map(this::handle).collect(toSet());
        assertEquals(left, Set.copyOf(listed()));
      }
      stop.release();
      running.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void aTouchThatIsOvertakenByRevokeBringsNothingBack() throws Exception {
    AtomicReference<StoredSession> session = new AtomicReference<>();
    parkedEverywhere(
        () -> {
          session.set(load(signIn(quick)));
          return () ->
              slow.update(session.get(), Changes.NONE, WriteOptions.at(NOW, FAR))
                  .token()
                  .orElse("gone");
        },
        () -> revokeAll(quick),
        answer -> {
          boolean unparked = lives(session.get().token());
          assertEquals(unparked ? 1 : 0, listed().size());
          answer.filter(token -> token.equals("gone")).ifPresent(gone -> assertFalse(unparked));
          if (answer.isPresent() && !unparked) {
            assertEquals(Set.of(), indexKeys(), "and leaves no entry behind");
          }
        });
  }

  private static Set<String> indexKeys() {
    try (Jedis admin = server.jedis()) {
      return admin.keys("session:index:*");
    }
  }

  @Test
  void aSessionBeingEndedIsNeverAliveAndUnlisted() throws Exception {
    AtomicReference<StoredSession> session = new AtomicReference<>();
    parkedEverywhere(
        () -> {
          session.set(load(signIn(quick)));
          return () -> {
            Stores.end(slow, session.get(), NOW);
            return "ended";
          };
        },
        () -> {},
        answer -> {
          nothingLivesUnlisted(session.get().token());
          answer.ifPresent(ended -> assertFalse(lives(session.get().token())));
        });
  }

  /** What a crash at that moment would leave. */
  @Test
  void aSessionBeingBegunRotatedOrTouchedIsNeverAliveAndUnlisted() throws Exception {
    AtomicReference<StoredSession> session = new AtomicReference<>();
    Check check =
        answer -> {
          nothingLivesUnlisted(session.get().token());
          answer.ifPresent(this::nothingLivesUnlisted);
          assertEquals(
              Stores.index(quick).stats(NOW).signedIn(),
              listed().size(),
              "live sessions and listed ones");
        };
    Stores.index(quick).purge(NOW);
    parkedEverywhere(
        () -> {
          session.set(load(signIn(quick)));
          return () -> signIn(slow);
        },
        () -> {},
        check);
    parkedEverywhere(
        () -> {
          session.set(load(signIn(quick)));
          return () ->
              slow.rotate(session.get(), PERSON, Changes.NONE, WriteOptions.at(NOW, SOON))
                  .token()
                  .orElseThrow();
        },
        () -> {},
        check);
    parkedEverywhere(
        () -> {
          session.set(load(signIn(quick)));
          return () ->
              slow.update(session.get(), Changes.NONE, WriteOptions.at(NOW, FAR))
                  .token()
                  .orElseThrow();
        },
        () ->
            assertTrue(
                Stores.index(quick).list(ADA.id(), session.get().deadline().minusMillis(1)).size()
                    == 1),
        check);
  }

  @Test
  void aTouchMovesTheIndexBeforeTheSession() throws Exception {
    StoredSession session = load(signIn(quick));
    ParkingProxy.Stop stop = proxy.stopAfter(1);
    Future<Boolean> running =
        threads.submit(
            () ->
                slow.update(session, Changes.NONE, WriteOptions.at(NOW, FAR)).token().isPresent());
    assertTrue(stop.isReachedBefore(running));
    assertEquals(SOON, load(session.token()).deadline(), "the session's is not moved yet");
    try (Jedis admin = server.jedis()) {
      String key = indexKeys().iterator().next();
      assertTrue(admin.hgetAll(key).values().iterator().next().startsWith("" + FAR.toEpochMilli()));
      assertTrue(admin.pttl(key) > Duration.between(NOW, FAR).toMillis());
    }
    stop.release();
    assertTrue(running.get(60, TimeUnit.SECONDS));
  }

  @Test
  void theLimitHoldsForASignInParkedAnywhere() throws Exception {
    SessionLimit one = SessionLimit.of(1);
    AtomicReference<String> older = new AtomicReference<>();
    AtomicReference<String> other = new AtomicReference<>("none");
    parkedEverywhere(
        () -> {
          older.set(signIn(quick));
          other.set("none");
          return () ->
              slow.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON).withLimit(one))
                  .orElseThrow();
        },
        () ->
            other.set(
                quick
                    .create(PERSON, Map.of(), WriteOptions.at(NOW, SOON).withLimit(one))
                    .orElseThrow()),
        answer ->
            answer.ifPresent(
                token -> {
                  long live =
                      List.of(older.get(), other.get(), token).stream().filter(this::lives).count();
                  assertTrue(live <= 1, live + " sessions where 1 is allowed");
                  assertFalse(lives(older.get()));
                }));
  }
}
