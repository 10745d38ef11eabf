// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.Browser.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Pages of courses over HTTP: who may see and edit them, and what an edit purges. */
class CoursePagesTest extends SiteFixture {
  @Test
  void coursePagesAreForTheEnrolled() {
    Browser browser = site.browser();
    for (String path : List.of("/course/py101/take", "/resource/py101-1")) {
      Answer stranger = browser.get(path);
      assertEquals(303, stranger.status());
      assertEquals("/user/login?next=" + path.replace("/", "%2F"), stranger.location());
    }
    browser.signIn("student1");
    for (String path : List.of("/course/py101/take", "/resource/py101-1")) {
      Answer outside = browser.get(path);
      assertEquals(403, outside.status());
      assertTrue(outside.body().contains("action=\"/course/py101/enroll\""));
      assertEquals("no-store", outside.headers().get("cache-control"));
    }
    assertTrue(
        browser.get("/course/py101/view").body().contains("action=\"/course/py101/enroll\""));

    String token = browser.get("/course/py101/view").token();
    assertEquals(403, browser.post("/course/py101/enroll", Map.of()).status());
    Answer enrolled = browser.post("/course/py101/enroll", Map.of("csrf_token", token));
    assertEquals(303, enrolled.status());
    assertEquals(List.of(Set.of("course:py101")), purges);
    assertEquals(200, browser.get("/course/py101/take").status());
    assertTrue(browser.get("/resource/py101-1").body().contains("Getting set up"));
    assertTrue(browser.get("/course/py101/view").body().contains("href=\"/course/py101/take\""));
    assertEquals(403, browser.get("/resource/py201-1").status());
    assertTrue(browser.get("/user/account").body().contains("href=\"/course/py101/view\""));
  }

  @Test
  void onlyStudentsEnrol() {
    Browser browser = site.browser();
    assertEquals(403, browser.post("/course/py101/enroll", Map.of()).status());
    browser.signIn("instructor");
    String token = browser.get("/").token();
    assertEquals(403, browser.post("/course/py101/enroll", Map.of("csrf_token", token)).status());
  }

  @Test
  void courseAdministrationIsForItsInstructorAndAdministrators() {
    List<String> paths = List.of("/course/py101/admin", "/course/py101/moderate");
    for (String path : paths) {
      assertEquals(303, site.browser().get(path).status(), path);
    }
    Map<String, Integer> own = Map.of("student1", 403, "instructor", 200, "lms-admin", 200);
    own.forEach(
        (username, status) -> {
          Browser browser = site.browser();
          browser.signIn(username);
          for (String path : paths) {
            assertEquals(status, browser.get(path).status(), username + " " + path);
          }
          assertEquals(
              username.equals("lms-admin") ? 200 : 403,
              browser.get("/course/db101/admin").status(),
              username + " on a course of somebody else");
          Answer post =
              browser.post(
                  "/course/db101/edit",
                  Map.of("title", "Mine", "csrf_token", browser.get("/").token()));
          assertEquals(username.equals("lms-admin") ? 303 : 403, post.status(), username);
        });
    assertEquals(403, site.browser().post("/course/py101/edit", Map.of("title", "x")).status());
  }

  @Test
  void anEditIsStoredThenPurgedThenAnswered() {
    Browser browser = site.browser();
    browser.signIn("instructor");
    String token = browser.get("/course/web101/admin").token();
    Answer edited =
        browser.post(
            "/course/web101/edit", Map.of("title", "How the web worked", "csrf_token", token));
    assertEquals(303, edited.status());
    assertEquals("/course/web101/view", edited.location());
    assertEquals(List.of(Set.of("course:web101", "courses", "program:webdev")), purges);
    String page = site.browser().get("/course/web101/view").body();
    assertTrue(page.contains("<h1>How the web worked</h1>"), page);
    assertTrue(page.contains("What happens between"), "the description is unchanged");
  }

