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

import dev.lms.session.Changes;
import dev.lms.session.Opened;
import dev.lms.session.SessionLimit;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.redis.RedisSessionStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one store has copies of, while others write: one with copies of its own, one without. */
class NearSessionsTest extends NearFixture {
  /** Everything that must hold everywhere once it has returned. */
  enum Write {
    SET {
      @Override
      void run(RedisSessionStore store, StoredSession session) {
        assertTrue(store.update(session, NearFixture.SET, at()).token().isPresent());
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
      until(
          "it was asked, not outlasted",
          () -> run(write, writer).compareTo(Duration.ofMillis(900)) < 0);
    }
  }

  /** How long the write took, which nothing bounds while this machine is busy elsewhere. */
  private Duration run(Write write, RedisSessionStore writer) {
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
    assertEquals(writer != near, writer.nearReads().waits() > 0);
    admin.flushAll();
    return Duration.ofNanos(took);
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
    long fills = other.nearReads().fills();
    until("a copy", () -> read(other, token).isPresent() && other.nearReads().fills() > fills);
    for (String key : admin.keys("*")) {
      assertTrue(key.startsWith("session:") && admin.pttl(key) > 0, key);
    }
    admin.flushAll();
    long start = System.nanoTime();
    until(
        "gone",
        () -> {
          long asked = System.nanoTime() - start;
          boolean gone = read(other, token).isEmpty();
          assertTrue(gone || asked < Duration.ofSeconds(1).toNanos());
          return gone;
        });
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
