// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.CommitOutcome;
import dev.lms.session.Lifetimes;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.migration.Transfer;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.SkewedStores;
import dev.lms.session.redis.server.ParkingProxy;
import dev.lms.session.redis.server.RedisServer;
import dev.lms.session.testkit.MovableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/**
 * What went wrong with copies in other libraries, each as a test. Some of it is shown elsewhere:
 *
 * <ul>
 *   <li>a sign-out that cleared its own process only, and an old copy that answers after a
 *       rotation: {@link NearSessionsTest#whatHasReturnedHoldsWhereThereWasACopy}, which writes by
 *       a store without copies too, as {@code lmsctl} does;
 *   <li>a lease that counts from the answer: {@link
 *       NearCopiesTest#aLeaseCountsFromBeforeTheAnswerAndEndsBeforeOthersStopWaiting};
 *   <li>reads from copies while nothing is heard: {@link
 *       SkewedLeasesTest#aLeaseHasRunOutWhenOthersStopWaiting};
 *   <li>"absent" that is kept: {@link NearSessionsTest#whatIsAbsentIsAskedForEachTime};
 *   <li>a command that ends sessions beside workers with copies: {@code NearSessionsIT} of the
 *       site;
 *   <li>a list of revoked cookies is asked each time and never copied: {@code
 *       CookiesRevokedInRedisTest}.
 * </ul>
 */
class KnownFaultsTest extends NearFixture {

  /** As hazelcast/hazelcast#4671. */
  @Test
  void aFillThatRacesAChangeIsNotKept() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (ParkingProxy network = new ParkingProxy(server.port());
        UnifiedJedis slow = RedisConnections.open(network.url(), 8);
        RedisSessionStore own = SkewedStores.open(slow, KEYS, () -> 0)) {
      copied(own, begin());
      StoredSession session = read(plain, begin()).orElseThrow();
      read(own, session.token());
      network.delayAnswers(Duration.ofMillis(400));
      Future<Optional<StoredSession>> racing = thread.submit(() -> read(own, session.token()));
      until("entered", () -> !admin.keys("*" + session.handle() + ":near").isEmpty());
      network.delayAnswers(Duration.ZERO);
      assertTrue(own.update(session, SET, WriteOptions.at(NOW, SOON)).isStored());
      assertEquals("1", racing.get(60, TimeUnit.SECONDS).orElseThrow().attributes().get("a"));
      assertEquals("2", read(own, session.token()).orElseThrow().attributes().get("a"));
    } finally {
      thread.shutdownNow();
    }
  }

  /**
   * As redisson/redisson#4653, #5206 and #1707: who may have missed something forgets everything.
   */
  @Test
  void aNodeThatWasCutOffDropsAllItsCopies() {
    copied(near, begin());
    copied(near, begin());
    assertTrue(near.nearReads().bytes() > 0);
    admin
        .clientList()
        .lines()
        .filter(line -> line.contains(" cmd=blpop"))
        .forEach(line -> admin.clientKill(line.replaceAll(".* addr=(\\S+) .*", "$1")));
    // Not by a sweep: their leases last.
    until("nothing is left", () -> near.nearReads().bytes() == 0);
  }

  /** As redisson/redisson#3277: a migration writes like everybody else. */
  @Test
  void whatMovesToAnotherStoreIsReadFromNoCopy() {
    StoredSession session = copied(near, begin());
    List<Transfer.Place> places = new ArrayList<>();
    plain.transfer().forEachPlace(NOW, (place, kind) -> places.add(place));
    assertTrue(plain.transfer().takeOut(places.get(0), NOW).isPresent());
    assertEquals(1, plain.nearReads().waits());
    assertThrows(SessionStoreException.class, () -> near.open(session.token(), NOW));
  }

  /** Whoever only reads, and from copies, goes on living. */
  @Test
  void touchesReachRedisAlthoughCopiesAreRead() {
    MovableClock clock = new MovableClock(NOW);
    Sessions sessions =
        Sessions.builder(near, KEYS)
            .settings(
                SessionSettings.plainHttp()
                    .withLifetimes(Lifetimes.of(Duration.ofMinutes(30), Duration.ofHours(2))))
            .clock(clock)
            .build();
    Session first = sessions.open(null);
    first.set("a", "1");
    assertEquals(CommitOutcome.STORED, first.commit());
    List<String> cookie = List.of(first.setCookie().orElseThrow().replaceFirst(";.*", ""));
    long hits = near.nearReads().hits();
    for (int minute = 0; minute < 115; minute++) {
      clock.move(Duration.ofMinutes(1));
      for (int i = 0; i < 3; i++) {
        Session session = sessions.open(cookie);
        assertTrue(session.exists(), "after " + minute + " minutes");
        session.commit();
      }
    }
    assertTrue(near.nearReads().hits() > hits, "some of it was read from copies");
    clock.move(Duration.ofMinutes(6));
    assertTrue(!sessions.open(cookie).exists(), "it ends in the end");
  }

  @Test
  void countersAndExpectationsAreJudgedByWhatRedisHolds() {
    StoredSession seen = copied(near, begin());
    WriteOptions at = WriteOptions.at(NOW, SOON);
    assertTrue(plain.update(seen, SET, at).isStored());
    Changes late = new Changes(Map.of("a", "3"), Set.of(), Map.of(), Map.of("a", Optional.of("1")));
    assertEquals(Written.CONFLICT, near.update(seen, late, at));
    assertTrue(near.update(seen, new Changes(Map.of(), Set.of(), Map.of("a", 40L)), at).isStored());
    assertEquals("42", read(near, seen.token()).orElseThrow().attributes().get("a"));
    assertEquals(read(plain, seen.token()), read(near, seen.token()));
  }

  @Test
  void withOneNodeASignOutCostsOneRoundTrip() {
    List<StoredSession> sessions = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      sessions.add(copied(near, begin()));
    }
    long start = System.nanoTime();
    long before = RedisServer.totalReads(admin);
    sessions.forEach(one -> assertTrue(near.delete(one.token(), Optional.of(one), NOW)));
    long cost = RedisServer.totalReads(admin) - before - 1;
    // Who listens asks four times a second.
    long listening = 2 + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) / 200;
    assertTrue(cost >= 30 && cost <= 30 + listening, cost + " round trips");
  }

  @Test
  void anIdleNodeSendsNothing() {
    try (RedisSessionStore fast = SkewedStores.open(client, KEYS, 20)) {
      copied(fast, begin());
      until("its thread rests", () -> commandsIn(Duration.ofMillis(800)) == 0);
    }
  }

  private long commandsIn(Duration time) {
    long before = commands();
    long start = System.nanoTime();
    until("some time has passed", () -> System.nanoTime() - start > time.toNanos());
    return commands() - before - 1;
  }

  private long commands() {
    return Long.parseLong(RedisServer.info(admin, "stats", "total_commands_processed"));
  }
}
