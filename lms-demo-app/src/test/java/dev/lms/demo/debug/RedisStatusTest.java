// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.redis.server.RedisServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;

class RedisStatusTest {

  /** The prefix is text, whatever Redis reads into it where it asks for a pattern. */
  @Test
  void countsTheKeysThatStartWithThePrefixAndNoOthers() {
    try (RedisServer redis = RedisServer.start();
        Jedis admin = redis.jedis();
        RedisClient client = RedisClient.create(redis.url())) {
      for (String prefix : List.of("s*:", "s?:", "[st]:", "s\\:", "s[^a]:", "s[a-z]:", "]:")) {
        admin.flushAll();
        admin.set(prefix + "1", "");
        admin.set("st:2", "");
        admin.set("s:3", "");
        admin.set("t:4", "");
        assertEquals(1L, new RedisStatus(client, prefix).read().get("session_keys"), prefix);
      }
    }
  }
}
