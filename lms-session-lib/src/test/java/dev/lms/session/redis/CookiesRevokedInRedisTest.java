// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.contract.SessionStoreContract;
import dev.lms.session.cookie.CookieSessionStore;
import dev.lms.session.redis.server.RedisServer;
import dev.lms.session.store.Revocations;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/** Sealed cookies whose sign-outs every worker on one Redis knows. */
class CookiesRevokedInRedisTest extends SessionStoreContract {
  private static RedisServer server;
  private static UnifiedJedis client;

  @BeforeAll
  static void startRedis() {
    server = RedisServer.start();
    client = RedisConnections.open(server.url(), 16);
  }

  @AfterAll
  static void stopRedis() {
    client.close();
    server.close();
  }

  @Override
  protected SessionStore open(KeyRing keys) {
    Revocations revocations = new RedisRevocations(client, "session:");
    return new CookieSessionStore(keys, "session", "tests", revocations);
  }

  @Test
  void onlyTheFirstRevokesAndTheMarkEndsByItself() {
    Revocations one = new RedisRevocations(client, "session:");
    Revocations two = new RedisRevocations(client, "session:");
    assertFalse(two.isRevoked("aa11"));
    assertTrue(one.revoke("aa11", NOW.plusSeconds(60), NOW));
    assertFalse(two.revoke("aa11", NOW.plusSeconds(60), NOW));
    assertTrue(two.isRevoked("aa11"));
    livesAMinuteLongerThan(Duration.ofSeconds(60), "aa11");
  }

  private static void livesAMinuteLongerThan(Duration asked, String handle) {
    long atMost = asked.plusMinutes(1).toSeconds();
    try (Jedis admin = server.jedis()) {
      long seconds = admin.ttl("session:revoked:" + handle);
      assertTrue(atMost - 10 < seconds && seconds <= atMost, "lives " + seconds + " s");
    }
  }

  /** By the clock of the worker where it is signed out the cookie has ended; not by others'. */
  @Test
  void aWorkerWhoseClockIsAheadSignsOutForTheOthersToo() {
    Revocations ahead = new RedisRevocations(client, "session:");
    assertTrue(ahead.revoke("bb22", NOW, NOW.plusSeconds(30)));
    livesAMinuteLongerThan(Duration.ZERO, "bb22");
  }

  @Test
  void aRestartOfRedisFailsNoLook() {
    RedisServer other = RedisServer.start();
    try (UnifiedJedis redis = RedisConnections.open(other.url(), 2)) {
      Revocations revocations = new RedisRevocations(redis, "session:");
      assertFalse(revocations.isRevoked("aa11"));
      other.kill();
      other.restart();
      assertFalse(revocations.isRevoked("aa11"));
    } finally {
      other.close();
    }
  }

  @Test
  void anOutageIsAnException() {
    RedisServer other = RedisServer.start();
    try (UnifiedJedis redis = RedisConnections.open(other.url(), 2)) {
      Revocations revocations = new RedisRevocations(redis, "session:");
      assertFalse(revocations.isRevoked("aa11"));
      other.close();
      assertThrows(SessionStoreException.class, () -> revocations.isRevoked("aa11"));
      assertThrows(
          SessionStoreException.class, () -> revocations.revoke("aa11", NOW.plusSeconds(60), NOW));
    }
    assertEquals(false, other.process().isAlive());
  }
}
