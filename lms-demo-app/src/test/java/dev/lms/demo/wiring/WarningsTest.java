// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.demo.config.Config;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WarningsTest {

  private static boolean warnsOfOneRedis(String... pairs) {
    Map<String, String> environment = new HashMap<>();
    environment.put("SECRET_KEY", "a secret for tests, long enough 0001");
    for (int i = 0; i < pairs.length; i += 2) {
      environment.put(pairs[i], pairs[i + 1]);
    }
    return Warnings.of(Config.read(environment)).stream()
        .anyMatch(warning -> warning.contains("share one Redis"));
  }

  @Test
  void sessionsAndPagesInOneRedisAreKnown() {
    assertEquals(true, warnsOfOneRedis("REDIS_URL", "redis://one.example"));
    assertEquals(
        true,
        warnsOfOneRedis(
            "SESSION_REDIS_URL", "redis://:a@one.example:6379/1",
            "CACHE_REDIS_URL", "rediss://u:b@ONE.example/2"),
        "another database is in the same memory");
    assertEquals(
        true,
        warnsOfOneRedis(
            "SESSION_REDIS_URL", "redis-cluster://a.example,b.example:7000",
            "CACHE_REDIS_URL", "redis-cluster://b.example:7000,c.example"));
    assertEquals(
        true,
        warnsOfOneRedis("SESSION_STORE", "cookie", "REDIS_URL", "redis://one.example"),
        "the list of sign-outs is there");
  }

  @Test
  void twoOfThemAreAsTheyShouldBe() {
    assertEquals(
        false,
        warnsOfOneRedis(
            "SESSION_REDIS_URL", "redis://one.example", "CACHE_REDIS_URL", "redis://two.example"));
    assertEquals(
        false,
        warnsOfOneRedis(
            "SESSION_REDIS_URL", "redis://one.example:6379",
            "CACHE_REDIS_URL", "redis://one.example:6380"));
    assertEquals(
        false,
        warnsOfOneRedis(
            "SESSION_REDIS_URL", "redis-sentinel://s.example:26379/one",
            "CACHE_REDIS_URL", "redis-sentinel://s.example:26379/two"),
        "the same Sentinels watch many masters");
    assertEquals(false, warnsOfOneRedis());
    assertEquals(
        false, warnsOfOneRedis("SESSION_STORE", "file", "CACHE_REDIS_URL", "redis://one.example"));
  }
}
