// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Lifetimes;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.ParkingProxy;
import dev.lms.session.redis.server.RedisServer;
import dev.lms.session.testkit.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;

/** A Redis that stops, restarts or dawdles: bounded waits, clear errors, recovery by itself. */
class RedisOutageTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Instant FAR = SOON.plusSeconds(1800);
  private static final Instant LATER = NOW.plus(Duration.ofDays(7));
  private static final Principal ADA = new Principal("ada", Set.of("student"));
  private static final Envelope PERSON =
      new Envelope(NOW, Optional.of(NOW), LATER, Optional.of(ADA));
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), LATER, Optional.empty());
  private static final int CONNECTIONS = 8;

  private RedisServer server;
  private UnifiedJedis client;
  private SessionStore store;

  @BeforeEach
  void start() {
    server = RedisServer.start();
    client = RedisConnections.open(server.url(), CONNECTIONS);
    store = new RedisSessionStore(client, KEYS, "session:");
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private static StoredSession load(SessionStore store, String token) {
    return Stores.load(store, token)
        .orElseThrow(() -> new AssertionError("the session is not there"));
  }

  private static Changes add(long delta) {
    return new Changes(Map.of(), Set.of(), Map.of("n", delta));
  }

  @Test
  void aRestartOfRedisWithAPoolFullOfDeadConnectionsFailsNoRead() throws Exception {
    String token = store.create(STRANGER, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    fillPool();
    server.kill();
    server.restart();
    ExecutorService threads = Executors.newFixedThreadPool(8 * CONNECTIONS);
    try {
      List<Future<Optional<StoredSession>>> reads = new ArrayList<>();
      for (int i = 0; i < 8 * CONNECTIONS; i++) {
        reads.add(threads.submit(() -> Stores.load(store, token)));
      }
      for (Future<Optional<StoredSession>> read : reads) {
        assertEquals(
            Optional.empty(), read.get(60, TimeUnit.SECONDS), "an answer: Redis forgot it");
      }
    } finally {
      threads.shutdownNow();
    }
    fillPool();
    server.kill();
    server.restart();
    store.delete(token, Optional.empty(), NOW);
  }

  @Test
  void aRestartOfRedisFailsAtMostOneIncrement() {
    fillPool();
    server.kill();
    server.restart();
    try {
      store.create(STRANGER, Map.of(), WriteOptions.at(NOW, SOON));
    } catch (SessionStoreException e) {
      // A connection that breaks does not say whether the command was run.
    }
    StoredSession session =
        load(store, store.create(STRANGER, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
    assertTrue(store.update(session, add(1), WriteOptions.at(NOW, SOON)).token().isPresent());
    assertEquals("1", load(store, session.token()).attributes().get("n"));
  }

  private void fillPool() {
    RedisClient single = assertInstanceOf(RedisClient.class, client);
    single.getPool().clear();
    List<Connection> taken = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      taken.add(single.getPool().getResource());
    }
    for (Connection connection : taken) {
      assertTrue(connection.ping());
      connection.close();
    }
    assertEquals(CONNECTIONS, single.getPool().getNumIdle());
  }

  @Test
  void aPausedRedisHoldsNobodyForLongAndGoesOnWhereItStopped() throws Exception {
    StoredSession session =
        load(
            store,
            store.create(PERSON, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
    server.pause();
    ExecutorService threads = Executors.newFixedThreadPool(4 * CONNECTIONS);
    try {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        calls.add(threads.submit(() -> Stores.load(store, session.token())));
        calls.add(
            threads.submit(
                () -> store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow()));
        calls.add(threads.submit(() -> store.update(session, add(1), WriteOptions.at(NOW, FAR))));
        calls.add(threads.submit(() -> Stores.index(store).list(ADA.id(), NOW)));
      }
      for (Future<?> call : calls) {
        // Far longer than the patience, far shorter than the pause, which has no end.
        ExecutionException failed =
            assertThrows(ExecutionException.class, () -> call.get(60, TimeUnit.SECONDS));
        SessionStoreException outage =
            assertInstanceOf(SessionStoreException.class, failed.getCause());
        String message = String.valueOf(outage.getMessage());
        assertTrue(message.contains("in time") || message.contains("too long"), message);
      }
    } finally {
      server.resume();
      threads.shutdownNow();
    }
    StoredSession after = load(store, session.token());
    assertEquals("1", after.attributes().get("a"));
    // What was sent before the pause was noticed may be run after it; each at most once.
    long increments = Long.parseLong(after.attributes().getOrDefault("n", "0"));
    assertTrue(increments <= CONNECTIONS, "run " + increments + " times");
    Stores.end(store, after, NOW);
    assertEquals(Optional.empty(), Stores.load(store, session.token()));
    assertEquals(Optional.empty(), store.update(after, add(1), WriteOptions.at(NOW, FAR)).token());
  }

  @Test
  void aSlowNetworkChangesNoResult() throws Exception {
    try (ParkingProxy proxy = new ParkingProxy(server.port());
        UnifiedJedis slowClient = RedisConnections.open(proxy.url(), CONNECTIONS)) {
      SessionStore slow = new RedisSessionStore(slowClient, KEYS, "session:");
      proxy.delayAnswers(Duration.ofMillis(50));
      String visitor =
          slow.create(STRANGER, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
      String token =
          slow.rotate(load(slow, visitor), PERSON, Changes.NONE, WriteOptions.at(NOW, SOON))
              .token()
              .orElseThrow();
      assertEquals(Optional.empty(), Stores.load(slow, visitor));
      ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
      try {
        List<Future<Written>> commits = new ArrayList<>();
        for (int i = 0; i < 4 * CONNECTIONS; i++) {
          commits.add(
              threads.submit(
                  () -> slow.update(load(slow, token), add(1), WriteOptions.at(NOW, SOON))));
        }
        for (Future<Written> commit : commits) {
          assertTrue(commit.get(60, TimeUnit.SECONDS).isStored());
        }
      } finally {
        threads.shutdownNow();
      }
      assertEquals(
          Map.of("a", "1", "n", Integer.toString(4 * CONNECTIONS)), load(slow, token).attributes());
      assertEquals(1, Stores.index(slow).revokeAll(ADA.id(), Optional.empty(), NOW));
      assertEquals(Optional.empty(), Stores.load(slow, token));
    }
  }

  /** G6 through Redis, whose own clock takes no part in the jumps. */
  @Test
  void aClockThatJumpsNeitherProlongsNorRevives() {
    MovableClock clock = new MovableClock(NOW);
    Sessions sessions =
        Sessions.builder(store, KEYS).settings(SessionSettings.plainHttp()).clock(clock).build();
    Duration sliding = Lifetimes.defaults().sliding();
    Session first = sessions.open(null);
    first.signIn(ADA);
    first.set("a", "1");
    first.commit();
    List<String> cookie = List.of(first.setCookie().orElseThrow().replaceFirst(";.*", ""));

    clock.move(sliding.plusSeconds(1));
    assertFalse(sessions.open(cookie).exists(), "ended, by this clock");
    clock.move(sliding.plusSeconds(1).negated());
    assertTrue(sessions.open(cookie).exists(), "nothing was lost to a clock that was wrong");

    Instant before = sessions.list(ADA.id()).get(0).expires();
    clock.move(Duration.ofHours(-2));
    Session early = sessions.open(cookie);
    early.set("a", "2");
    early.commit();
    assertEquals(before, sessions.list(ADA.id()).get(0).expires(), "no deadline moves back");
    clock.move(Duration.ofHours(2));

    clock.move(Lifetimes.defaults().absolute().plusSeconds(1));
    assertFalse(sessions.open(cookie).exists());
    clock.move(Lifetimes.defaults().absolute().plusSeconds(1).negated());
    try (Jedis admin = server.jedis()) {
      for (String key : admin.keys("*")) {
        assertTrue(admin.pttl(key) > 0, key + " has no expiry");
      }
    }

    Session ending = sessions.open(cookie);
    ending.end();
    ending.commit();
    for (Duration jump : List.of(sliding, sliding.negated(), Duration.ofHours(-1))) {
      clock.move(jump);
      assertFalse(sessions.open(cookie).exists(), "a signed-out session returned");
    }
  }
}
