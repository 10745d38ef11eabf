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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
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
    site = start("development");
  }

  private RunningSite start(String environment) throws IOException {
    Config config =
        Config.read(
            Map.of(
                "LMS_ENV", environment,
                "LMS_HOST", "127.0.0.1",
                "LMS_PORT", "0",
                "LMS_DATA_DIR", folder.toString(),
                "SECRET_KEY", "a secret for tests, long enough 0001"));
    return RunningSite.start(config, Plans.small(), App.features(), Map.of());
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

  @Test
  void inDevelopmentEveryPageEndsWithHowItCameAbout() {
    Browser student = browser();
    student.signIn("student1");
    String page = "/program/explore";
    Answer rendered = student.get(page);
    Answer stored = student.get(page);
    assertTrue(stripOf(rendered).contains("<b class=\"miss\">MISS</b> · auth · "), rendered.body());
    assertTrue(
        Pattern.compile("<b class=\"hit\">HIT</b> · auth · age \\d+ s · ")
            .matcher(stripOf(stored))
            .find(),
        stored.body());
    assertTrue(
        stripOf(stored).contains("worker " + ProcessHandle.current().pid() + " :" + site.port()));
    assertTrue(stripOf(stored).contains("session file, 1 round trip"), stripOf(stored));
    assertTrue(stripOf(stored).contains("Tags</dt><dd>programs</dd>"), stripOf(stored));
    assertFalse(stripOf(stored).contains("student1") || stripOf(stored).contains("Alice"));
    for (String path :
        List.of("/nothing", "/user/login?again=1", "/user/account", "/course/%ff/view")) {
      assertFalse(stripOf(student.get(path)).isEmpty(), path);
    }
    // A page of this person alone is told from others by a name.
    assertFalse(stripOf(student.get("/course/py101/take")).contains("student1"));
  }

  @Test
  void whatDevelopmentPutsAtTheEndIsInNoStoredPageAndInNoTag() {
    Browser one = browser();
    Answer first = one.get("/program/explore");
    Answer second = one.get("/program/explore");
    assertFalse(first.body().equals(second.body()));
    assertEquals(first.page(), second.page());
    assertEquals(first.header("etag"), second.header("etag"));
    assertTrue(second.header("etag").startsWith("W/\""), second.header("etag"));
    assertEquals(304, one.get("/program/explore", "If-None-Match", first.header("etag")).status());
    for (String[] browser :
        new String[][] {{"Sec-Fetch-Dest", "document"}, {"Upgrade-Insecure-Requests", "1"}}) {
      Answer people =
          one.get(
              "/program/explore", "If-None-Match", first.header("etag"), browser[0], browser[1]);
      assertEquals(200, people.status(), "or their browser shows them the strip of the last time");
      assertTrue(people.header("cache-status").startsWith("lms; hit"));
    }
    assertEquals(2, second.body().split("dev-strip\"", -1).length - 1, "the aside and one strip");
    assertEquals("gzip", one.get("/", "Accept-Encoding", "gzip").header("content-encoding"));
    assertEquals("", one.get("/", "Accept-Encoding", "gzip;q=0").header("content-encoding"));
  }

  @Test
  void inProductionThereIsNothingOfTheKind() throws IOException {
    RunningSite production = start("production");
    try {
      Browser stranger = new Browser(URI.create("http://127.0.0.1:" + production.port()));
      Answer page = stranger.get("/program/explore");
      assertEquals(200, page.status());
      assertFalse(page.body().contains("dev-strip"), page.body());
      assertTrue(page.header("etag").startsWith("\""), page.header("etag"));
      for (String path :
          List.of(
              "/lab",
              "/lab/flicker",
              "/lab-leak",
              "/lab/naive/key-ignores-who/1",
              "/lab/frame/ours/1",
              "/lab/worker/pid")) {
        assertEquals(404, stranger.get(path).status(), path);
      }
    } finally {
      production.stop(Duration.ZERO);
    }
  }

  @Test
  void theLabTakesNoFormsOfOthersAndItsWorkersObeyNobodyElse() {
    Browser stranger = browser();
    Answer lab = stranger.get("/lab");
    assertEquals(200, lab.status());
    assertTrue(lab.body().contains("href=\"/lab/flicker\""), lab.body());
    assertEquals("lms; fwd=bypass; detail=anon/never", lab.header("cache-status"));
    for (String experiment : List.of("/lab/flicker", "/lab/outage")) {
      assertEquals(403, stranger.post(experiment, Map.of("step", "all")).status(), experiment);
    }
    assertEquals(404, stranger.get("/lab/worker/pid").status());
    assertEquals(404, stranger.post("/lab/worker/plug", Map.of("state", "out")).status());
    assertEquals("/lab", stranger.get("/lab/another-worker?to=/home").location());
    assertEquals(404, stranger.get("/lab/nothing").status());
    assertEquals(404, stranger.get("/lab-page/unknown").status());
  }

  /** A shared page of strangers tells it to the one whom it concerns, once. */
  @Test
  void whoseSessionHasEndedElsewhereIsToldSoOnAnyPage() {
    Browser phone = browser();
    Browser laptop = browser();
    phone.signIn("student1");
    laptop.signIn("student1");
    laptop.post("/user/account/sign-out-others", Map.of("csrf_token", laptop.get("/").token()));
    String page = "/program/explore";
    Answer told = phone.get(page);
    assertTrue(
        told.body().contains("<p role=\"status\" class=\"notice\">Your session has ended"),
        told.body());
    assertFalse(phone.cookies().containsKey("session"), "a cookie that is good for nothing");
    assertFalse(phone.get(page).body().contains("has ended"));
    assertFalse(browser().get(page).body().contains("has ended"));
    assertTrue(phone.get(page).header("cache-status").startsWith("lms; hit"));
  }

  private static String stripOf(Answer answer) {
    int start = answer.body().indexOf("<details data-testid=\"dev-strip\">");
    return start < 0 ? "" : answer.body().substring(start);
  }
}
