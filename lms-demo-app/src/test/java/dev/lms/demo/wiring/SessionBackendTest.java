// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.config.Config;
import dev.lms.session.Session;
import dev.lms.session.redis.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Where the cookie store of the demo keeps the list of what was signed out. */
class SessionBackendTest {
  @TempDir Path folder;

  private void signOut(Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("SESSION_STORE", "cookie");
    all.put("SECRET_KEY", "a secret for tests, long enough 0001");
    all.put("LMS_DATA_DIR", folder.toString());
    Config config = Config.read(all);
    try (RedisClients redis = new RedisClients(2);
        SessionBackend backend = SessionBackend.open(config, redis, Clock.systemUTC())) {
      Session session = backend.sessions().open(null);
      session.set("a", "1");
      session.commit();
      String cookie = session.setCookie().orElseThrow();
      cookie = cookie.substring(0, cookie.indexOf(';'));
      backend.sessions().open(List.of(cookie)).end();
      assertTrue(backend.sessions().open(List.of(cookie)).created().isEmpty(), "signed out");
    }
  }

  private static Set<String> keys(RedisServer redis) {
    try (Jedis admin = redis.jedis()) {
      return admin.keys("*");
    }
  }

  private boolean inTheDataFolder() {
    return Files.exists(folder.resolve("revoked"));
  }

  @Test
  void itIsInTheRedisOfTheSessionsWhateverThePageCacheHas() {
    try (RedisServer sessions = RedisServer.start();
        RedisServer pages = RedisServer.start()) {
      signOut(Map.of("SESSION_REDIS_URL", sessions.url(), "CACHE_REDIS_URL", pages.url()));
      assertEquals(1, keys(sessions).size());
      assertTrue(keys(sessions).iterator().next().startsWith("session:revoked:"));
      assertEquals(Set.of(), keys(pages), "where pages are evicted, sign-outs would be");
      assertEquals(false, inTheDataFolder());
    }
  }

  @Test
  void aSharedRedisIsTheSessionsToo() {
    try (RedisServer shared = RedisServer.start()) {
      signOut(Map.of("REDIS_URL", shared.url()));
      assertEquals(1, keys(shared).size());
    }
  }

  @Test
  void withoutOneItIsInTheDataFolder() {
    try (RedisServer pages = RedisServer.start()) {
      signOut(Map.of("CACHE_REDIS_URL", pages.url()));
      assertEquals(Set.of(), keys(pages));
      assertTrue(inTheDataFolder());
    }
  }
}
