package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.CookieSettings;
import dev.lms.session.KeyRing;
import dev.lms.session.Lifetimes;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreContract;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.StoredSession;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

class RedisSessionStoreTest extends SessionStoreContract {
  private static RedisServer server;
  private UnifiedJedis client;
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
  void connect() {
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

  @Test
  void everyKeyHasThePrefixAndADeadline() {
    SessionStore store = store();
    String token = store.create(person(), Map.of("a", "1"), SOON, NOW);
    assertTrue(store.rotate(loaded(store, token), person(), Changes.NONE, SOON, NOW).isPresent());
    store.create(stranger(), Map.of(), SOON, NOW);
    Set<String> keys = admin.keys("*");
    assertEquals(2, keys.size());
    for (String key : keys) {
      assertTrue(key.startsWith("session:"), key);
      long seconds = admin.ttl(key);
      assertTrue(seconds > 29 * 60 && seconds <= 31 * 60, key + " lives " + seconds + " s");
    }
  }

  @Test
  void theTokenIsNowhereInRedis() {
    String token = store().create(person(), Map.of("a", "1"), SOON, NOW);
    for (String key : admin.keys("*")) {
      String everything = key + admin.hgetAll(key);
      assertTrue(!everything.contains(token.substring(3, 25)), everything);
    }
  }

  @Test
  void whoCanWriteToRedisCannotBecomeSomebodyElse() {
    SessionStore store = store();
    String mine = store.create(stranger(), Map.of(), SOON, NOW);
    String key = admin.keys("*").iterator().next();
    String others = store.create(person(), Map.of(), SOON, NOW);
    String envelope =
        admin.keys("*").stream()
            .filter(k -> !k.equals(key))
            .map(k -> admin.hget(k, "envelope"))
            .findFirst()
            .orElseThrow();
    admin.hset(key, "envelope", envelope);
    assertEquals(Optional.empty(), store.load(mine), "an envelope moved from another session");
    assertTrue(store.load(others).isPresent());
    admin.hset(key, "envelope", envelope.replaceFirst("student", "admin"));
    assertEquals(Optional.empty(), store.load(mine), "an envelope with another role");
  }

  @Test
  void halfASessionIsAbsent() {
    SessionStore store = store();
    for (String field : List.of("envelope", "deadline")) {
      String token = store.create(person(), Map.of("a", "1"), SOON, NOW);
      StoredSession session = loaded(store, token);
      String key = keyOf(session);
      admin.hdel(key, field);
      assertEquals(Optional.empty(), store.load(token), "without its " + field);
      admin.hset(key, field, "nonsense");
      assertEquals(Optional.empty(), store.load(token), "with a broken " + field);
    }
  }

  private String keyOf(StoredSession session) {
    return admin.keys("*" + session.handle()).iterator().next();
  }

  @Test
  void scriptsAreSentAgainWhenRedisForgotThem() {
    SessionStore store = store();
    String token = store.create(person(), Map.of(), SOON, NOW);
    admin.scriptFlush();
    assertTrue(store.update(loaded(store, token), set("a", "1"), SOON, NOW).isPresent());
    assertEquals("1", loaded(store, token).attributes().get("a"));
  }

  // G10: round trips, counted by Redis.

  private static Sessions sessions(SessionStore store) {
    return new Sessions(
        store,
        KEYS,
        CookieSettings.insecureDefaults(),
        Lifetimes.DEFAULT,
        Clock.fixed(NOW, ZoneOffset.UTC));
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

  /** What Redis counts, less the two calls that ask for the count. */
  private long reads(Runnable requests) {
    long before = totalReads();
    requests.run();
    return totalReads() - before - 1;
  }

  private long totalReads() {
    return admin
        .info("stats")
        .lines()
        .filter(line -> line.startsWith("total_reads_processed:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElseThrow();
  }

  // Outages.

  @Test
  void anOutageIsAnExceptionAndEndsWithoutARestart() {
    RedisServer other = RedisServer.start();
    try (UnifiedJedis redis = RedisConnections.open(other.url(), 4)) {
      SessionStore store = new RedisSessionStore(redis, KEYS, "session:");
      String token = store.create(person(), Map.of(), SOON, NOW);
      other.close();
      assertThrows(SessionStoreException.class, () -> store.load(token));
      assertThrows(SessionStoreException.class, () -> store.delete(token, NOW));
      other = RedisServer.start(other.port());
      assertEquals(Optional.empty(), store.load(token));
      String next = store.create(person(), Map.of(), SOON, NOW);
      assertTrue(store.load(next).isPresent());
    } finally {
      other.close();
    }
  }
}
