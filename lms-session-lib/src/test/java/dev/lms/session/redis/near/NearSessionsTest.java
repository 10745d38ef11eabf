// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.near;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.SessionLimit;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/** What one store has copies of, while others write: one with copies of its own, one without. */
class NearSessionsTest {
  private static final KeyRing KEYS = KeyRing.of("near-copies-of-sessions-are-tested-with-this");
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final Instant SOON = NOW.plus(Duration.ofMinutes(30));
  private static final Changes SET = new Changes(Map.of("a", "2"), Set.of(), Map.of());

  private static RedisServer server;
  private UnifiedJedis client;
  private UnifiedJedis otherClient;
  private RedisSessionStore near;
  private RedisSessionStore other;
  private RedisSessionStore plain;
  private Jedis admin;

  @BeforeAll
  static void startRedis() {
    server = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    server.close();
  }

  @BeforeEach
  void open() {
    admin = server.jedis();
    admin.flushAll();
    client = RedisConnections.open(server.url(), 8);
    otherClient = RedisConnections.open(server.url(), 8);
    near = RedisSessionStore.withNearCopies(client, KEYS, "session:", 1 << 20);
    other = RedisSessionStore.withNearCopies(otherClient, KEYS, "session:", 1 << 20);
    plain = new RedisSessionStore(otherClient, KEYS, "session:");
  }

  @AfterEach
  void close() {
    near.close();
    other.close();
    client.close();
    otherClient.close();
    admin.close();
  }

  private static Envelope envelope(String... roles) {
    return new Envelope(
        NOW,
        Optional.of(NOW),
        NOW.plus(Duration.ofDays(7)),
        Optional.of(new Principal("u1", Set.of(roles))));
  }

  private String begin() {
    return plain
        .create(envelope("student"), Map.of("a", "1"), WriteOptions.at(NOW, SOON))
        .orElseThrow();
  }

  private static Optional<StoredSession> read(RedisSessionStore store, String token) {
    return store.open(token, NOW) instanceof Opened.Live live
        ? Optional.of(live.session())
        : Optional.empty();
  }

