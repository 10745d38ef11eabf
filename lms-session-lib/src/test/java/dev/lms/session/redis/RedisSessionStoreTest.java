// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.contract.SessionStoreContract;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisBinary;
import dev.lms.session.redis.server.RedisServer;
import dev.lms.session.testkit.MovableClock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

class RedisSessionStoreTest extends SessionStoreContract {
  private static @Nullable RedisServer server;
  private UnifiedJedis client;
  private Jedis admin;

  /** The oldest that is promised; {@link Redis7SessionStoreTest} runs the same on a newer one. */
  RedisBinary binary() {
    return RedisBinary.V6_2;
  }

  @AfterAll
  static void stopRedis() {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  @BeforeEach
  void connect() {
    if (server == null) {
      server = RedisServer.start(binary());
    }
    client = RedisConnections.open(server.url(), 16);
    admin = server.jedis();
    admin.flushAll();
  }

  @AfterEach
  void disconnect() {
    client.close();
    admin.close();
  }

  @Override
  protected SessionStore open(KeyRing keys) {
    return new RedisSessionStore(client, keys, "session:");
  }

  @Override
  protected OptionalLong roundTrips() {
    return OptionalLong.of(RedisServer.totalReads(admin));
  }

  @Test
  void theVersionIsTheOneThatIsPromised() {
    String version = RedisServer.version(admin);
    System.getLogger("versions").log(Level.INFO, "the contract runs on Redis {0}", version);
    int major = Integer.parseInt(version.substring(0, version.indexOf('.')));
    assertTrue(binary() == RedisBinary.V6_2 ? version.startsWith("6.2.") : major >= 7, version);
  }

  @Test
  void everyKeyHasThePrefixAndADeadline() {
    SessionStore store = store();
    String token =
        store.create(person(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    assertTrue(
        store
            .rotate(loaded(store, token), person(), Changes.NONE, WriteOptions.at(NOW, SOON))
            .token()
            .isPresent());
    store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON));
    String revoked =
        loaded(store, store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow())
            .handle();
    assertTrue(Stores.index(store).revoke(person().principal().orElseThrow().id(), revoked, NOW));
    Set<String> keys = admin.keys("*");
    assertEquals(
        5, keys.size(), "two sessions, where one was, an index, and the mark of what was revoked");
    for (String key : keys) {
      assertTrue(key.startsWith("session:"), key);
      long seconds = admin.ttl(key);
      assertTrue(seconds > 29 * 60 && seconds <= 31 * 60, key + " lives " + seconds + " s");
    }
  }

  /** Redis ends a key while commits to it are under way, thousands of them in that millisecond. */
  @Test
  void noCommitLeavesASessionWithoutAnEnd() {
    SessionStore store = store();
    String value = "v".repeat(300);
    List<Changes> kinds =
        List.of(
            new Changes(Map.of("a", value), Set.of(), Map.of()),
            new Changes(Map.of("a", value), Set.of("b"), Map.of()),
            new Changes(Map.of(), Set.of(), Map.of("n", 1L)));
    for (int round = 0; round < 60; round++) {
      List<StoredSession> sessions = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        sessions.add(
            loaded(
                store,
                store
                    .create(stranger(), Map.of("n", "1"), WriteOptions.at(NOW, SOON))
                    .orElseThrow()));
      }
      long end = redisMillis() + 6;
      admin.keys("*").forEach(key -> admin.pexpireAt(key, end));
      // Both clocks are this machine's.
      for (int i = 0; redisMillis() <= end; i++) {
        StoredSession session = sessions.get(i % sessions.size());
        Instant deadline = i % 7 == 0 ? SOON.minusSeconds(1) : SOON;
        store.update(session, kinds.get(i % kinds.size()), WriteOptions.at(NOW, deadline));
      }
      // One that a commit prolonged in time may be there, but not for ever.
      String where = "round " + round;
      admin.keys("*").forEach(key -> assertNotEquals(-1, admin.pttl(key), where));
    }
  }

  private long redisMillis() {
    List<String> time = admin.time();
    return Long.parseLong(time.get(0)) * 1000 + Long.parseLong(time.get(1)) / 1000;
  }

