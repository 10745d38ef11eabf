// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.SessionStoreException;
import dev.lms.session.redis.server.RedisBinary;
import dev.lms.session.redis.server.RedisServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/** A master that asks for a password, behind a Sentinel that does, and behind one that does not. */
class RedisSentinelAccessTest {
  private static final RedisBinary BINARY = RedisBinary.V7_OR_NEWER;
  private static final String PASSWORD = "open-sesame";

  private RedisServer master;

  @BeforeEach
  void startMaster() {
    master = RedisServer.start(BINARY);
    try (Jedis admin = master.jedis()) {
      admin.configSet("requirepass", PASSWORD);
    }
  }

  @AfterEach
  void stopMaster() {
    master.close();
  }

  private static UnifiedJedis open(RedisServer sentinel, String userInfo) {
    return RedisConnections.open(
        "redis-sentinel://" + userInfo + "@127.0.0.1:" + sentinel.port() + "/lms", 2);
  }

  @Test
  void aSentinelThatAsksForAPasswordGetsTheMasters() {
    try (RedisServer sentinel = RedisServer.sentinel(BINARY, "lms", master.port(), PASSWORD);
        UnifiedJedis client = open(sentinel, ":" + PASSWORD)) {
      assertEquals("PONG", client.ping());
    }
  }

  @Test
  void aSentinelThatAsksForNoneGetsNone() {
    try (RedisServer sentinel = RedisServer.sentinel(BINARY, "lms", master.port());
        UnifiedJedis client = open(sentinel, ":" + PASSWORD)) {
      assertEquals("PONG", client.ping());
    }
  }

  @Test
  void aWrongPasswordIsSaidAndNotShown() {
    try (RedisServer sentinel = RedisServer.sentinel(BINARY, "lms", master.port(), PASSWORD)) {
      SessionStoreException e =
          assertThrows(SessionStoreException.class, () -> open(sentinel, ":hidden-secret"));
      String said = String.valueOf(e.getMessage());
      assertTrue(said.contains("password"), said);
      assertFalse(said.contains("hidden-secret"), said);
    }
  }
}
