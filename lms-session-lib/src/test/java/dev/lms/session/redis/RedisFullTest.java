// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import dev.lms.session.redis.server.RedisBinary;
import dev.lms.session.redis.server.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/**
 * A Redis whose memory is full, with {@code noeviction}: it refuses what needs memory, in the
 * middle of scripts and pipelines too. Nothing may be half done, and people must be able to leave.
 */
class RedisFullTest {
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

  private interface Body {
    void run(SessionStore store, Jedis admin);
  }

  private static void with(RedisBinary binary, Body body) {
    try (RedisServer server = RedisServer.start(binary, "--maxmemory-policy", "noeviction");
        Jedis admin = server.jedis();
        UnifiedJedis client = RedisConnections.open(server.url(), 4)) {
      body.run(new RedisSessionStore(client, KEYS, "session:"), admin);
    }
  }

  private static void fill(Jedis admin) {
    admin.configSet("maxmemory", "1");
  }

  private static void empty(Jedis admin) {
    admin.configSet("maxmemory", "0");
  }

  private static StoredSession load(SessionStore store, String token) {
    return Stores.load(store, token)
        .orElseThrow(() -> new AssertionError("the session is not there"));
  }

  private static Changes set(String value) {
    return new Changes(Map.of("a", value), Set.of(), Map.of());
  }

  private static List<String> listed(SessionStore store) {
    return Stores.index(store).list(ADA.id(), NOW).stream().map(SessionInfo::handle).toList();
  }

  private static void isRefused(Executable write) {
    SessionStoreException refused = assertThrows(SessionStoreException.class, write);
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("Raise its maxmemory"), message);
  }

  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_OR_NEWER"})
  void writesAreRefusedAndNothingIsLost(RedisBinary binary) {
    with(
        binary,
        (store, admin) -> {
          StoredSession session =
              load(
                  store,
                  store.create(PERSON, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
          Changes many = new Changes(Map.of("a", "2"), Set.of("b"), Map.of("n", 1L));
          fill(admin);
          isRefused(
              () -> store.create(STRANGER, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
          isRefused(() -> store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
          isRefused(() -> store.update(session, many, WriteOptions.at(NOW, FAR)));
          isRefused(() -> store.rotate(session, STRANGER, many, WriteOptions.at(NOW, SOON)));
          assertEquals(Map.of("a", "1"), load(store, session.token()).attributes());
          empty(admin);
          assertTrue(store.update(session, many, WriteOptions.at(NOW, FAR)).token().isPresent());
          assertEquals(Map.of("a", "2", "n", "1"), load(store, session.token()).attributes());
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_OR_NEWER"})
  void signingOutAndRevokingWork(RedisBinary binary) {
    with(
        binary,
        (store, admin) -> {
          StoredSession one =
              load(store, store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
          StoredSession two =
              load(store, store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
          StoredSession three =
              load(store, store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
          String four = store.create(STRANGER, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
          fill(admin);
          Stores.end(store, one, NOW);
          assertTrue(Stores.index(store).revoke(ADA.id(), two.handle(), NOW));
          assertEquals(1, Stores.index(store).revokeAll(ADA.id(), Optional.empty(), NOW));
          store.delete(four, Optional.empty(), NOW);
          empty(admin);
          for (String token : List.of(one.token(), two.token(), three.token(), four)) {
            assertEquals(Optional.empty(), Stores.load(store, token));
          }
          for (StoredSession session : List.of(one, two, three)) {
            assertEquals(
                Optional.empty(),
                store.update(session, set("back"), WriteOptions.at(NOW, FAR)).token());
          }
        });
  }

  /** Taken out of the index though it goes on, it could not be revoked. */
  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_OR_NEWER"})
  void aSessionWhoseRotationIsRefusedCanStillBeRevoked(RedisBinary binary) {
    with(
        binary,
        (store, admin) -> {
          StoredSession session =
              load(store, store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
          fill(admin);
          isRefused(() -> store.rotate(session, PERSON, Changes.NONE, WriteOptions.at(NOW, SOON)));
          isRefused(
              () -> store.rotate(session, STRANGER, Changes.NONE, WriteOptions.at(NOW, SOON)));
          assertEquals(List.of(session.handle()), listed(store));
          assertEquals(1, Stores.index(store).revokeAll(ADA.id(), Optional.empty(), NOW));
          assertEquals(Optional.empty(), Stores.load(store, session.token()));
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_OR_NEWER"})
  void whoReadsStaysSignedIn(RedisBinary binary) {
    with(
        binary,
        (store, admin) -> {
          StoredSession session =
              load(
                  store,
                  store.create(PERSON, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
          fill(admin);
          assertTrue(store.update(session, Changes.NONE, WriteOptions.at(NOW, FAR)).isStored());
          isRefused(
              () ->
                  store.update(load(store, session.token()), set("22"), WriteOptions.at(NOW, FAR)));
          StoredSession prolonged = load(store, session.token());
          assertEquals(FAR, prolonged.deadline());
          assertEquals(Map.of("a", "1"), prolonged.attributes());
        });
  }

  /** A removal needs no memory, so it may move the deadline: then the index must know. */
  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_OR_NEWER"})
  void aSessionThatIsProlongedCanStillBeRevoked(RedisBinary binary) {
    with(
        binary,
        (store, admin) -> {
          StoredSession session =
              load(
                  store,
                  store.create(PERSON, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
          Changes removal = new Changes(Map.of(), Set.of("a"), Map.of());
          fill(admin);
          assertTrue(store.update(session, removal, WriteOptions.at(NOW, FAR)).token().isPresent());
          empty(admin);
          Instant afterSoon = SOON.plusSeconds(120);
          store.create(PERSON, Map.of(), WriteOptions.at(afterSoon, FAR));
          assertEquals(FAR, load(store, session.token()).deadline());
          assertEquals(2, Stores.index(store).revokeAll(ADA.id(), Optional.empty(), afterSoon));
          assertEquals(Optional.empty(), Stores.load(store, session.token()));
        });
  }
}