  private static void until(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        fail("not within ten seconds: " + what);
      }
      Thread.onSpinWait();
    }
  }

  /** Reads until the answer came from a copy that was just made. */
  private static StoredSession copied(RedisSessionStore store, String token) {
    long fills = store.nearReads().fills();
    until(
        "a copy",
        () -> {
          long hits = store.nearReads().hits();
          read(store, token);
          return store.nearReads().fills() > fills && store.nearReads().hits() > hits;
        });
    return read(store, token).orElseThrow();
  }

  private String holders(StoredSession session) {
    return admin.keys("session:*" + session.handle() + ":near").iterator().next();
  }

  /** Calls of commands that a read or a write sends, but not those of who listens. */
  private long calls() {
    return admin
        .info("commandstats")
        .lines()
        .filter(line -> line.matches("cmdstat_(get|eval|evalsha|hgetall):calls=.*"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("^[^=]*calls=(\\d+),.*", "$1").strip()))
        .sum();
  }

  /** Everything that must hold everywhere once it has returned. */
  enum Write {
    SET {
      @Override
      void run(RedisSessionStore store, StoredSession session) {
        assertTrue(store.update(session, NearSessionsTest.SET, at()).token().isPresent());
      }
    },
    ADD {
      @Override
      void run(RedisSessionStore store, StoredSession session) {
        Changes changes = new Changes(Map.of(), Set.of(), Map.of("a", 1L));
        assertTrue(store.update(session, changes, at()).token().isPresent());
      }
    },
    SIGN_OUT {
      @Override
      void run(RedisSessionStore store, StoredSession session) {
        assertTrue(store.delete(session.token(), Optional.of(session), NOW));
      }
    },
    SIGN_OUT_BY_TOKEN {
      @Override
      void run(RedisSessionStore store, StoredSession session) {
        assertTrue(store.delete(session.token(), Optional.empty(), NOW));
      }
    },
    REVOKE {
      @Override
      void run(RedisSessionStore store, StoredSession session) {
        assertTrue(store.revoke("u1", session.handle(), NOW));
      }
    },
    REVOKE_ALL {
      @Override
      void run(RedisSessionStore store, StoredSession session) {
        assertEquals(1, store.revokeAll("u1", Optional.empty(), NOW));
      }
    },
    LIMIT {
      @Override
      void run(RedisSessionStore store, StoredSession session) {
        WriteOptions one = at().withLimit(SessionLimit.of(1));
        assertTrue(store.create(envelope("student"), Map.of(), one).isPresent());
      }
    },
    PURGE {
      @Override
      void run(RedisSessionStore store, StoredSession session) {
        assertEquals(1, store.purge(NOW));
      }
    },
    ROLES {
      @Override
      void run(RedisSessionStore store, StoredSession session) {
        assertEquals(1, store.changeRoles("u1", Set.of(), NOW));
      }
    },
    SIGN_IN {
      @Override
      void run(RedisSessionStore store, StoredSession session) {
        assertTrue(
            store.rotate(session, envelope("admin"), Changes.NONE, at()).token().isPresent());
      }
    },
    ROTATION {
      @Override
      void run(RedisSessionStore store, StoredSession session) {
        Written written =
            store.rotate(
                session, session.envelope(), Changes.NONE, at().withGrace(Duration.ofSeconds(10)));
        assertNotEquals(session.token(), written.token().orElseThrow());
      }
    };

    abstract void run(RedisSessionStore store, StoredSession session);

    private static WriteOptions at() {
      return WriteOptions.at(NOW, SOON);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatHasReturnedHoldsWhereThereWasACopy(Write write) {
    for (RedisSessionStore writer : new RedisSessionStore[] {plain, other, near}) {
      String token = begin();
      StoredSession before = copied(near, token);
      if (writer == other) {
        copied(other, token); // Both have one.
      }
      long start = System.nanoTime();
      write.run(writer, before);
      long took = System.nanoTime() - start;
      assertNotEquals(Optional.of(before), read(near, token));
      assertEquals(read(plain, token), read(near, token));
      assertEquals(read(plain, token), read(other, token));
      assertEquals(writer == near ? 0 : 1, writer.nearReads().waits() > 0 ? 1 : 0);
      assertTrue(took < Duration.ofMillis(900).toNanos(), "it was asked, not outlasted");
      near.revokeAll("u1", Optional.empty(), NOW);
      near.close();
      near = RedisSessionStore.withNearCopies(client, KEYS, "session:", 1 << 20);
    }
  }

  @Test
  void readingACopyAndSigningOutWithOneNodeCostNothingMore() {
    String token = begin();
    StoredSession session = copied(near, token);
    long before = calls();
    for (int i = 0; i < 50; i++) {
      assertEquals(Optional.of(session), read(near, token));
    }
    assertEquals(before, calls(), "reads from a copy that is younger than its lease");
    assertTrue(near.delete(token, Optional.of(session), NOW));
    assertEquals(0, near.nearReads().waits());
    assertFalse(read(near, token).isPresent());
  }

  @Test
  void aNodeThatDoesNotAnswerIsWaitedForOnceAndAtMostASecond() {
    String token = begin();
    StoredSession session = copied(near, token);
    admin.hset(holders(session), "a-node-that-was-stopped", "7");
    long start = System.nanoTime();
    Write.SET.run(plain, session);
    long took = System.nanoTime() - start;
    assertTrue(took > Duration.ofMillis(950).toNanos(), "its lease may have lasted so long");
    assertEquals("2", read(near, token).orElseThrow().attributes().get("a"));
    Write.ADD.run(plain, session);
    assertEquals(1, plain.nearReads().waits());
  }

  @Test
  void whoeverEndsTheSameAtTheSameTimeWaitsToo() throws Exception {
    String token = begin();
    StoredSession session = copied(near, token);
    admin.hset(holders(session), "a-node-that-was-stopped", "7");
    Thread first = new Thread(() -> plain.revokeAll("u1", Optional.empty(), NOW));
    first.start();
    until("the first has ended it", () -> read(plain, token).isEmpty());
    assertEquals(0, other.revokeAll("u1", Optional.empty(), NOW));
    assertEquals(1, other.nearReads().waits(), "the stopped node may have a copy yet");
    first.join();
    assertEquals(1, plain.nearReads().waits());
  }

  /** As one whose connection was cut and that is sent on much later. */
  @Test
  void aChangeThatComesLateMeetsTheCopyOfItsOwnNode() throws IOException {
    String token = begin();
    StoredSession session = copied(near, token);
    String holders = holders(session);
    String node = admin.hgetAll(holders).keySet().iterator().next();
    byte[] change = {0, 0, 0, 1, 'a', 0, 0, 0, 4, 'l', 'a', 't', 'e'};
    Object answer =
        admin.eval(
            commit(),
            List.of(holders.replace(":near", "").getBytes(UTF_8), holders.getBytes(UTF_8)),
            List.of(new byte[0], change, (node + " 0").getBytes(UTF_8)));
    assertInstanceOf(List.class, answer);
    assertEquals("1", read(plain, token).orElseThrow().attributes().get("a"));
  }

  private static byte[] commit() throws IOException {
    try (InputStream in = RedisSessionStore.class.getResourceAsStream("commit.lua")) {
      return requireNonNull(in).readAllBytes();
    }
  }

  @Test
  void whatIsAbsentIsAskedForEachTime() {
    String token = begin();
    StoredSession session = copied(near, token);
    plain.delete(token, Optional.of(session), NOW);
    admin.flushAll();
    long before = calls();
    for (int i = 0; i < 5; i++) {
      assertFalse(read(near, token).isPresent());
    }
    assertTrue(calls() - before >= 5);
    assertEquals(Set.of(), admin.keys("*:near"));
  }

  @Test
  void aCopyThatSaysTheSessionHasEndedIsNotBelieved() {
    String token = begin();
    StoredSession session = copied(near, token);
    Instant later = SOON.plus(Duration.ofMinutes(30));
    assertTrue(
        plain
            .update(session, Changes.NONE, WriteOptions.at(SOON.minusSeconds(1), later))
            .token()
            .isPresent());
    Opened opened = near.open(token, SOON.plusSeconds(1));
    assertEquals(later, assertInstanceOf(Opened.Live.class, opened).session().deadline());
  }

  @Test
  void whatRedisForgotIsForgottenWithinASecondAndEveryKeyEnds() {
    String token = begin();
    copied(near, token);
    for (String key : admin.keys("*")) {
      assertTrue(key.startsWith("session:") && admin.pttl(key) > 0, key);
    }
    admin.flushAll();
    long start = System.nanoTime();
    until("gone", () -> read(near, token).isEmpty());
    assertTrue(System.nanoTime() - start < Duration.ofSeconds(1).toNanos());
  }

  @Test
  void aNodeThatClosesIsNotWaitedFor() {
    String token = begin();
    StoredSession session = copied(near, token);
    near.close();
    Write.SET.run(plain, session);
    assertEquals(0, plain.nearReads().waits());
    assertEquals("2", read(near, token).orElseThrow().attributes().get("a"));
  }

  @Test
  void copiesNeedMemory() {
    assertThrows(
        IllegalArgumentException.class,
        () -> RedisSessionStore.withNearCopies(client, KEYS, "session:", 0));
  }
}
