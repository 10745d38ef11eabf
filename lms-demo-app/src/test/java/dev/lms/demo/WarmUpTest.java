// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.config.Config;
import dev.lms.demo.rehearsal.WarmUp;
import dev.lms.demo.wiring.RunningSite;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The site that a worker visits before it serves leaves no trace in the one that it serves. */
class WarmUpTest {
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final int VISITS = 80;

  @TempDir private Path folder;

  private Config config(String environment) {
    return config(environment, 0);
  }

  private Config config(String environment, int port) {
    return Config.read(
        Map.of(
            "LMS_ENV",
            environment,
            "LMS_PORT",
            Integer.toString(port),
            // Else the site that is served visits its own pages.
            "CACHE_WARM",
            "false",
            "LMS_DATA_DIR",
            folder.resolve("data").toString(),
            "SECRET_KEY",
            "a secret for tests, long enough 0001"));
  }

  private static long warmUp(Config config) {
    return WarmUp.of(config, Plans.small(), App.features(), VISITS, LONGEST);
  }

  @Test
  void nobodySeesTheVisits() throws Exception {
    Config config = config("development");
    Files.createDirectory(config.dataDir());
    assertTrue(warmUp(config) >= VISITS);
    assertEquals(List.of(), sessions(config));
    RunningSite site = RunningSite.start(config, Plans.small(), App.features(), Map.of());
    try {
      Browser browser = new Browser(URI.create("http://127.0.0.1:" + site.port()));
      String metrics = browser.get("/metrics").body();
      assertFalse(metrics.contains("GET /course/explore"), metrics);
      String first = browser.get("/course/explore").header("cache-status");
      assertFalse(first.contains("hit"), first);
    } finally {
      site.stop(Duration.ofSeconds(5));
    }
  }

  private static List<Path> sessions(Config config) throws Exception {
    try (Stream<Path> files = Files.walk(config.dataDir())) {
      return files.filter(file -> file.toString().contains("sessions")).toList();
    }
  }

  /** Somebody on this machine might find the copy. */
  @Test
  void theCopyIsOnlyToBeLookedAt() throws Exception {
    Config config = config("production");
    Files.createDirectory(config.dataDir());
    RunningSite copy = RunningSite.startUnseen(config, Plans.small(), App.features());
    try {
      Browser browser = new Browser(URI.create("http://127.0.0.1:" + copy.port()));
      assertEquals(200, browser.get("/user/login").status());
      Map<String, String> guess = Map.of("username", "lms-admin", "password", "lms-admin");
      assertEquals(405, browser.post("/user/login", guess).status());
    } finally {
      copy.stop(Duration.ofSeconds(5));
    }
  }

  @Test
  void aSiteWithoutCoursesIsVisitedToo() throws Exception {
    Config config = config("production");
    Files.createDirectory(config.dataDir());
    assertTrue(warmUp(config) >= VISITS);
  }

  /** Whoever takes it meanwhile keeps the site from starting. */
  @Test
  void thePortOfTheSiteIsHeldMeanwhile() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Config config = config("production", taken.getLocalPort());
      Files.createDirectory(config.dataDir());
      assertEquals(0, warmUp(config));
    }
  }

  @Test
  void whatCannotBeVisitedIsLeftToTheFirstVisitors() throws Exception {
    Config config = config("production");
    Files.createDirectories(config.dataDir().resolve("lms.db"));
    assertEquals(0, warmUp(config));
  }
}
