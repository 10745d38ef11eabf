// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.KeyRing;
import dev.lms.session.ServerCrash;
import dev.lms.session.redis.server.RedisBinary;
import dev.lms.session.redis.server.RedisServer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/**
 * SIGKILL of a Redis with {@code appendfsync always} while it writes, again and again, each time
 * restarted on what it had written: G1, G2 and G5 hold for everything it acknowledged.
 */
class RedisCrashTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");

  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_OR_NEWER"})
  void nothingAcknowledgedIsLost(RedisBinary binary) throws Exception {
    rounds(binary, 5);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_OR_NEWER"})
  void nothingAcknowledgedIsLostInManyRounds(RedisBinary binary) throws Exception {
    rounds(binary, 150);
  }

  private static void rounds(RedisBinary binary, int rounds) throws Exception {
    try (RedisServer server =
            RedisServer.start(binary, "--appendonly", "yes", "--appendfsync", "always");
        UnifiedJedis client = RedisConnections.open(server.url(), 8)) {
      ServerCrash.rounds(
          new RedisSessionStore(client, KEYS, "session:"),
          new ServerCrash.Server() {
            @Override
            public void kill() throws Exception {
              server.kill();
            }

            @Override
            public void restart() throws Exception {
              server.restart();
            }

            @Override
            public void check(String where) {
              try (Jedis admin = server.jedis()) {
                everyKeyEndsAndNoSessionIsHalf(admin, where);
              }
            }
          },
          rounds);
    }
  }

  private static void everyKeyEndsAndNoSessionIsHalf(Jedis admin, String where) {
    for (String key : admin.keys("*")) {
      assertTrue(admin.pttl(key) > 0, () -> where + ": " + key + " has no expiry");
      if (key.startsWith("session:{")) {
        byte[] text = admin.get(key.getBytes(StandardCharsets.UTF_8));
        assertNotEquals(RedisValue.None.UNREADABLE, SessionText.parse(text), where + ": " + key);
      }
    }
  }
}
