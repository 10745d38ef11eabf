// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.SkewedStores;
import dev.lms.session.redis.server.ParkingProxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.UnifiedJedis;

/**
 * A node that hears nothing any more and goes on: nothing but its lease tells it that its copy is
 * old, and nothing but the time tells whoever writes. Their monotonic clocks run as differently as
 * a lease of 0.9 s and a wait of a second allow for.
 */
class SkewedLeasesTest extends NearFixture {
  @Test
  void aLeaseHasRunOutWhenOthersStopWaiting() throws Exception {
    check(0.95, 1.05);
  }

  @Tag("long")
  @ParameterizedTest
  @CsvSource({"0.9, 1", "1, 1.1", "1.05, 0.95", "1.1, 1.2", "1.1, 0.9", "0.9, 0.9"})
  void aLeaseHasRunOutHoweverClocksRun(double node, double writer) throws Exception {
    check(node, writer);
  }

  private void check(double node, double writer) throws Exception {
    try (ParkingProxy network = new ParkingProxy(server.port());
        UnifiedJedis cutOff = RedisConnections.open(network.url(), 8);
        RedisSessionStore deaf = SkewedStores.open(cutOff, KEYS, node);
        RedisSessionStore writing = SkewedStores.open(otherClient, KEYS, writer)) {
      String token = begin();
      AtomicReference<StoredSession> copy = new AtomicReference<>();
      until(
          "while nothing has changed it is used",
          () -> {
            network.delayAnswers(Duration.ZERO);
            copy.set(copied(deaf, token));
            network.delayAnswers(Duration.ofMillis(1500));
            long hits = deaf.nearReads().hits();
            assertEquals(Optional.of(copy.get()), read(deaf, token));
            return deaf.nearReads().hits() > hits;
          });
      StoredSession session = copy.get();
      assertTrue(writing.update(session, SET, WriteOptions.at(NOW, SOON)).isStored());
      assertEquals(1, writing.nearReads().waits());
      assertNotOld(deaf, session);
      network.delayAnswers(Duration.ZERO);
    }
  }

  /** It asks Redis, and has no answer in time. */
  private static void assertNotOld(RedisSessionStore deaf, StoredSession session) {
    long hits = deaf.nearReads().hits();
    try {
      assertEquals("2", read(deaf, session.token()).orElseThrow().attributes().get("a"));
    } catch (SessionStoreException e) {
      assertEquals(hits, deaf.nearReads().hits());
    }
  }
}
