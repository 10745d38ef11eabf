// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.SkewedStores;
import dev.lms.session.redis.server.ParkingProxy;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/**
 * A session that somebody has ended while another process still has a copy of it. Who comes second,
 * and finds nothing to end any more, must not return before the first could.
 */
class EndedTogetherTest extends NearFixture {
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final AtomicLong passed = new AtomicLong();

  /** Waits for leases as long as {@link #passed} says: until the other has come second. */
  private RedisSessionStore slower;

  @BeforeEach
  void openSlower() {
    slower = SkewedStores.open(client, KEYS, passed::get);
  }

  @AfterEach
  void stop() {
    passed.set(NearCopies.LONGEST_WAIT.toNanos());
    slower.close();
    thread.shutdownNow();
  }

  /** One that does not answer, so whoever asks for its copy waits for a second. */
  private void haveStoppedNodeCopy(StoredSession session) {
    admin.hset(holders(session), "a-node-that-was-stopped", "7");
  }

  private CompletableFuture<Boolean> end(RedisSessionStore store, StoredSession session) {
    CompletableFuture<Boolean> first =
        CompletableFuture.supplyAsync(
                () -> store.delete(session.token(), Optional.of(session), NOW), thread)
            .orTimeout(60, TimeUnit.SECONDS);
    until("ended in Redis", () -> read(plain, session.token()).isEmpty());
    return first;
  }

  @Test
  void whoRevokesASessionThatIsBeingEndedWaitsToo() throws Exception {
    StoredSession session = copied(near, begin());
    haveStoppedNodeCopy(session);
    CompletableFuture<Boolean> first = end(slower, session);
    assertEquals(0, other.revokeAll("u1", Optional.empty(), NOW));
    assertEquals(1, other.nearReads().waits(), "the stopped node may have a copy yet");
    passed.set(NearCopies.LONGEST_WAIT.toNanos());
    first.join();
    assertEquals(1, slower.nearReads().waits());
  }

  @Test
  void aRequestThatFindsItGoneHidesItFromNobody() throws Exception {
    StoredSession session = copied(near, begin());
    haveStoppedNodeCopy(session);
    CompletableFuture<Boolean> first = end(slower, session);
    WriteOptions later = WriteOptions.at(NOW, SOON.plusSeconds(600));
    assertFalse(near.update(session, Changes.NONE, later).isStored());
    assertEquals(0, other.revokeAll("u1", Optional.empty(), NOW));
    assertEquals(1, other.nearReads().waits(), "the stopped node may have a copy yet");
    passed.set(NearCopies.LONGEST_WAIT.toNanos());
    first.join();
  }

  @Test
  void whoChangesRolesWaitsForASessionThatWasRotatedAndIsBeingEnded() throws Exception {
    StoredSession first = read(plain, begin()).orElseThrow();
    WriteOptions alias = WriteOptions.at(NOW, SOON).withGrace(Duration.ofSeconds(10));
    String token = plain.rotate(first, first.envelope(), Changes.NONE, alias).token().orElseThrow();
    StoredSession session = copied(near, token);
    haveStoppedNodeCopy(session);
    CompletableFuture<Boolean> ended = end(slower, session);
    assertEquals(0, other.changeRoles("u1", Set.of(), NOW));
    assertEquals(
        1, other.nearReads().waits(), "the stopped node may have a copy with the old roles");
    passed.set(NearCopies.LONGEST_WAIT.toNanos());
    ended.join();
  }

  /** Its answer is late, as if it was stopped. */
  @Test
  void aNodeUsesItsOwnCopyNoMoreOnceOthersFindTheSessionEnded() throws Exception {
    try (ParkingProxy network = new ParkingProxy(server.port());
        UnifiedJedis slow = RedisConnections.open(network.url(), 8);
        RedisSessionStore own = SkewedStores.open(slow, KEYS, () -> 0)) {
      StoredSession session = copied(own, begin());
      network.delayAnswers(Duration.ofMillis(300));
      CompletableFuture<Boolean> first = end(own, session);
      assertEquals(0, other.revokeAll("u1", Optional.empty(), NOW));
      assertTrue(read(own, session.token()).isEmpty(), "a copy of what was revoked");
      first.join();
      assertEquals(0, own.nearReads().waits());
    }
  }

  /** It drops its copy before it asks, and another thread of it makes one before Redis is there. */
  @Test
  void aCopyThatItsOwnNodeMakesMeanwhileIsWaitedForByOthers() throws Exception {
    try (ParkingProxy network = new ParkingProxy(server.port());
        UnifiedJedis slow = RedisConnections.open(network.url(), 8);
        RedisSessionStore own = SkewedStores.open(slow, KEYS, () -> 0)) {
      until(
          "somebody ended it before its own node had the answer", () -> isWaitedFor(own, network));
    }
  }

  private boolean isWaitedFor(RedisSessionStore own, ParkingProxy network) {
    long before = other.nearReads().waits();
    StoredSession session = copied(own, begin());
    String holders = holders(session);
    admin.hset(holders, admin.hgetAll(holders).keySet().iterator().next(), "1000");
    Duration late = Duration.ofMillis(300);
    network.delayAnswers(late);
    long start = System.nanoTime();
    CompletableFuture<Boolean> first = end(own, session);
    assertEquals(0, other.revokeAll("u1", Optional.empty(), NOW));
    boolean waited = other.nearReads().waits() > before;
    assertTrue(waited || System.nanoTime() - start > late.toNanos(), "it may have a copy yet");
    network.delayAnswers(Duration.ZERO);
    first.join();
    assertEquals(Set.of(), admin.keys("session:index:*"), "taken out in the end");
    return waited;
  }
}
