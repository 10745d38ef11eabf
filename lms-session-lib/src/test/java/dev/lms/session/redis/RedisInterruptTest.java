// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.EveryCall;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisServer;
import dev.lms.session.store.Revocations;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;

/** A thread that somebody wants to stop while it waits for a connection: its own trouble only. */
class RedisInterruptTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(60);
  private static final Envelope ADA =
      new Envelope(
          NOW,
          Optional.of(NOW),
          NOW.plus(Duration.ofDays(7)),
          Optional.of(new Principal("ada", Set.of())));
  private static final Changes CHANGE = new Changes(Map.of("v", "2"), Set.of(), Map.of());
  private static final int CONNECTIONS = 2;
  private static final int READERS = 8;

  private final RedisServer server = RedisServer.start();
  private RedisClient redis;

  @BeforeEach
  void connect() {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(CONNECTIONS);
    pool.setMaxWait(Duration.ofMinutes(1));
    pool.setJmxEnabled(false);
    redis =
        RedisClient.builder()
            .hostAndPort(new HostAndPort("127.0.0.1", server.port()))
            .poolConfig(pool)
            .build();
  }

  @AfterEach
  void stop() {
    assertFalse(Thread.interrupted(), "no test leaves it to the next one");
    redis.close();
    server.close();
  }

  /** So that whoever wants one has to wait. */
  private List<Connection> takeAllConnections() {
    List<Connection> taken = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      taken.add(redis.getPool().getResource());
    }
    return taken;
  }

  private static SessionStoreException interrupted(Executable call) {
    Thread.currentThread().interrupt();
    SessionStoreException e = assertThrows(SessionStoreException.class, call);
    assertTrue(Thread.interrupted(), "whoever asked this thread to stop is still heard");
    return e;
  }

  @Test
  void theMessageSaysSoAndNothingIsLost() {
    SessionStore store = new RedisSessionStore(redis, KEYS, "session:");
    Revocations revocations = new RedisRevocations(redis, "session:");
    StoredSession ada =
        Stores.load(
                store,
                store.create(ADA, Map.of("v", "1"), WriteOptions.at(NOW, SOON)).orElseThrow())
            .orElseThrow();
    List<Executable> calls = new ArrayList<>(EveryCall.of(store, revocations, ada, NOW));
    calls.add(() -> revocations.isRevoked("aa11"));
    for (Executable call : calls) {
      List<Connection> taken = takeAllConnections();
      String message = String.valueOf(interrupted(call).getMessage());
      taken.forEach(Connection::close);
      assertTrue(message.contains("interrupted"), message);
      assertEquals(Map.of("v", "1"), Stores.load(store, ada.token()).orElseThrow().attributes());
      assertEquals(1, Stores.index(store).list("ada", NOW).size());
    }
    assertTrue(store.update(ada, CHANGE, WriteOptions.at(NOW, SOON)).isStored());
    assertTrue(revocations.revoke("aa11", SOON, NOW));
  }

  @Test
  void manyInterruptsAreNoOutage() {
    Sessions sessions =
        Sessions.builder(new RedisSessionStore(redis, KEYS, "session:"), KEYS)
            .settings(SessionSettings.plainHttp())
            .clock(Clock.fixed(NOW, ZoneOffset.UTC))
            .build();
    List<Connection> taken = takeAllConnections();
    for (int i = 0; i < 20; i++) {
      interrupted(() -> sessions.list("ada"));
    }
    taken.forEach(Connection::close);
    assertEquals(List.of(), sessions.list("ada"));
    assertEquals(0, sessions.statistics().outages());
  }

  @Test
  void aSilentRedisAndAnInterruptCostOneConnection() throws Throwable {
    SessionStore store = new RedisSessionStore(redis, KEYS, "session:");
    String token = store.create(ADA, Map.of("v", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    takeAllConnections().forEach(Connection::close);
    FutureTask<SessionStoreException> call =
        new FutureTask<>(
            () -> assertThrows(SessionStoreException.class, () -> Stores.load(store, token)));
    server.pause();
    try {
      Thread thread = start(call);
      SharedReadsTest.await(() -> redis.getPool().getNumActive() == 1);
      thread.interrupt();
      String message = String.valueOf(call.get(60, TimeUnit.SECONDS).getMessage());
      assertTrue(message.contains("interrupted"), message);
    } finally {
      server.resume();
    }
    assertEquals(Map.of("v", "1"), Stores.load(store, token).orElseThrow().attributes());
    assertEquals(1, redis.getPool().getDestroyedCount(), "the other one is as good as ever");
  }

  /**
   * On a virtual thread where the JDK has them: an interrupt closes the connection it waits at.
   * Before 21, the wait for an answer goes on until it has lasted too long.
   */
  private static Thread start(Runnable task) throws Throwable {
    if (Runtime.version().feature() < 21) {
      Thread thread = new Thread(task);
      thread.start();
      return thread;
    }
    return (Thread)
        MethodHandles.publicLookup()
            .findStatic(
                Thread.class,
                "startVirtualThread",
                MethodType.methodType(Thread.class, Runnable.class))
            .invokeExact(task);
  }

  private record Reader(Thread thread, FutureTask<String> answer) {}

  private static Reader reader(SharedReads reads, String key) {
    FutureTask<String> answer =
        new FutureTask<>(
            () -> Objects.requireNonNull(SharedReadsTest.attributes(reads.read(key)).get("v")));
    Thread thread = new Thread(answer);
    thread.start();
    return new Reader(thread, answer);
  }

  @Test
  void whoReadsForOthersTooFailsAlone() throws Exception {
    SharedReads reads = new SharedReads(redis, RedisConnections.PATIENCE);
    for (int i = 0; i < READERS; i++) {
      SharedReadsTest.put(redis, "key" + i, Map.of("v", Integer.toString(i)));
    }
    List<Connection> taken = takeAllConnections();
    List<Reader> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      readers.add(reader(reads, "key" + i));
      int lanes = Math.min(i + 1, CONNECTIONS);
      int queued = i + 1 - lanes;
      SharedReadsTest.await(
          () -> redis.getPool().getNumWaiters() == lanes && reads.waiting() == queued);
    }
    // Where one that has a lane stops, the next one reads for all that wait; then that one stops.
    for (int i : List.of(0, 2, 3)) {
      Reader reader = readers.get(i);
      reader.thread().interrupt();
      assertThrows(ExecutionException.class, () -> reader.answer().get(60, TimeUnit.SECONDS));
      SharedReadsTest.await(
          () -> redis.getPool().getNumWaiters() == CONNECTIONS && reads.waiting() == 0);
    }
    taken.forEach(Connection::close);
    for (int i : List.of(1, 4, 5, 6, 7)) {
      assertEquals(Integer.toString(i), readers.get(i).answer().get(60, TimeUnit.SECONDS));
    }
  }
}
