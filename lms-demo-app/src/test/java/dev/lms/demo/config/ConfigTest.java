// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.http.HttpProvider;
import dev.lms.demo.plan.Workload;
import dev.lms.session.redis.RedisUrl;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
  private static final String KEY = "0123456789abcdefghijklmnopqrstuv";

  private static Config read(String... pairs) {
    return Config.read(env(pairs));
  }

  private static Map<String, String> env(String... pairs) {
    Map<String, String> env = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      env.put(pairs[i], pairs[i + 1]);
    }
    return env;
  }

  private static List<String> errors(String... pairs) {
    return assertThrows(ConfigException.class, () -> read(pairs)).errors();
  }

  private static Setting setting(Config config, String name) {
    return config.settings().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void theServerIsTheJdksUnlessAnotherIsNamed() {
    assertEquals("jdk", setting(read(), "LMS_HTTP_PROVIDER").value());
    Config other = read("LMS_HTTP_PROVIDER", "Robaho");
    assertEquals(HttpProvider.ROBAHO, other.web().provider());
    assertEquals("robaho", setting(other, "LMS_HTTP_PROVIDER").value());
    assertEquals(
        List.of("LMS_HTTP_PROVIDER=tomcat: expected jdk or robaho"),
        errors("LMS_HTTP_PROVIDER", "tomcat"));
  }

  @Test
  void nothingSetIsDevelopment() {
    Config config = read();
    assertEquals(Environment.DEVELOPMENT, config.environment());
    assertEquals(
        new Config.Web(
            "127.0.0.1",
            8080,
            OptionalInt.empty(),
            Set.of(),
            Duration.ofSeconds(120),
            Duration.ofSeconds(30),
            HttpProvider.JDK),
        config.web());
    Path data = Path.of("lms-data").toAbsolutePath();
    assertEquals(data, config.dataDir());
    assertEquals("jdbc:sqlite:" + data.resolve("lms.db"), config.databaseUrl());
    assertEquals(new Secrets(Optional.empty(), List.of()), config.secrets());
    assertEquals(
        new Config.Sessions(
            new StoreChoice(StoreChoice.Kind.FILE, "no SESSION_REDIS_URL or REDIS_URL"),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            data.resolve("sessions"),
            1000,
            Duration.ofDays(1),
            Duration.ofDays(7),
            false,
            "session:",
            new Config.Cookie("session", false, SameSite.LAX, true)),
        config.sessions());
    assertEquals(
        new Config.PageCache(Optional.empty(), Duration.ofSeconds(90), 64, true),
        config.pageCache());
    assertEquals(
        new Config.Workers(new WorkerCount.Single(), 1, 200, Workload.CPU), config.workers());
    assertFalse(config.debugEndpoints());
    assertTrue(config.settings().stream().allMatch(s -> s.origin().equals("default")));
  }

  @Test
  void passportsAreForAnHourAtMostAndOffUnlessAskedFor() {
    assertEquals(
        Optional.of(Duration.ofMinutes(5)), read("SESSION_PASSPORT", "300").sessions().passport());
    assertEquals(Optional.empty(), read("SESSION_PASSPORT", "0").sessions().passport());
    assertEquals(
        List.of("SESSION_PASSPORT=3601: expected a whole number from 0 to 3600"),
        errors("SESSION_PASSPORT", "3601"));
  }

  @Test
  void copiesOfSessionsAreKeptWhereTheyMayBe() {
    assertTrue(read("REDIS_URL", "redis://h").sessions().near());
    assertTrue(read("REDIS_URL", "redis-sentinel://h/main").sessions().near());
    assertFalse(read("REDIS_URL", "redis://h", "SESSION_NEAR", "false").sessions().near());
    assertFalse(read("REDIS_URL", "redis-cluster://h").sessions().near());
    assertFalse(read("SESSION_NEAR", "true").sessions().near());
    assertFalse(
        read("REDIS_URL", "redis://h", "SESSION_MIGRATE_FROM", "redis://other").sessions().near());
    String no = "SESSION_NEAR: no copies of sessions are kept ";
    String mend = "; remove it, or set it to false";
    assertEquals(
        List.of(no + "with a cluster" + mend),
        errors("REDIS_URL", "redis-cluster://h", "SESSION_NEAR", "true"));
    assertEquals(
        List.of(no + "while they move from another store" + mend),
        errors(
            "REDIS_URL",
            "redis://h",
            "SESSION_MIGRATE_FROM",
            "redis://other",
            "SESSION_NEAR",
            "true"));
  }

  @Test
  void productionIsSecureAndOpenToAll() {
    Config config = read("LMS_ENV", "production", "SECRET_KEY", KEY);
    assertEquals("0.0.0.0", config.web().host());
    assertEquals(
        new Config.Cookie("__Host-session", true, SameSite.LAX, true), config.sessions().cookie());
    assertEquals(Optional.of(KEY), config.secrets().key());
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', '', development, file, 'Session storage: file (no SESSION_REDIS_URL or REDIS_URL)'",
    "'', '', '', testing, cookie, 'Session storage: cookie (LMS_ENV=testing)'",
    "redis://a, redis://b, '', development, redis, 'Session storage: redis (SESSION_REDIS_URL)'",
    "'', redis://b, '', testing, redis, 'Session storage: redis (REDIS_URL)'",
    "'', redis://b, auto, development, redis, 'Session storage: redis (REDIS_URL)'",
    "redis://a, '', file, development, file, 'Session storage: file (SESSION_STORE)'",
    "redis://a, '', cookie, development, cookie, 'Session storage: cookie (SESSION_STORE)'",
    "redis://a, '', redis, development, redis, 'Session storage: redis (SESSION_STORE)'",
    "redis://a, '', memory, development, memory, 'Session storage: memory (SESSION_STORE)'",
  })
  void theStoreIsChosenAndSaysWhy(
      String session, String shared, String wish, String environment, String kind, String log) {
    Config config =
        read(
            "SESSION_REDIS_URL", session,
            "REDIS_URL", shared,
            "SESSION_STORE", wish,
            "LMS_ENV", environment);
    StoreChoice store = config.sessions().store();
    assertEquals(log, store.sentence());
    // Sealed cookies need it too: for the list of those that were signed out.
    String url = session.isEmpty() ? shared : session;
    assertEquals(
        url.isEmpty() || Set.of("file", "memory").contains(kind)
            ? Optional.empty()
            : Optional.of(url),
        config.sessions().redis().map(RedisUrl::url));
  }

  @Test
  void thePageCacheHasItsOwnRedisOrTheSharedOne() {
    assertEquals(
        "redis://b", read("REDIS_URL", "redis://b").pageCache().redis().orElseThrow().url());
    assertEquals(
        "redis://c",
        read("REDIS_URL", "redis://b", "CACHE_REDIS_URL", "redis://c")
            .pageCache()
            .redis()
            .orElseThrow()
            .url());
    assertTrue(read("SESSION_REDIS_URL", "redis://a").pageCache().redis().isEmpty());
  }

  @Test
  void aliasesStandInOrder() {
    Map<String, String> env =
        env(
            "LMS_WORKERS", "2",
            "NOW_LMS_WORKERS", "3",
            "GUNICORN_WORKERS", "4",
            "WORKERS", "5",
            "LMS_THREADS", "2",
            "NOW_LMS_THREADS", "3",
            "GUNICORN_THREADS", "4",
            "THREADS", "5",
            "LMS_WORKER_MEMORY_MB", "102",
            "NOW_LMS_WORKER_MEMORY_MB", "103",
            "WORKER_MEMORY_MB", "105",
            "LMS_PORT", "2",
            "PORT", "5");
    for (String[] names :
        new String[][] {
          {"LMS_WORKERS", "NOW_LMS_WORKERS", "GUNICORN_WORKERS", "WORKERS"},
          {"LMS_THREADS", "NOW_LMS_THREADS", "GUNICORN_THREADS", "THREADS"},
          {"LMS_WORKER_MEMORY_MB", "NOW_LMS_WORKER_MEMORY_MB", "WORKER_MEMORY_MB"},
          {"LMS_PORT", "PORT"}
        }) {
      for (String name : names) {
        Setting setting = setting(Config.read(env), names[0]);
        assertEquals(name, setting.origin());
        assertEquals(env.remove(name), setting.value());
      }
      assertEquals("default", setting(Config.read(env), names[0]).origin());
    }
  }

  @Test
  void trustedProxiesAreAddresses() {
    Config config = read("LMS_TRUSTED_PROXIES", " 127.0.0.1, ::1");
    assertEquals(
        Set.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1")),
        config.web().trustedProxies());
    assertEquals("127.0.0.1,0:0:0:0:0:0:0:1", setting(config, "LMS_TRUSTED_PROXIES").value());
    assertEquals("none", setting(read(), "LMS_TRUSTED_PROXIES").value());
  }

  @Test
  void workersAreANumberOrAuto() {
    assertEquals(new WorkerCount.Fixed(1), read("LMS_WORKERS", "1").workers().count());
    assertEquals(new WorkerCount.Auto(), read("LMS_WORKERS", "auto").workers().count());
    assertEquals(1, errors("LMS_WORKERS", "0").size());
    assertEquals(1, errors("LMS_WORKERS", "many").size());
    assertEquals(1, errors("LMS_WORKERS", "1025").size());
  }

  @Test
  void everyErrorIsListedAtOnce() {
    List<String> errors =
        errors(
            "LMS_ENV", "production",
            "LMS_PORT", "65536",
            "LMS_WORKRES", "2",
            "LMS_SOMETHING_ELSE", "x",
            "SECRET_KEY", "changeme",
            "SECRET_KEY_FALLBACKS", KEY + ",short",
            "SESSION_STORE", "nowhere",
            "REDIS_URL", "http://user:hidden@host",
            "SESSION_COOKIE_SAMESITE", "maybe",
            "SESSION_FILE_THRESHOLD", "0",
            "CACHE_TIMEOUT", "-1",
            "LMS_DEBUG_ENDPOINTS", "1",
            "DATABASE_URL", "jdbc:postgresql:user:hidden@host/lms",
            "PERMANENT_SESSION_LIFETIME", "1d");
    for (String name :
        List.of(
            "LMS_PORT=65536",
            "LMS_WORKRES: there is no such variable; did you mean LMS_WORKERS?",
            "LMS_SOMETHING_ELSE: there is no such variable",
            "SECRET_KEY: ",
            "SECRET_KEY_FALLBACKS: key 2 ",
            "SESSION_STORE=nowhere",
            "REDIS_URL=********: expected",
            "SESSION_COOKIE_SAMESITE=maybe",
            "SESSION_FILE_THRESHOLD=0",
            "CACHE_TIMEOUT=-1",
            "LMS_DEBUG_ENDPOINTS",
            "DATABASE_URL=jdbc:postgresql:********: expected",
            "PERMANENT_SESSION_LIFETIME=1d")) {
      assertEquals(
          1, errors.stream().filter(e -> e.startsWith(name)).count(), name + " in " + errors);
    }
    assertEquals(13, errors.size(), errors.toString());
    assertFalse(errors.toString().contains("hidden"), errors.toString());
    assertFalse(errors.toString().contains("short"), errors.toString());
    assertFalse(errors.toString().contains("changeme"), errors.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "dev",
        "Development",
        "test",
        "secret",
        "changeme",
        "a-key-of-31-characters-is-short"
      })
  void productionRefusesWeakKeys(String key) {
    List<String> errors = errors("LMS_ENV", "production", "SECRET_KEY", key);
    assertEquals(1, errors.size(), errors.toString());
    assertTrue(errors.getFirst().startsWith("SECRET_KEY: "), errors.getFirst());
    assertTrue(errors.getFirst().endsWith("lmsctl key generate"), errors.getFirst());
    assertEquals(Environment.DEVELOPMENT, read("SECRET_KEY", key).environment());
  }

  @ParameterizedTest
  @CsvSource({
    "SESSION_COOKIE_SAMESITE, none",
    "SESSION_COOKIE_NAME, __Host-lms",
    "SESSION_COOKIE_NAME, __secure-lms",
    "SESSION_COOKIE_NAME, a b",
    "SESSION_COOKIE_NAME, a=b",
    "SESSION_COOKIE_SECURE, perhaps",
    "SESSION_ABSOLUTE_TIMEOUT, 86399",
    "PERMANENT_SESSION_LIFETIME, 604801",
    "SESSION_STORE, redis",
    "SESSION_KEY_PREFIX, cache:session:",
    "LMS_MANAGEMENT_PORT, 8080",
    "LMS_WORKLOAD, disk",
    "LMS_ENV, prod",
    "LMS_TRUSTED_PROXIES, lms.example",
    "LMS_TRUSTED_PROXIES, '127.0.0.1,'",
    "LMS_TRUSTED_PROXIES, 127.0.0.0/8",
    "LMS_REQUEST_TIMEOUT, 0",
    "LMS_WORKER_MEMORY_MB, 63",
    "LMS_, x",
  })
  void whatCannotWorkIsRefused(String name, String value) {
    assertEquals(1, errors(name, value).size());
  }

  @Test
  void noneIsFineOverTls() {
    Config.Cookie cookie =
        read("SESSION_COOKIE_SAMESITE", "None", "SESSION_COOKIE_SECURE", "true")
            .sessions()
            .cookie();
    assertEquals(new Config.Cookie("__Host-session", true, SameSite.NONE, true), cookie);
  }

  @Test
  void everySettingRemembersWhereItCameFromAndHidesSecrets() {
    Config config =
        read(
            "SECRET_KEY", KEY,
            "SECRET_KEY_FALLBACKS", "older-key, oldest-key",
            "REDIS_URL", "rediss://lms:p%40ss@redis.example:6380/2",
            "DATABASE_URL", "jdbc:sqlite:/x/lms.db?password=hidden&cache=shared",
            "PORT", "9000");
    assertEquals(new Setting("LMS_PORT", "9000", "PORT"), setting(config, "LMS_PORT"));
    assertEquals(
        new Setting("SECRET_KEY", "********", "SECRET_KEY"), setting(config, "SECRET_KEY"));
    assertEquals(
        new Setting("SESSION_REDIS_URL", "rediss://lms:********@redis.example:6380/2", "REDIS_URL"),
        setting(config, "SESSION_REDIS_URL"));
    assertEquals(
        "jdbc:sqlite:/x/lms.db?password=********&cache=shared",
        setting(config, "DATABASE_URL").value());
    assertEquals(List.of("older-key", "oldest-key"), config.secrets().fallbacks());
    String shown = config.settings() + " " + config.secrets() + " " + config.sessions().redis();
    for (String secret : List.of(KEY, "older-key", "oldest-key", "p%40ss", "p@ss", "hidden")) {
      assertFalse(shown.contains(secret), secret);
    }
  }

  @Test
  void theWholeConfigurationMayBeLogged() {
    Config config =
        read(
            "SECRET_KEY", KEY,
            "REDIS_URL", "redis://:hidden@h",
            "DATABASE_URL", "jdbc:sqlite:/x?password=hidden");
    assertFalse(config.toString().contains(KEY), config.toString());
    assertFalse(config.toString().contains("hidden"), config.toString());
  }

  @Test
  void theLaunchersVariableIsKnown() {
    assertEquals("/opt/jdk", setting(read("LMS_JAVA_HOME", "/opt/jdk"), "LMS_JAVA_HOME").value());
  }

  @Test
  void aGeneratedKeyCompletesTheConfiguration() {
    Config config = read();
    assertThrows(IllegalStateException.class, () -> config.secrets().signingKey());
    assertEquals(KEY, config.withSecretKey(KEY, List.of()).secrets().signingKey());
  }
}
