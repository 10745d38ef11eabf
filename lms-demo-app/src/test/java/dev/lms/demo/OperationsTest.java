// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser.Answer;
import dev.lms.demo.config.Config;
import dev.lms.demo.wiring.RunningSite;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operators' page, over the whole site in this process. */
class OperationsTest {
  private static final Pattern PURGED =
      Pattern.compile("([0-9]+) pages? purged on ([0-9]+) worker");

  @TempDir Path folder;
  private RunningSite site;

  @BeforeEach
  void start() throws IOException {
    Config config =
        Config.read(
            Map.of(
                "LMS_ENV", "development",
                "LMS_HOST", "127.0.0.1",
                "LMS_PORT", "0",
                "LMS_DATA_DIR", folder.toString(),
                "SECRET_KEY", "a secret for tests, long enough 0001"));
    site = RunningSite.start(config, Plans.small(), App.features(), Map.of());
  }

  @AfterEach
  void stop() {
    site.stop(Duration.ofSeconds(5));
    assertFalse(Files.exists(note()), "whoever ends leaves no note");
  }

  private Path note() {
    return folder.resolve("workers").resolve(ProcessHandle.current().pid() + ".json");
  }

  private Browser browser() {
    return new Browser(URI.create("http://127.0.0.1:" + site.port()));
  }

  private static int[] purged(Answer page) {
    Matcher count = PURGED.matcher(page.body());
    assertTrue(count.find(), page.body());
    return new int[] {Integer.parseInt(count.group(1)), Integer.parseInt(count.group(2))};
  }

  @Test
  void itIsForAdministrators() {
    Browser browser = browser();
    assertEquals("/user/login?next=%2Fops", browser.get("/ops").location());
    browser.signIn("instructor");
    for (String path : List.of("/ops", "/ops/explain")) {
      assertEquals(403, browser.get(path).status(), path);
    }
    String token = browser.get("/").token();
    for (String path : List.of("/ops/purge", "/ops/warm")) {
      assertEquals(403, browser.post(path, Map.of("csrf_token", token, "sure", "yes")).status());
    }
    browser.signIn("lms-admin");
    Answer page = browser.get("/ops");
    assertEquals(200, page.status());
    assertEquals("no-store", page.header("cache-control"));
    assertTrue(page.body().contains("<th scope=\"row\">" + site.port() + "</th>"), page.body());
    assertTrue(page.body().contains(Long.toString(ProcessHandle.current().pid())));
    assertTrue(page.body().contains("Explain /course/explore"), page.body());
    assertTrue(page.body().contains("signed in, "), "sessions by the census of the store");
    assertTrue(browser.get("/").body().contains("href=\"/ops\""), "the way there");
  }

  @Test
  void aRouteIsExplainedStepByStep() {
    Browser browser = browser();
    browser.signIn("lms-admin");
    Answer stored = browser.get("/ops/explain?url=/course/web101/view&as=student1");
    assertTrue(stored.body().contains("Stored   for 90 s"), stored.body());
    Answer unknown = browser.get("/ops/explain?url=/&as=nobody");
    assertEquals(422, unknown.status());
    assertEquals(422, browser.get("/ops/explain?url=//evil.example/").status());
  }

  @Test
  void aPurgeIsConfirmedAndCounted() {
    Browser admin = browser();
    admin.signIn("lms-admin");
    Browser reader = browser();
    reader.get("/course/web101/view");
    reader.get("/course/web102/view");
    String token = admin.get("/user/account").token();
    Answer asked = admin.post("/ops/purge", Map.of("csrf_token", token, "tag", "course:web101"));
    assertTrue(asked.body().contains("Purge the pages tagged course:web101?"), asked.body());
    assertTrue(reader.get("/course/web101/view").header("cache-status").startsWith("lms; hit"));

    Map<String, String> sure = Map.of("csrf_token", token, "tag", "course:web101", "sure", "yes");
    assertEquals("/ops", admin.post("/ops/purge", sure).location());
    int[] reached = purged(admin.get("/ops"));
    assertEquals(1, reached[0], "as strangers see it; nobody else has looked");
    assertEquals(1, reached[1]);
    assertTrue(reader.get("/course/web102/view").header("cache-status").startsWith("lms; hit"));
  }

  @Test
  void whoeverEditsIsToldHowFarItReached() {
    Browser instructor = browser();
    instructor.signIn("instructor");
    browser().get("/course/py101/view");
    String token = instructor.get("/course/py101/view").token();
    Answer saved =
        instructor.post("/course/py101/edit", Map.of("title", "Snakes", "csrf_token", token));
    int[] reached = purged(instructor.get(saved.location()));
    assertTrue(reached[0] >= 2, "for strangers and for people");
    assertEquals(1, reached[1]);
  }

  @Test
  void whatWorkersAskEachOtherIsForThemAlone() {
    assertEquals(404, browser().get("/workers/pages").status());
    assertEquals(404, browser().get("/workers/pages", "Lms-Token", "00").status());
  }

  @Test
  void requestsThatAreHandledWaitAndWereRefusedAreCounted() {
    browser().get("/course/web101/view");
    Pattern rendered =
        Pattern.compile(
            "lms_request_duration_seconds_count\\{"
                + "cache=\"(miss|hit)\",route=\"/course/\\{code}/view\"} [1-9]");
    String metrics = browser().get("/metrics").body();
    // An answer leaves before it is counted.
    for (int i = 0; i < 1000 && !rendered.matcher(metrics).find(); i++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      metrics = browser().get("/metrics").body();
    }
    assertTrue(rendered.matcher(metrics).find(), metrics);
    assertTrue(metrics.contains("lms_passwords_queued 0.0\n"), metrics);
    assertTrue(metrics.contains("lms_database_active{lane=\"reader\"} "), metrics);
    assertTrue(metrics.contains("lms_requests_in_flight "), metrics);
    assertTrue(metrics.contains("lms_requests_shed_total{reason=\"queue-full\"} 0.0"), metrics);
    assertTrue(metrics.contains("lms_process_uptime_seconds "), metrics);
  }
}
