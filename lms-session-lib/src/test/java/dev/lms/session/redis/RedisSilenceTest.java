// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import redis.clients.jedis.UnifiedJedis;

/** G11: a Redis that falls silent holds nobody for longer than the patience, however many wait. */
class RedisSilenceTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), NOW.plus(Duration.ofDays(7)), Optional.empty());
  private static final Changes ONE = new Changes(Map.of(), Set.of(), Map.of("n", 1L));
  private static final int THOUSANDS = Runtime.version().feature() < 21 ? 1000 : 3000;
  private static final int WAVES = 10;

  /** Once the patience, and the rest for busy processors; one after the other, minutes. */
  private static final Duration AT_MOST = RedisConnections.PATIENCE.multipliedBy(10);

  private final RedisServer server = RedisServer.start();
  private final UnifiedJedis client = RedisConnections.open(server.url(), 8);
  private final SessionStore store = new RedisSessionStore(client, KEYS, "session:");

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  /** How long the one waited that waited longest. They come in waves within a second. */
  private Duration longestWait(Executable call) throws Throwable {
    ExecutorService threads = RedisPoolTest.threads(THOUSANDS);
    server.pause();
    try {
      List<Future<Long>> calls = new ArrayList<>();
      for (int i = 0; i < THOUSANDS; i++) {
        if (i % (THOUSANDS / WAVES) == 0) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        calls.add(
            threads.submit(
                () -> {
                  long asked = System.nanoTime();
                  assertThrows(SessionStoreException.class, call);
                  return System.nanoTime() - asked;
                }));
      }
      long longest = 0;
      for (Future<Long> waited : calls) {
        longest = Math.max(longest, waited.get(60, TimeUnit.SECONDS));
      }
      return Duration.ofNanos(longest);
    } finally {
      server.resume();
      threads.shutdownNow();
    }
  }

  private static void assertBounded(Duration longest) {
    assertTrue(longest.compareTo(AT_MOST) < 0, "somebody waited for " + longest);
  }

  private StoredSession begin() {
    return Stores.load(
            store,
            store.create(STRANGER, Map.of("n", "0"), WriteOptions.at(NOW, SOON)).orElseThrow())
        .orElseThrow();
  }

  @Test
  void thousandsOfReadersWaitNoLongerThanOne() throws Throwable {
    StoredSession session = begin();
    assertBounded(longestWait(() -> Stores.load(store, session.token())));
    assertEquals("0", Stores.load(store, session.token()).orElseThrow().attributes().get("n"));
  }

  @Test
  void thousandsOfWritersWaitNoLongerThanOne() throws Throwable {
    StoredSession session = begin();
    assertBounded(longestWait(() -> store.update(session, ONE, WriteOptions.at(NOW, SOON))));
    assertTrue(Stores.load(store, session.token()).isPresent());
  }

  /** Behind the breaker, whose own count of failures is another reason for them to fail. */
  @Test
  void thousandsOfRequestsWaitNoLongerThanOne() throws Throwable {
    Sessions sessions =
        Sessions.builder(store, KEYS)
            .settings(SessionSettings.plainHttp())
            .clock(Clock.fixed(NOW, ZoneOffset.UTC))
            .build();
    Session session = sessions.open(null);
    session.set("n", "0");
    session.commit();
    List<String> cookie = List.of(session.setCookie().orElseThrow().replaceFirst(";.*", ""));
    assertBounded(longestWait(() -> sessions.open(cookie).exists()));
    SharedReadsTest.await(
        () -> {
          try {
            return sessions.open(cookie).exists();
          } catch (SessionStoreException e) {
            return false;
          }
        });
    assertEquals(1, sessions.statistics().outages());
  }
}