  @Test
  void theTokenIsNowhereInRedis() {
    String token =
        store().create(person(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    for (String key : admin.keys("*")) {
      assertTrue(!key.contains("zo"), "nor whose it is in the name of a key: " + key);
      boolean isIndex = admin.type(key).equals("hash");
      String everything = key + (isIndex ? admin.hgetAll(key) : text(key));
      assertTrue(!everything.contains(token.substring(3, 25)), everything);
    }
  }

  @Test
  void whoCanWriteToRedisCannotBecomeSomebodyElse() {
    SessionStore store = store();
    String mine = store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    String key = admin.keys("*").iterator().next();
    String others = store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    String other = keyOf(loaded(store, others));
    put(key, text(other));
    assertEquals(
        Optional.empty(), Stores.load(store, mine), "what stood under another session's key");
    String role = text(other).replaceFirst("student", "teacher");
    assertTrue(role.contains("teacher"));
    put(other, role);
    assertEquals(Optional.empty(), Stores.load(store, others), "an envelope with another role");
  }

  @Test
  void whoCanWriteToRedisCannotMakeASessionOutliveItsAbsoluteDeadline() {
    SessionStore store = store();
    Envelope ended = new Envelope(NOW, Optional.empty(), NOW, Optional.empty());
    String token = store.create(ended, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    assertTrue(Stores.load(store, token).isPresent(), "its sliding deadline has not passed");
    assertEquals(false, sessions(store).open(List.of("session=" + token)).exists());
  }

  @Test
  void whoCanWriteToRedisCannotForwardAnIdToAnothersSession() {
    SessionStore store = store();
    String mine = store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession thief = loaded(store, mine);
    Written written =
        store.rotate(
            thief, thief.envelope(), Changes.NONE, WriteOptions.at(NOW, SOON).withGrace(GRACE));
    StoredSession rotated = loaded(store, written.token().orElseThrow());
    StoredSession other =
        loaded(
            store,
            store.create(person(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
    // Into the same group, where an alias looks for it.
    String target = keyOf(rotated).replace(rotated.handle(), other.handle());
    admin.rename(keyOf(other), target);
    String forward = admin.get(keyOf(thief)).substring("next ".length());
    assertTrue(store.open(mine, NOW) instanceof Opened.Live, forward);
    for (String forged :
        List.of(
            forward.replace(rotated.handle(), other.handle()),
            forward.replaceFirst("\\|\\d+\\|", "|" + LATER.toEpochMilli() + "|"),
            "next|" + other.handle() + "|" + LATER.toEpochMilli(),
            "nonsense")) {
      admin.set(keyOf(thief), "next " + forged);
      assertEquals(Opened.ABSENT, store.open(mine, NOW), forged);
      store.delete(mine, Optional.empty(), NOW);
      assertTrue(admin.exists(target), forged);
    }
  }

  @Test
  void anAliasCostsOneRoundTripMore() {
    Sessions sessions = sessions(store());
    Session first = sessions.open(null);
    first.set("a", "1");
    first.commit();
    List<String> old = cookie(first);
    Session warmUp = sessions.open(old);
    warmUp.set("a", "2");
    warmUp.commit();
    Session rotating = sessions.open(old);
    assertEquals(
        2,
        reads(
            () -> {
              rotating.rotate();
              rotating.commit();
            }),
        "a rotation: read and write");
    assertEquals(1, reads(() -> sessions.open(cookie(rotating)).attributes()), "the new id");
    assertEquals(2, reads(() -> sessions.open(old).attributes()), "the old one");
    assertEquals(
        3,
        reads(
            () -> {
              Session session = sessions.open(old);
              session.set("b", session.get("a").orElseThrow());
              session.commit();
            }),
        "a write through the old one");
    clock.move(GRACE);
    assertEquals(1, reads(() -> sessions.open(old).exists()), "the old one, after its grace");
  }

  @Test
  void whatIsNoWholeSessionIsAbsentAndCanBeEnded() {
    SessionStore store = store();
    int unreadable = 0;
    for (BiConsumer<String, String> harm :
        List.<BiConsumer<String, String>>of(
            (key, text) -> put(key, text.substring(0, text.length() - 1)),
            (key, text) -> put(key, text.substring(0, 30)),
            (key, text) -> put(key, text.substring(0, 20)),
            (key, text) -> admin.setrange(key, 12, "x"),
            (key, text) -> admin.append(key, "nonsense"),
            (key, text) -> put(key, ""),
            (key, text) -> put(key, "nonsense"),
            (key, text) -> {
              admin.del(key);
              admin.hset(key, "a", "1");
            })) {
      String token =
          store
              .create(person(), Map.of("a", "1", "b", "2"), WriteOptions.at(NOW, SOON))
              .orElseThrow();
      StoredSession session = loaded(store, token);
      String key = keyOf(session);
      harm.accept(key, text(key));
      assertEquals(Optional.empty(), Stores.load(store, token));
      assertEquals(++unreadable, ((RedisSessionStore) store).unreadable());
      boolean isSession = admin.type(key).equals("string") && text(key).length() > 30;
      if (isSession) {
        Changes add = new Changes(Map.of(), Set.of(), Map.of("n", 1L));
        assertFalse(
            store.update(session, add, WriteOptions.at(NOW, SOON)).isStored(),
            "who loaded it before");
      }
      store.delete(token, Optional.empty(), NOW);
      assertFalse(admin.exists(key));
    }
  }

  /** Byte for byte: lengths are no UTF-8. */
  private String text(String key) {
    return new String(admin.get(key.getBytes(ISO_8859_1)), ISO_8859_1);
  }

  private void put(String key, String text) {
    admin.set(key.getBytes(ISO_8859_1), text.getBytes(ISO_8859_1));
  }

  private String keyOf(StoredSession session) {
    return admin.keys("*" + session.handle()).iterator().next();
  }

  @Test
  void aSessionMayHaveMoreAttributesThanLuaUnpacksAtOnce() {
    Map<String, String> many =
        IntStream.range(0, 5000).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "v" + i));
    SessionStore store = store();
    String token = store.create(stranger(), many, WriteOptions.at(NOW, SOON)).orElseThrow();
    assertEquals(many, loaded(store, token).attributes());
    Map<String, String> changed =
        IntStream.range(0, 5000).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "w" + i));
    Changes changes = new Changes(changed, Set.of(), Map.of());
    assertTrue(
        store
            .update(loaded(store, token), changes, WriteOptions.at(NOW, SOON))
            .token()
            .isPresent());
    assertEquals(changed, loaded(store, token).attributes());
  }

  @Test
  void whatIsChangedOftenIsWrittenAnewBeforeItGetsLong() {
    SessionStore store = store();
    String token =
        store
            .create(stranger(), Map.of("a", "x".repeat(1000), "n", "0"), WriteOptions.at(NOW, SOON))
            .orElseThrow();
    StoredSession session = loaded(store, token);
    String key = keyOf(session);
    long begun = admin.strlen(key);
    long longest = 0;
    for (int i = 1; i <= 500; i++) {
      assertTrue(store.update(session, set("n", "" + i), WriteOptions.at(NOW, SOON)).isStored());
      assertEquals(Map.of("a", "x".repeat(1000), "n", "" + i), loaded(store, token).attributes());
      assertTrue(admin.pttl(key) > 0, "it still ends");
      longest = Math.max(longest, admin.strlen(key));
    }
    assertTrue(longest > begun, "at first it is appended to");
    assertTrue(longest <= 1.25 * (begun + 10) + 256, longest + " bytes, " + begun + " at first");
  }

  @Test
  void scriptsAreSentAgainWhenRedisForgotThem() {
    SessionStore store = store();
    admin.scriptFlush();
    String token = store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    admin.scriptFlush();
    assertTrue(
        store
            .update(loaded(store, token), set("a", "1"), WriteOptions.at(NOW, SOON))
            .token()
            .isPresent());
    assertEquals("1", loaded(store, token).attributes().get("a"));
    admin.scriptFlush();
    assertTrue(
        Stores.index(store)
            .revoke(person().principal().orElseThrow().id(), loaded(store, token).handle(), NOW));
  }

  // G10: round trips, counted by Redis.

  private final MovableClock clock = new MovableClock(NOW);

  private Sessions sessions(SessionStore store) {
    return Sessions.builder(store, KEYS).settings(SessionSettings.plainHttp()).clock(clock).build();
  }

  private static List<String> cookie(Session session) {
    return List.of(session.setCookie().orElseThrow().replaceFirst(";.*", ""));
  }

  @Test
  void roundTripsStayWithinTheBudget() {
    Sessions sessions = sessions(store());
    for (int warmUp = 0; warmUp < 2; warmUp++) {
      Session first = sessions.open(null);
      first.set("a", "1");
      first.commit();
      Session second = sessions.open(cookie(first));
      second.signIn(new Principal("warm", Set.of()));
      second.commit();
    }

    Session[] held = new Session[1];
    assertEquals(0, reads(() -> sessions.open(null).attributes()), "a stranger without a cookie");
    assertEquals(
        0,
        reads(() -> sessions.open(List.of("session=" + "A".repeat(47))).attributes()),
        "a forged id");
    assertEquals(
        1,
        reads(
            () -> {
              held[0] = sessions.open(null);
              held[0].set("a", "1");
              held[0].commit();
            }),
        "a create");
    List<String> anonymous = cookie(held[0]);
    assertEquals(
        1,
        reads(
            () -> {
              Session session = sessions.open(anonymous);
              session.attributes();
              session.principal();
              session.commit();
            }),
        "a read");
    assertEquals(
        2,
        reads(
            () -> {
              Session session = sessions.open(anonymous);
              session.set("b", session.get("a").orElseThrow());
              session.commit();
            }),
        "a write");
    assertEquals(
        2,
        reads(
            () -> {
              held[0] = sessions.open(anonymous);
              held[0].signIn(new Principal("u1", Set.of("student")));
              held[0].set("name", "U One");
              held[0].commit();
            }),
        "a sign-in");
    List<String> signedIn = cookie(held[0]);
    assertEquals(
        2,
        reads(
            () -> {
              Session session = sessions.open(signedIn);
              session.set("b", session.get("a").orElseThrow());
              session.commit();
            }),
        "a signed-in write");
    clock.move(Duration.ofMinutes(2));
    assertEquals(
        2,
        reads(
            () -> {
              Session session = sessions.open(signedIn);
              session.principal();
              session.commit();
            }),
        "a touch, told to the index too");
    assertEquals(
        2,
        reads(
            () -> {
              Session session = sessions.open(signedIn);
              session.principal();
              session.end();
              session.commit();
            }),
        "a sign-out: one beyond the handler's own read");
    assertEquals(
        1,
        reads(() -> sessions.open(signedIn).exists()),
        "an id that ended: one read, not adopted");
  }

  @Test
  void aSignInThatEndsAnotherCostsOneRoundTripMore() {
    SessionStore store = store();
    Principal person = new Principal("u1", Set.of());
    for (SessionLimit.WhenReached whenReached : SessionLimit.WhenReached.values()) {
      SessionLimit one = SessionLimit.of(1).withWhenReached(whenReached);
      Sessions sessions =
          Sessions.builder(store, KEYS)
              .settings(SessionSettings.defaults().withLimit(one))
              .clock(clock)
              .build();
      sessions.revokeAll("u1");
      List<Session> visitors = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Session first = sessions.open(null);
        first.set("a", "1");
        first.commit();
        visitors.add(sessions.open(cookie(first)));
      }
      visitors.get(0).signIn(person);
      visitors.get(0).commit();
      long cost =
          reads(
              () -> {
                visitors.get(1).signIn(person);
                visitors.get(1).commit();
              });
      boolean refuses = one.refuses();
      // Refusing: read, ask, and look at the entries in case they are debris of a crash.
      assertEquals(3, cost, whenReached::toString);
      assertEquals(!refuses, visitors.get(1).exists() && visitors.get(1).principal().isPresent());
    }
  }

  /** What Redis counts, less the two calls that ask for the count. */
  private long reads(Runnable requests) {
    long before = RedisServer.totalReads(admin);
    requests.run();
    return RedisServer.totalReads(admin) - before - 1;
  }

  // Outages.

  @Test
  void anOutageIsAnExceptionAndEndsWithoutARestart() {
    RedisServer other = RedisServer.start();
    try (UnifiedJedis redis = RedisConnections.open(other.url(), 4)) {
      SessionStore store = new RedisSessionStore(redis, KEYS, "session:");
      String token = store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      other.close();
      assertThrows(SessionStoreException.class, () -> Stores.load(store, token));
      assertThrows(SessionStoreException.class, () -> store.delete(token, Optional.empty(), NOW));
      other = RedisServer.start(other.port());
      assertEquals(Optional.empty(), Stores.load(store, token));
      String next = store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      assertTrue(Stores.load(store, next).isPresent());
    } finally {
      other.close();
    }
  }
}
