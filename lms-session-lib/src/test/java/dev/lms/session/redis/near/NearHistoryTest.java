// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.server.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.UnifiedJedis;

/**
 * Many threads read one session from the copies of three stores as fast as they can, while others
 * count in it and end it in the end, and connections are cut. Whoever reads sees no less than what
 * was acknowledged, or seen by anybody, before they asked.
 */
class NearHistoryTest {
  private static final KeyRing KEYS = KeyRing.of("near-copies-of-sessions-are-tested-with-this");
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final WriteOptions AT = WriteOptions.at(NOW, NOW.plus(Duration.ofMinutes(30)));
  private static final Changes ONE = new Changes(Map.of(), Set.of(), Map.of("n", 1L));
  private static final int STORES = 3;
  private static final int THREADS = 6;

  /** One life of one session. */
  private static final class Life {
    private final StoredSession session;
    private final AtomicInteger begun = new AtomicInteger();

    private final AtomicInteger acknowledged = new AtomicInteger();

    /** The most that anybody saw. */
    private final AtomicInteger seen = new AtomicInteger();

    private volatile boolean ended;

    Life(StoredSession session) {
      this.session = session;
    }
  }

  private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();

  @Test
  void nobodySeesLessThanWasSeenOrAcknowledged() throws Exception {
    run(6, Duration.ofMillis(150));
  }

  @Test
  @Tag("long")
  void nobodySeesLessThanWasSeenOrAcknowledgedInManyLives() throws Exception {
    run(400, Duration.ofMillis(300));
  }

  private void run(int lives, Duration each) throws Exception {
    long seed = Long.getLong("history.seed", System.nanoTime());
    String sentence = "-Dhistory.seed=" + seed;
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<UnifiedJedis> clients = new ArrayList<>();
    List<RedisSessionStore> stores = new ArrayList<>();
    try (RedisServer server = RedisServer.start();
        Jedis admin = server.jedis()) {
      for (int i = 0; i < STORES; i++) {
        clients.add(RedisConnections.open(server.url(), THREADS + 4));
        stores.add(RedisSessionStore.withNearCopies(clients.get(i), KEYS, "session:", 1L << 20));
      }
      boolean used = false;
      for (int life = 0; life < lives || !used; life++) {
        Random random = new Random(seed + life);
        live(threads, stores, random, each, life % 3 == 2 ? admin : null);
        assertEquals(List.of(), List.copyOf(violations), sentence);
        long hits = stores.stream().mapToLong(store -> store.nearReads().hits()).sum();
        long waits = stores.stream().mapToLong(store -> store.nearReads().waits()).sum();
        // A busy machine needs more lives for it.
        used = hits > 50L * lives && waits > lives;
        assertTrue(used || life < 20 * lives, hits + " hits, " + waits + " waits");
      }
    } finally {
      threads.shutdown();
      assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
      stores.forEach(RedisSessionStore::close);
      clients.forEach(UnifiedJedis::close);
    }
  }

  private void live(
      ExecutorService threads,
      List<RedisSessionStore> stores,
      Random random,
      Duration time,
      @Nullable Jedis trouble)
      throws Exception {
    Envelope envelope =
        new Envelope(
            NOW,
            Optional.of(NOW),
            NOW.plus(Duration.ofDays(7)),
            Optional.of(new Principal("u1", Set.of())));
    String token = stores.get(0).create(envelope, Map.of(), AT).orElseThrow();
    Life life = new Life(load(stores.get(0), token).orElseThrow());
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random own = new Random(random.nextLong());
      all.add(threads.submit(() -> act(life, stores, own)));
    }
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
      if (trouble != null && random.nextInt(1_000_000) == 0) {
        trouble.sendCommand(Protocol.Command.CLIENT, "KILL", "TYPE", "normal");
      }
    }
    int how = random.nextInt(3);
    while (!end(stores.get(random.nextInt(STORES)), life, token, how)) {
      how = 1; // A connection was cut, and it may have been done: until somebody says so.
    }
    life.ended = true;
    for (Future<?> one : all) {
      one.get(60, TimeUnit.SECONDS);
    }
  }

  /** Whether its end was acknowledged. */
  private static boolean end(RedisSessionStore store, Life life, String token, int how) {
    try {
      switch (how) {
        case 0 -> store.delete(token, Optional.of(life.session), NOW);
        case 1 -> store.revokeAll("u1", Optional.empty(), NOW);
        default -> store.purge(NOW);
      }
      return true;
    } catch (SessionStoreException e) {
      return false;
    }
  }

  private static Optional<StoredSession> load(RedisSessionStore store, String token) {
    return store.open(token, NOW) instanceof Opened.Live live
        ? Optional.of(live.session())
        : Optional.empty();
  }

  private void act(Life life, List<RedisSessionStore> stores, Random random) {
    int afterwards = 0;
    while (afterwards < 20) {
      boolean wasEnded = life.ended;
      afterwards += wasEnded ? 1 : 0;
      RedisSessionStore store = stores.get(random.nextInt(STORES));
      StoredSession session = life.session;
      try {
        if (random.nextInt(400) == 0) {
          life.begun.incrementAndGet();
          if (store.update(session, ONE, AT).token().isPresent()) {
            life.acknowledged.incrementAndGet();
          }
        } else {
          int least = Math.max(life.acknowledged.get(), life.seen.get());
          look(life, wasEnded, least, load(store, session.token()));
        }
      } catch (SessionStoreException e) {
        // A connection was cut: nothing was seen, and what was to be done may have been.
      }
    }
  }

  private void look(Life life, boolean wasEnded, int least, Optional<StoredSession> found) {
    if (found.isEmpty()) {
      return;
    }
    int shown = Integer.parseInt(found.get().attributes().getOrDefault("n", "0"));
    if (wasEnded) {
      violations.add("alive after its end had returned");
    } else if (shown < least || shown > life.begun.get()) {
      violations.add(shown + " is not from " + least + " to " + life.begun.get());
    }
    life.seen.accumulateAndGet(shown, Math::max);
  }
}
