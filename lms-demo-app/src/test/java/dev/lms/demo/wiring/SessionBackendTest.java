// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.config.Config;
import dev.lms.demo.data.Database;
import dev.lms.demo.data.Samples;
import dev.lms.demo.doctor.Doctor;
import dev.lms.demo.doctor.Finding;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.redis.server.RedisServer;
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

/** Where the demo keeps sessions, and of those in cookies the list of what was signed out. */
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

  /** Two workers, each with the store as it opens it, on one database. */
  @Test
  void sessionsAreInTheDatabaseOfTheSite() {
    Map<String, String> all =
        new HashMap<>(
            Map.of("SESSION_STORE", "jdbc", "SECRET_KEY", "a secret for tests, long enough 0001"));
    all.put("LMS_DATA_DIR", folder.toString());
    Config config = Config.read(all);
    assertEquals("Session storage: jdbc (SESSION_STORE)", config.sessions().store().sentence());
    Database.open(config.databaseUrl(), 1, List.of(), Samples.NONE).close();
    try (RedisClients redis = new RedisClients(2);
        SessionBackend one = SessionBackend.open(config, redis, Clock.systemUTC());
        SessionBackend two = SessionBackend.open(config, redis, Clock.systemUTC())) {
      assertEquals("jdbc", one.name());
      Session session = one.sessions().open(null);
      session.signIn(new Principal("ada", Set.of("student")));
      session.commit();
      String cookie = session.setCookie().orElseThrow();
      cookie = cookie.substring(0, cookie.indexOf(';'));
      assertEquals(1, two.sessions().list("ada").size());
      assertEquals(1, two.sessions().stats().signedIn());
      assertEquals(1, two.sessions().revokeAll("ada"));
      assertTrue(one.sessions().open(List.of(cookie)).created().isEmpty(), "signed out");
      one.check();
    }
    assertEquals(
        List.of(Finding.Level.OK),
        Doctor.examine(config, Clock.systemUTC()).stream()
            .filter(finding -> finding.check().equals("session database"))
            .map(Finding::level)
            .toList());
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
