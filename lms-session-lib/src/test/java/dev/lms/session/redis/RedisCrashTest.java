// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/**
 * SIGKILL of a Redis with {@code appendfsync always} while it writes, again and again, each time
 * restarted on what it had written: G1, G2 and G5 hold for everything it acknowledged.
 */
class RedisCrashTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Instant LATER = NOW.plus(Duration.ofDays(7));
  private static final int WRITERS = 4;

  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_OR_NEWER"})
  void nothingAcknowledgedIsLost(RedisBinary binary) throws Exception {
    rounds(binary, 5);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_OR_NEWER"})
  void nothingAcknowledgedIsLostInManyRounds(RedisBinary binary) throws Exception {
    rounds(binary, 150);
  }

  private static void rounds(RedisBinary binary, int rounds) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try (RedisServer server =
            RedisServer.start(binary, "--appendonly", "yes", "--appendfsync", "always");
        UnifiedJedis client = RedisConnections.open(server.url(), 2 * WRITERS)) {
      SessionStore store = new RedisSessionStore(client, KEYS, "session:");
      List<Writer> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        writers.add(new Writer(store, "person " + i, new Random(random.nextLong())));
      }
      for (int round = 0; round < rounds; round++) {
        Semaphore done = new Semaphore(0);
        List<Future<SessionStoreException>> runs = new ArrayList<>();
        writers.forEach(writer -> runs.add(threads.submit(() -> writer.runUntilOutage(done))));
        // In mid-write, at a moment of its own in each round.
        int writes = 20 + random.nextInt(80);
        if (!done.tryAcquire(writes, 60, TimeUnit.SECONDS)) {
          throw stalled("seed " + seed + ", round " + round, done, runs);
        }
        server.kill();
        for (Future<SessionStoreException> run : runs) {
          run.get(60, TimeUnit.SECONDS);
        }
        server.restart();
        String where = "seed " + seed + ", round " + round;
        try (Jedis admin = server.jedis()) {
          everyKeyEndsAndNoSessionIsHalf(admin, where);
        }
        writers.forEach(writer -> writer.check(where));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** With what stopped each writer: a machine that is too slow, or a broken promise. */
  private static AssertionError stalled(
      String where, Semaphore done, List<Future<SessionStoreException>> runs) {
    AssertionError error =
        new AssertionError(where + ": only " + done.availablePermits() + " writes in a minute");
    for (Future<SessionStoreException> run : runs) {
      try {
        error.addSuppressed(run.get(0, TimeUnit.SECONDS));
      } catch (Exception e) {
        error.addSuppressed(e);
      }
    }
    return error;
  }

  private static void everyKeyEndsAndNoSessionIsHalf(Jedis admin, String where) {
    for (String key : admin.keys("*")) {
      assertTrue(admin.pttl(key) > 0, () -> where + ": " + key + " has no expiry");
      if (key.startsWith("session:{")) {
        byte[] text = admin.get(key.getBytes(StandardCharsets.UTF_8));
        assertNotEquals(RedisValue.None.UNREADABLE, SessionText.parse(text), where + ": " + key);
      }
    }
  }

  /** One person's client, who knows what was acknowledged, and which one write may have been. */
  private static final class Writer {
    private final SessionStore store;
    private final String name;
    private final Envelope envelope;
    private final Random random;

    /** What each session must hold, by its token. */
    private final Map<String, Integer> live = new HashMap<>();

    private final List<StoredSession> ended = new ArrayList<>();

    /** The session whose write has no answer, and what was to be written; −1 for its end. */
    private Optional<StoredSession> unsure = Optional.empty();

    private int unsureValue;

    Writer(SessionStore store, String name, Random random) {
      this.store = store;
      this.name = name;
      this.random = random;
      this.envelope =
          new Envelope(NOW, Optional.of(NOW), LATER, Optional.of(new Principal(name, Set.of())));
    }

    /** Returns what stopped it. */
    SessionStoreException runUntilOutage(Semaphore done) {
      try {
        while (true) {
          step();
          done.release();
        }
      } catch (SessionStoreException e) {
        // As told: the writer stops and the round is checked.
        return e;
      }
    }

    private void step() {
      List<String> tokens = new ArrayList<>(live.keySet());
      int dice = random.nextInt(10);
      if (tokens.size() < 3 || (dice == 0 && tokens.size() < 10)) {
        String token =
            store.create(envelope, Map.of("n", "0"), WriteOptions.at(NOW, SOON)).orElseThrow();
        live.put(token, 0);
        return;
      }
      String token = tokens.get(random.nextInt(tokens.size()));
      int value = live.getOrDefault(token, 0);
      StoredSession session = Stores.load(store, token).orElseThrow();
      unsure = Optional.of(session);
      if (dice == 1) {
        unsureValue = -1;
        Stores.end(store, session, NOW);
        live.remove(token);
        ended.add(session);
      } else if (dice == 2) {
        unsureValue = -1;
        assertTrue(Stores.index(store).revoke(name, session.handle(), NOW));
        live.remove(token);
        ended.add(session);
      } else if (dice == 3) {
        unsureValue = -1;
        String next =
            store
                .rotate(session, envelope, Changes.NONE, WriteOptions.at(NOW, SOON))
                .token()
                .orElseThrow();
        live.remove(token);
        ended.add(session);
        live.put(next, value);
      } else {
        unsureValue = value + 1;
        Changes one = new Changes(Map.of(), Set.of(), Map.of("n", 1L));
        assertTrue(store.update(session, one, WriteOptions.at(NOW, SOON)).token().isPresent());
        live.put(token, value + 1);
      }
      unsure = Optional.empty();
    }

    void check(String where) {
      unsure.ifPresent(session -> settle(session, where));
      unsure = Optional.empty();
      live.forEach(
          (token, value) -> {
            StoredSession session =
                Stores.load(store, token)
                    .orElseThrow(() -> new AssertionError(where + ": a session is lost"));
            assertEquals(Integer.toString(value), session.attributes().get("n"), where);
          });
      Set<String> listed =
          Stores.index(store).list(name, NOW).stream()
              .map(SessionInfo::handle)
              .collect(Collectors.toSet());
      for (String token : live.keySet()) {
        assertTrue(
            listed.contains(Stores.load(store, token).orElseThrow().handle()),
            where + ": unlisted");
      }
      for (StoredSession session : ended) {
        assertEquals(
            Optional.empty(), Stores.load(store, session.token()), where + ": it returned");
        assertEquals(
            Optional.empty(),
            store.update(session, Changes.NONE, WriteOptions.at(NOW, SOON)).token(),
            where);
      }
      ended.clear();
    }

    /** The write without an answer was done or not; nothing in between. */
    private void settle(StoredSession session, String where) {
      Optional<StoredSession> found = Stores.load(store, session.token());
      Integer before = live.get(session.token());
      if (found.isEmpty()) {
        assertEquals(-1, unsureValue, where + ": an increment ended a session");
        live.remove(session.token());
        return;
      }
      int value = Integer.parseInt(found.get().attributes().getOrDefault("n", "none"));
      assertTrue(before != null && (value == before || value == unsureValue), where + ": " + value);
      live.put(session.token(), value);
    }
  }
}
