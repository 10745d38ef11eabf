// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisServer;
import java.time.Duration;
import java.time.Instant;
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

/** What the index leaves in Redis, and what becomes of one that a crash or a hand has damaged. */
class RedisIndexTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Instant LATER = NOW.plus(Duration.ofDays(7));
  private static final Principal ADA = new Principal("ada", Set.of("student"));
  private static final Envelope PERSON =
      new Envelope(NOW, Optional.of(NOW), LATER, Optional.of(ADA));
  private static final SessionLimit ONE =
      SessionLimit.of(1).withWhenReached(SessionLimit.WhenReached.REFUSE);

  private static RedisServer server;
  private UnifiedJedis client;
  private Jedis admin;
  private SessionStore store;

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
    client = RedisConnections.open(server.url(), 4);
    admin = server.jedis();
    admin.flushAll();
    // A prefix whose characters mean something to SCAN.
    store = new RedisSessionStore(client, KEYS, "s[e]s*:");
  }

  @AfterEach
  void disconnect() {
    client.close();
    admin.close();
  }

  private String index() {
    Set<String> keys = admin.keys("*index:*");
    assertEquals(1, keys.size());
    return keys.iterator().next();
  }

  private StoredSession signIn(Instant deadline, Instant now) {
    return Stores.load(
            store, store.create(PERSON, Map.of(), WriteOptions.at(now, deadline)).orElseThrow())
        .orElseThrow();
  }

  private long minutesLeft() {
    return Duration.ofMillis(admin.pttl(index())).plusSeconds(30).toMinutes();
  }

  @Test
  void anIndexLivesAsLongAsItsLongestSession() {
    signIn(SOON, NOW);
    assertEquals(31, minutesLeft());
    StoredSession longest = signIn(NOW.plusSeconds(7200), NOW);
    assertEquals(121, minutesLeft());
    signIn(SOON, NOW);
    assertEquals(121, minutesLeft());
    assertTrue(
        store
            .update(longest, Changes.NONE, WriteOptions.at(NOW, NOW.plusSeconds(10800)))
            .token()
            .isPresent());
    assertEquals(181, minutesLeft());
  }

  @Test
  void anIndexOfNobodyIsNotThere() {
    StoredSession first = signIn(SOON, NOW);
    StoredSession second = signIn(SOON, NOW);
    Stores.end(store, first, NOW);
    store.delete(second.token(), Optional.empty(), NOW);
    assertEquals(Set.of(), admin.keys("*"));
  }

  @Test
  void whatHasExpiredIsTakenOutOfASmallIndexAtTheNextSignIn() {
    for (int i = 0; i < 15; i++) {
      signIn(SOON, NOW);
    }
    Instant night = SOON.plusSeconds(120);
    signIn(night.plusSeconds(1800), night);
    assertEquals(1, admin.hlen(index()));
  }

  @Test
  void anEntryWhoseSessionVanishedIsNotListedNotLiveAndDoesNotRefuseForLong() {
    StoredSession session = signIn(SOON, NOW);
    String key = admin.keys("*}" + session.handle()).iterator().next();
    admin.del(key);
    assertEquals(List.of(), Stores.index(store).list(ADA.id(), NOW));
    assertFalse(Stores.index(store).revoke(ADA.id(), session.handle(), NOW));
    assertEquals(Set.of(), admin.keys("*index:*"), "and revoking takes it out");

    StoredSession debris = signIn(SOON, NOW);
    admin.del(admin.keys("*}" + debris.handle()).iterator().next());
    Instant soonAfter = NOW.plusSeconds(30);
    assertEquals(
        Optional.empty(),
        store.create(PERSON, Map.of(), WriteOptions.at(soonAfter, SOON).withLimit(ONE)),
        "a sign-in may still be under way");
    Instant later = NOW.plusSeconds(90);
    assertTrue(
        store.create(PERSON, Map.of(), WriteOptions.at(later, SOON).withLimit(ONE)).isPresent());
    assertEquals(1, admin.hlen(index()));
    assertEquals(
        Optional.empty(),
        store.create(PERSON, Map.of(), WriteOptions.at(later, SOON).withLimit(ONE)));
  }

  @Test
  void anEntryThatWasLostComesBackWithTheNextTouch() {
    StoredSession session = signIn(SOON, NOW);
    admin.del(index());
    assertEquals(List.of(), Stores.index(store).list(ADA.id(), NOW));
    assertTrue(
        store
            .update(
                session, Changes.NONE, WriteOptions.at(NOW.plusSeconds(60), SOON.plusSeconds(60)))
            .token()
            .isPresent());
    assertEquals(1, Stores.index(store).list(ADA.id(), NOW.plusSeconds(60)).size());
    assertEquals(1, Stores.index(store).revokeAll(ADA.id(), Optional.empty(), NOW.plusSeconds(60)));
    assertEquals(Optional.empty(), Stores.load(store, session.token()));
  }

  @Test
  void anEntryThatIsNoneIsPassedOver() {
    StoredSession session = signIn(SOON, NOW);
    admin.hset(index(), "{abc}" + "0".repeat(32), "nonsense");
    admin.hset(index(), "nonsense", "1 2 3 ab");
    assertEquals(1, Stores.index(store).list(ADA.id(), NOW).size());
    assertTrue(
        store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow().length() > 0);
    assertEquals(2, Stores.index(store).revokeAll(ADA.id(), Optional.empty(), NOW));
    assertEquals(Optional.empty(), Stores.load(store, session.token()));
  }

  @Test
  void anEntryOfSomebodyElsesSessionIsNotListed() {
    StoredSession session = signIn(SOON, NOW);
    String adas = index();
    Principal bob = new Principal("bob", Set.of());
    store.create(
        new Envelope(NOW, Optional.of(NOW), LATER, Optional.of(bob)),
        Map.of(),
        WriteOptions.at(NOW, SOON));
    for (String key : admin.keys("*index:*")) {
      if (!key.equals(adas)) {
        admin.hset(key, admin.hgetAll(adas));
      }
    }
    assertEquals(1, Stores.index(store).list(bob.id(), NOW).size());
    assertEquals(session.handle(), Stores.index(store).list(ADA.id(), NOW).get(0).handle());
  }

  @Test
  void theMarkOfARevokedSessionIsNoSessionAndEndsWithIt() {
    StoredSession session = signIn(SOON, NOW);
    assertEquals(1, Stores.index(store).revokeAll(ADA.id(), Optional.empty(), NOW));
    assertEquals(new SessionCensus(0, 0), Stores.index(store).stats(NOW));
    String key = admin.keys("*").iterator().next();
    assertTrue(key.endsWith(session.handle()));
    assertEquals(31, Duration.ofMillis(admin.pttl(key)).plusSeconds(30).toMinutes());
    assertEquals(0, Stores.index(store).purge(NOW));
  }

  @Test
  void otherPeoplesKeysAreLeftAlone() {
    admin.set("cache:x", "1");
    admin.set("s[e]s*:revoked:abc", "1");
    admin.set("ses:{abc}" + "0".repeat(32), "1");
    for (int i = 0; i < 1200; i++) {
      Principal one = new Principal("p" + i, Set.of());
      Envelope envelope =
          new Envelope(NOW, Optional.of(NOW), PERSON.absoluteDeadline(), Optional.of(one));
      store.create(envelope, Map.of(), WriteOptions.at(NOW, SOON));
    }
    assertEquals(1200, Stores.index(store).stats(NOW).live());
    assertEquals(1200, Stores.index(store).purge(NOW));
    assertEquals(0, Stores.index(store).stats(NOW).live());
    assertTrue(admin.exists("cache:x"));
    assertTrue(admin.exists("s[e]s*:revoked:abc"));
    assertTrue(admin.exists("ses:{abc}" + "0".repeat(32)));
  }
}