  @Test
  void thePurgeSeesTheCommittedEdit() throws IOException {
    List<String> seen = new CopyOnWriteArrayList<>();
    Path other = folder.resolve("other");
    assertTrue(other.toFile().mkdir());
    TestSite[] second = new TestSite[1];
    try (TestSite purging =
        new TestSite(
            other, 0, tags -> seen.add(second[0].browser().get("/course/py101/view").body()))) {
      second[0] = purging;
      Browser browser = purging.browser();
      browser.signIn("instructor");
      browser.post(
          "/course/py101/edit",
          Map.of("title", "Committed", "csrf_token", browser.get("/").token()));
    }
    assertTrue(seen.getFirst().contains("<h1>Committed</h1>"));
  }

  @Test
  void whoeverEditsIsToldWhenOldPagesMayStillBeShown() {
    Browser browser = site.browser();
    browser.signIn("instructor");
    purgeFails = true;
    Answer edited =
        browser.post(
            "/course/py101/edit",
            Map.of("title", "Stored", "csrf_token", browser.get("/").token()));
    assertEquals(503, edited.status());
    assertTrue(edited.headers().containsKey("retry-after"));
    assertTrue(edited.body().contains("Your change is stored"), edited.body());
    assertTrue(browser.get("/course/py101/view").body().contains("<h1>Stored</h1>"));
  }

  @Test
  void aBadEditComesBackAsTyped() {
    Browser browser = site.browser();
    browser.signIn("instructor");
    Answer refused =
        browser.post(
            "/course/py101/edit",
            Map.of(
                "title", "",
                "description", "</textarea><script>alert(1)</script>",
                "tags", "c++",
                "csrf_token", browser.get("/").token()));
    assertEquals(422, refused.status());
    assertTrue(refused.body().contains("The title is empty"));
    assertTrue(refused.body().contains("&lt;/textarea&gt;&lt;script&gt;"));
    assertTrue(refused.body().contains("value=\"c++\""));
    assertEquals(List.of(), purges);
    assertFalse(browser.get("/course/py101/view").body().contains("alert(1)"));
  }

  @Test
  void whatInstructorsWriteIsTextEverywhere() {
    String hostile = "\"><script>alert('x')</script>{{userName}}";
    Browser browser = site.browser();
    browser.signIn("instructor");
    Answer edited =
        browser.post(
            "/course/hist101/edit", Map.of("title", "x", "csrf_token", browser.get("/").token()));
    assertEquals(403, edited.status(), "not this instructor's course");
    edited =
        browser.post(
            "/course/py101/edit",
            Map.of(
                "title", "A " + hostile,
                "description", hostile + "\n\n<b>bold</b>",
                "csrf_token", browser.get("/").token()));
    assertEquals(303, edited.status());
    browser.signIn("lms-admin");
    for (String path :
        List.of(
            "/",
            "/course/explore",
            "/course/py101/view",
            "/course/py101/admin",
            "/course/py101/moderate",
            "/course/explore?tag=python")) {
      String page = browser.get(path).body();
      assertFalse(page.contains("<script>"), path);
      assertFalse(page.contains("<b>"), path);
    }
    assertTrue(
        browser.get("/course/py101/view").body().contains("{{userName}}"), "braces are text too");
  }

  @Test
  void aStudentIsNamedOnlyInTheirOwnMenuAndToTheirInstructor() {
    Browser student = site.browser();
    student.signIn("student5");
    student.post("/course/py101/enroll", Map.of("csrf_token", student.get("/").token()));
    Browser other = site.browser();
    other.signIn("student6");
    for (Browser reader : List.of(site.browser(), other)) {
      for (String path :
          List.of("/", "/course/explore", "/course/py101/view", "/program/reliable")) {
        assertFalse(reader.get(path).body().contains("Erik Nyman"), path);
      }
    }
    Browser instructor = site.browser();
    instructor.signIn("instructor");
    String list = instructor.get("/course/py101/moderate").body();
    assertTrue(list.contains("Erik Nyman"), list);
    assertFalse(list.contains("Farah Siddiqui"), list);
  }
}
