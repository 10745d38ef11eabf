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
import dev.lms.session.redis.server.ParkingProxy;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/**
 * A session that somebody has ended while another process still has a copy of it. Who comes second,
 * and finds nothing to end any more, must not return before the first could.
 */
class EndedTogetherTest extends NearFixture {
  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  @AfterEach
  void stop() {
    thread.shutdownNow();
  }

  /** One that does not answer, so whoever asks for its copy waits for a second. */
  private void haveStoppedNodeCopy(StoredSession session) {
    admin.hset(holders(session), "a-node-that-was-stopped", "7");
  }

  private Future<?> end(RedisSessionStore store, StoredSession session) {
    Future<?> first = thread.submit(() -> store.delete(session.token(), Optional.of(session), NOW));
    until("ended in Redis", () -> read(plain, session.token()).isEmpty());
    return first;
  }

  @Test
  void whoRevokesASessionThatIsBeingEndedWaitsToo() throws Exception {
    StoredSession session = copied(near, begin());
    haveStoppedNodeCopy(session);
    Future<?> first = end(plain, session);
    assertEquals(0, other.revokeAll("u1", Optional.empty(), NOW));
    assertEquals(1, other.nearReads().waits(), "the stopped node may have a copy yet");
    first.get(10, TimeUnit.SECONDS);
    assertEquals(1, plain.nearReads().waits());
  }

  @Test
  void aRequestThatFindsItGoneHidesItFromNobody() throws Exception {
    StoredSession session = copied(near, begin());
    haveStoppedNodeCopy(session);
    Future<?> first = end(plain, session);
    WriteOptions later = WriteOptions.at(NOW, SOON.plusSeconds(600));
    assertFalse(near.update(session, Changes.NONE, later).isStored());
    assertEquals(0, other.revokeAll("u1", Optional.empty(), NOW));
    assertEquals(1, other.nearReads().waits(), "the stopped node may have a copy yet");
    first.get(10, TimeUnit.SECONDS);
  }

  @Test
  void whoChangesRolesWaitsForASessionThatWasRotatedAndIsBeingEnded() throws Exception {
    StoredSession first = read(plain, begin()).orElseThrow();
    WriteOptions alias = WriteOptions.at(NOW, SOON).withGrace(Duration.ofSeconds(10));
    String token = plain.rotate(first, first.envelope(), Changes.NONE, alias).token().orElseThrow();
    StoredSession session = copied(near, token);
    haveStoppedNodeCopy(session);
    Future<?> ended = end(plain, session);
    assertEquals(0, other.changeRoles("u1", Set.of(), NOW));
    assertEquals(
        1, other.nearReads().waits(), "the stopped node may have a copy with the old roles");
    ended.get(10, TimeUnit.SECONDS);
  }

  /** Its answer is late, as if it was stopped. */
  @Test
  void aNodeUsesItsOwnCopyNoMoreOnceOthersFindTheSessionEnded() throws Exception {
    try (ParkingProxy network = new ParkingProxy(server.port());
        UnifiedJedis slow = RedisConnections.open(network.url(), 8);
        RedisSessionStore own = RedisSessionStore.withNearCopies(slow, KEYS, "session:", 1 << 20)) {
      StoredSession session = copied(own, begin());
      network.delayAnswers(Duration.ofMillis(300));
      Future<?> first = end(own, session);
      assertEquals(0, other.revokeAll("u1", Optional.empty(), NOW));
      assertTrue(read(own, session.token()).isEmpty(), "a copy of what was revoked");
      first.get(10, TimeUnit.SECONDS);
      assertEquals(0, own.nearReads().waits());
    }
  }

  /** It drops its copy before it asks, and another thread of it makes one before Redis is there. */
  @Test
  void aCopyThatItsOwnNodeMakesMeanwhileIsWaitedForByOthers() throws Exception {
    try (ParkingProxy network = new ParkingProxy(server.port());
        UnifiedJedis slow = RedisConnections.open(network.url(), 8);
        RedisSessionStore own = RedisSessionStore.withNearCopies(slow, KEYS, "session:", 1 << 20)) {
      StoredSession session = copied(own, begin());
      String holders = holders(session);
      admin.hset(holders, admin.hgetAll(holders).keySet().iterator().next(), "1000");
      network.delayAnswers(Duration.ofMillis(300));
      Future<?> first = end(own, session);
      assertEquals(0, other.revokeAll("u1", Optional.empty(), NOW));
      assertEquals(1, other.nearReads().waits());
      first.get(10, TimeUnit.SECONDS);
      assertEquals(Set.of(), admin.keys("session:index:*"), "taken out in the end");
    }
  }
}
