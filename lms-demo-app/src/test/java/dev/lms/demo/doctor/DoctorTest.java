// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.WorkerProcess;
import dev.lms.demo.cache.Roster;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.SecretKeyFile;
import dev.lms.demo.doctor.Finding.Level;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  private static final String KEY = "a secret for tests, long enough 0001";

  private static final String OLD = "the key from before that was also long enough";

  @TempDir Path folder;

  private Config config(String... pairs) {
    Map<String, String> environment = new HashMap<>();
    environment.put("LMS_DATA_DIR", folder.resolve("data").toString());
    environment.put("SECRET_KEY", KEY);
    for (int i = 0; i < pairs.length; i += 2) {
      environment.put(pairs[i], pairs[i + 1]);
    }
    return Config.read(environment);
  }

  private static List<Finding> examine(Config config) {
    return Doctor.examine(config, Clock.systemUTC());
  }

  /** The worst that was said of it and holds these words. */
  private static Level level(List<Finding> findings, String check, String words) {
    return findings.stream()
        .filter(finding -> finding.check().equals(check) && finding.message().contains(words))
        .map(Finding::level)
        .max(Level::compareTo)
        .orElseThrow(() -> new AssertionError(check + " " + words + " is not in " + findings));
  }

  private static void assertWell(List<Finding> findings) {
    assertEquals(
        List.of(), findings.stream().filter(finding -> finding.level() != Level.OK).toList());
  }

  @Test
  void aNewSiteIsWellAndNothingIsMade() {
    List<Finding> findings = examine(config("SECRET_KEY", ""));
    assertEquals(Level.OK, level(findings, "secret key", "generates one"));
    assertEquals(Level.OK, level(findings, "session folder", "is made"));
    assertFalse(Files.exists(folder.resolve("data")), "a look changes nothing");
  }

  @Test
  void aKeyThatEverybodyGuessesIsAProblem() {
    assertEquals(Level.PROBLEM, level(examine(config("SECRET_KEY", "dev")), "secret key", "guess"));
    assertEquals(
        Level.WARNING, level(examine(config("SECRET_KEY", "short")), "secret key", "shorter"));
    assertEquals(Level.OK, level(examine(config()), "secret key", "long enough"));
  }

  @Test
  void aGeneratedKeyThatOthersCanReadIsAProblem() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    new SecretKeyFile(data).readOrCreate();
    Config config = config("SECRET_KEY", "");
    assertEquals(Level.OK, level(examine(config), "secret key", "generated"));
    Files.setPosixFilePermissions(
        data.resolve("secret.key"), PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(Level.PROBLEM, level(examine(config), "secret key", "others"));
  }

  @Test
  void aWorkerWithAnotherKeyIsAProblem() throws IOException {
    Files.createDirectory(folder.resolve("data"));
    new Roster(config("SECRET_KEY", OLD)).enter(8099);
    List<Finding> findings = examine(config());
    assertEquals(Level.PROBLEM, level(findings, "secret key", "8099"));
    assertEquals(
        Level.OK, level(examine(config("SECRET_KEY_FALLBACKS", OLD)), "secret key", "same in all"));
    new Roster(config()).enter(8099);
    assertEquals(Level.OK, level(examine(config()), "secret key", "same in all 1"));
    String note =
        Files.readString(folder.resolve("data/workers/" + ProcessHandle.current().pid() + ".json"));
    assertFalse(note.contains(KEY), note);
  }

  @Test
  void cookieFlagsAreJudgedByTheEnvironment() {
    List<Finding> open =
        examine(
            config(
                "LMS_ENV",
                "production",
                "LMS_HOST",
                "127.0.0.1",
                "SESSION_COOKIE_SECURE",
                "false"));
    assertEquals(Level.PROBLEM, level(open, "cookie", "not Secure in production"));
    assertEquals(
        Level.WARNING,
        level(
            examine(config("LMS_HOST", "0.0.0.0", "SESSION_COOKIE_SECURE", "true")),
            "cookie",
            "without HTTPS"));
    assertEquals(
        Level.WARNING, level(examine(config("SESSION_COOKIE_HTTPONLY", "0")), "cookie", "script"));
    assertEquals(Level.OK, level(examine(config("LMS_ENV", "production")), "cookie", "Secure"));
  }

  @Test
  void aFolderIsWritablePrivateAndThere() throws IOException {
    Path sessions = Files.createDirectories(folder.resolve("data/sessions"));
    Config config = config();
    Files.setPosixFilePermissions(sessions, PosixFilePermissions.fromString("rwxr-x---"));
    assertEquals(Level.WARNING, level(examine(config), "session folder", "look into"));
    Files.setPosixFilePermissions(sessions, PosixFilePermissions.fromString("rwxrwx---"));
    assertEquals(Level.PROBLEM, level(examine(config), "session folder", "can write"));
    Files.delete(sessions);
    Files.createFile(sessions);
    assertEquals(Level.PROBLEM, level(examine(config), "session folder", "not a folder"));
    // /proc refuses everybody, root too, whose permissions would let them in.
    assertEquals(
        Level.PROBLEM,
        level(examine(config("SESSION_FILE_DIR", "/proc/sessions")), "session folder", "written"));
  }

  @Test
  void memoryIsNoDisk() {
    List<Finding> findings = examine(config("SESSION_FILE_DIR", "/dev/shm/lms-doctor"));
    assertEquals(Level.WARNING, level(findings, "session folder", "in memory"));
  }

  @Test
  void aClockThatWasNeverSetIsAProblem() {
    List<Finding> findings = Doctor.examine(config(), () -> Instant.EPOCH);
    assertEquals(Level.PROBLEM, level(findings, "clock", "long past"));
    assertEquals(
        Level.WARNING, ClockCheck.against("Redis", Duration.ofSeconds(-9)).level(), "too late");
    assertEquals(Level.OK, ClockCheck.against("Redis", Duration.ofSeconds(1)).level());
  }

  @Test
  void aHostThatIsNotThereIsAProblem() {
    List<Finding> findings = examine(config("LMS_HOST", "nosuch.invalid"));
    assertEquals(Level.PROBLEM, level(findings, "address", "no such host"));
    assertEquals(
        Level.PROBLEM, level(examine(config("LMS_HOST", "192.0.2.1")), "address", "192.0.2.1"));
  }

  @Test
  void aRedisThatIsNotThereIsAProblemAtStartToo() {
    int port = WorkerProcess.freePorts(1);
    Config config =
        config(
            "SESSION_REDIS_URL",
            "redis://:hidden@127.0.0.1:" + port,
            "CACHE_REDIS_URL",
            "redis://nosuch.invalid");
    for (List<Finding> findings :
        List.of(examine(config), Doctor.atStart(config, Clock.systemUTC()))) {
      assertEquals(Level.PROBLEM, level(findings, "sessions' Redis", "cannot be reached"));
      assertEquals(Level.PROBLEM, level(findings, "pages' Redis", "no host nosuch.invalid"));
      assertFalse(findings.toString().contains("hidden"), findings.toString());
    }
  }

  @Test
  void aRedisThatLosesSessionsIsTold() {
    try (RedisServer redis =
        RedisServer.start("--maxmemory", "50mb", "--maxmemory-policy", "volatile-lru")) {
      List<Finding> findings = examine(config("REDIS_URL", redis.url()));
      assertEquals(Level.OK, level(findings, "sessions' Redis", "answers in"));
      assertEquals(Level.PROBLEM, level(findings, "sessions' Redis", "volatile-lru"));
      assertEquals(Level.WARNING, level(findings, "sessions' Redis", "nothing on disk"));
      assertEquals(Level.OK, level(findings, "clock", "from that of"));
      assertTrue(
          findings.stream().noneMatch(finding -> finding.check().equals("pages' Redis")),
          "one Redis is asked once");
    }
  }

  @Test
  void aRedisAsItShouldBeIsWell() {
    try (RedisServer redis = RedisServer.start("--appendonly", "yes")) {
      assertWell(examine(config("SESSION_REDIS_URL", redis.url(), "REDIS_URL", redis.url())));
      assertEquals(List.of(), Doctor.atStart(config("REDIS_URL", redis.url()), Clock.systemUTC()));
    }
  }
}
