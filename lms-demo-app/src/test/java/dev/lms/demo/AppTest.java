package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser.Answer;
import dev.lms.demo.config.Config;
import dev.lms.demo.plan.Demand;
import dev.lms.demo.plan.ResourcePlan;
import dev.lms.demo.plan.Workload;
import dev.lms.demo.wiring.RunningSite;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All features behind all filters, in this process. */
class AppTest {
  @TempDir Path folder;
  private RunningSite site;

  @BeforeEach
  void start() throws IOException {
    Config config =
        Config.read(
            Map.of(
                "LMS_PORT", "0",
                "LMS_DATA_DIR", folder.toString(),
                "SECRET_KEY", "a secret for tests, long enough 0001"));
    ResourcePlan plan =
        ResourcePlan.of(
            new Demand(
                2,
                1024,
                200,
                1,
                1,
                OptionalInt.empty(),
                Workload.CPU,
                16,
                OptionalInt.of(256),
                List.of()));
    site = RunningSite.start(config, plan, App.features(), Map.of());
  }

  @AfterEach
  void stop() {
    site.stop(Duration.ofSeconds(5));
  }

  private Browser browser() {
    return new Browser(URI.create("http://127.0.0.1:" + site.port()));
  }

  @Test
  void problemsKnowWhoAsksAlsoWhereThereIsNoPage() {
    Browser browser = browser();
    assertTrue(browser.get("/nothing").body().contains("<a href=\"/user/login\""));
    browser.signIn("student1");
    for (String path : List.of("/nothing", "/course/none/view", "/course/py101/admin")) {
      Answer problem = browser.get(path);
      assertTrue(problem.body().contains(">Alice Marlow</span>"), path + problem.body());
      assertFalse(problem.token().isEmpty());
      assertEquals("no-store", problem.header("cache-control"));
    }
    assertFalse(browser().get("/nothing").body().contains("Alice"), "kept by no cache");
  }

  @Test
  void whatIsThrownBeforeAnybodyAskedHasTheShellToo() {
    Answer malformed = browser().get("/course/%ff/view");
    assertEquals(400, malformed.status());
    assertTrue(malformed.body().contains("<nav aria-label=\"Site\">"), malformed.body());
  }

  @Test
  void whatAPersonIsToldOnceIsInNoSharedPage() {
    Browser student = browser();
    Browser other = browser();
    student.signIn("student1");
    other.signIn("student2");
    String page = "/course/py101/view";
    assertFalse(other.get(page).body().contains("role=\"status\""));
    student.post("/course/py101/enroll", Map.of("csrf_token", student.get("/").token()));
    Answer told = student.get(page);
    assertTrue(
        told.body().contains("<p role=\"status\" class=\"notice\">You are enrolled in"),
        told.body());
    Answer seen = student.get(page);
    assertFalse(seen.body().contains("role=\"status\""), seen.body());
    assertTrue(seen.header("cache-status").startsWith("lms; hit"), seen.header("cache-status"));
    assertFalse(other.get(page).body().contains("role=\"status\""));
    assertEquals(304, student.get(page, "If-None-Match", seen.header("etag")).status());
    assertEquals(200, student.get(page, "If-None-Match", told.header("etag")).status());
  }
}
