// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.StoredSession;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.server.ParkingProxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/** Redis forgets its scripts in the middle of a batch that ends sessions, before each command. */
class ForgottenScriptsTest extends NearFixture {
  /** More than a revocation of two sessions sends. */
  private static final int MOST_COMMANDS = 20;

  /** What stands behind the last end in the batch: leaving the index, and two looks at holders. */
  private static final int BEHIND = 3;

  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  @AfterEach
  void stop() {
    thread.shutdownNow();
  }

  private List<String> live(String... tokens) {
    return Stream.of(tokens).filter(token -> read(plain, token).isPresent()).toList();
  }

  @Test
  void aCopyMadeBeforeASessionWasEndedLateIsWaitedFor() throws Exception {
    int forgottenInTheMiddle = 0;
    boolean over = false;
    for (int before = 0; !over; before++) {
      assertTrue(before < MOST_COMMANDS);
      String one = begin();
      String two = begin();
      try (ParkingProxy network = new ParkingProxy(server.port());
          UnifiedJedis slow = RedisConnections.open(network.url(), 1)) {
        RedisSessionStore revoker = new RedisSessionStore(slow, KEYS, "session:");
        ParkingProxy.Stop here = network.stopAfter(before);
        Future<Integer> revoked =
            thread.submit(() -> revoker.revokeAll("u1", Optional.empty(), NOW));
        over = !here.isReachedBefore(revoked);
        Optional<StoredSession> copy = Optional.empty();
        if (!over) {
          admin.scriptFlush();
          List<String> left = live(one, two);
          ParkingProxy.Stop behind = network.stopAfter(BEHIND);
          here.release();
          if (left.size() == 1 && behind.isReachedBefore(revoked) && !live(left.get(0)).isEmpty()) {
            forgottenInTheMiddle++;
            copy = Optional.of(copied(near, left.get(0)));
          }
          behind.release();
        }
        assertEquals(2, revoked.get(60, TimeUnit.SECONDS));
        assertTrue(
            copy.flatMap(session -> read(near, session.token())).isEmpty(), "what was revoked");
        assertEquals(List.of(), live(one, two));
        assertEquals(Set.of(), admin.keys("session:index:*"));
      }
    }
    assertEquals(1, forgottenInTheMiddle);
  }
}
