// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lms.demo.data.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A URL that somebody has got wrong is refused without telling the password. */
class UrlSecretsTest {
  private static final String SECRET = "hidden-word";

  @ParameterizedTest
  @ValueSource(strings = {"SESSION_REDIS_URL", "REDIS_URL", "CACHE_REDIS_URL", "DATABASE_URL"})
  void noErrorQuotesIt(String variable) {
    List<String> urls = new ArrayList<>();
    for (String scheme :
        List.of("redis://", "redis-sentinel://", "postgresql://", "jdbc:sqlite:")) {
      for (String rest :
          List.of(
              ":%s:host:6379",
              "user:%s",
              "host/%s",
              "host:%s",
              ":%s@host:99999",
              "h/%s@",
              "%s:a@h/x",
              "/data?password=%s",
              ":%s?")) {
        urls.add(scheme + rest.formatted(SECRET));
      }
    }
    urls.addAll(List.of(SECRET, "user:" + SECRET + "@host", SECRET + "://host"));
    for (String url : urls) {
      assertFalse(told(variable, url).contains(SECRET), url);
    }
  }

  private static String told(String variable, String url) {
    Config config;
    try {
      config = Config.read(Map.of(variable, url));
    } catch (ConfigException e) {
      return e + " " + e.errors() + " " + e.getCause();
    }
    if (variable.equals("DATABASE_URL")) {
      try {
        Database.exists(config.databaseUrl());
      } catch (IllegalArgumentException e) {
        return e + " " + e.getCause();
      }
    }
    return "";
  }
}
