// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.Opened;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/** What stands in Redis for a session, and that nobody gains who can write there. */
abstract class RedisContentsContract extends SessionStoreContract {
  static @Nullable RedisServer server;
  UnifiedJedis client;
  Jedis admin;

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

  String keyOf(StoredSession session) {
    return admin.keys("*" + session.handle()).iterator().next();
  }

  final MovableClock clock = new MovableClock(NOW);

  Sessions sessions(SessionStore store) {
    return Sessions.builder(store, KEYS).settings(SessionSettings.plainHttp()).clock(clock).build();
  }
}
