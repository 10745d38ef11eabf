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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Taking a course from the catalogue to its end, and making one. */
class LearningTest {
  @TempDir Path folder;
  private final List<Set<String>> purges = new CopyOnWriteArrayList<>();
  private TestSite site;

  @BeforeEach
  void start() throws IOException {
    site = new TestSite(folder, 0, purges::add);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private Browser signedIn(String name) {
    Browser browser = site.browser();
    browser.signIn(name);
    return browser;
  }

  private static Answer post(Browser browser, String path, String... fields) {
    Map<String, String> form = new HashMap<>();
    form.put("csrf_token", browser.get("/").token());
    for (int i = 0; i < fields.length; i += 2) {
      form.put(fields[i], fields[i + 1]);
    }
    return browser.post(path, form);
  }

  private static void assertHolds(Answer page, String... texts) {
    for (String text : texts) {
      assertTrue(page.body().contains(text), text + " is not in " + page.body());
    }
  }

  private static void assertLacks(Answer page, String... texts) {
    for (String text : texts) {
      assertFalse(page.body().contains(text), text + " is in " + page.body());
    }
  }

  @Test
  void aStrangerWhoWantsToEnrolIsEnrolledOnceSignedIn() {
    Browser browser = site.browser();
    assertHolds(
        browser.get("/course/web101/view"),
        "href=\"/user/login?next=/course/web101/enroll&amp;why=enrol\"");
    Answer form = browser.get("/user/login?next=/course/web101/enroll&why=enrol");
    assertHolds(form, "Sign in, and you are enrolled.");
    Map<String, String> typed = new HashMap<>();
    typed.put("username", "student1");
    typed.put("password", "wrong");
    typed.put("next", "/course/web101/enroll");
    typed.put("why", "enrol");
    typed.put("csrf_token", form.token());
    Answer wrong = browser.post("/user/login", typed);
    assertHolds(wrong, "name=\"why\" value=\"enrol\"", "Sign in, and you are enrolled.");
    typed.put("password", "student1");
    Answer in = browser.post("/user/login", typed);
    assertEquals("/course/web101/enroll", in.location());
    assertEquals("/course/web101/view", browser.get(in.location()).location());
    assertHolds(browser.get("/course/web101/view"), "You are enrolled in ", "Begin: lesson 1 of 2");
  }

  @Test
  void aLinkAloneEnrolsNobody() {
    Browser browser = signedIn("student1");
    Answer offer = browser.get("/course/web101/enroll");
    assertEquals(200, offer.status());
    assertHolds(offer, "Enrol in this course?", "action=\"/course/web101/enroll\"");
    assertEquals(403, browser.get("/course/web101/take").status());
  }

  @Test
  void progressLeadsFromTheFirstLessonToTheEndAndBack() {
    Browser student = signedIn("student1");
    assertLacks(student.get("/"), "My courses");
    post(student, "/course/web101/enroll");
    assertHolds(student.get("/"), "My courses", "href=\"/resource/web101-1\"", "lesson 1 of 2");
    purges.clear();

    Answer first = post(student, "/resource/web101-1/done");
    assertEquals("/resource/web101-2", first.location());
    assertEquals(
        List.of(Set.of("learner:student1")), purges, "only what shows this one's progress");
    assertHolds(student.get("/"), "Continue: lesson 2 of 2", "50 %");
    assertHolds(student.get("/course/web101/view"), "Continue: lesson 2 of 2");
    assertHolds(student.get("/course/web101/take"), "1 of 2 lessons, 50\u00a0%", ">Done</span>");

    Answer last = post(student, "/resource/web101-2/done");
    assertEquals("/course/web101/take", last.location());
    assertHolds(student.get(last.location()), "You have finished ", "100\u00a0%");
    assertHolds(student.get("/course/web101/view"), "You have finished this course.");

    post(student, "/resource/web101-1/undone");
    assertHolds(student.get("/"), "Continue: lesson 1 of 2");

    Browser other = signedIn("student2");
    assertLacks(other.get("/"), "My courses");
    assertEquals(403, post(other, "/resource/web101-1/done").status());
    assertEquals(403, student.post("/resource/web101-1/done", Map.of()).status(), "no token");
  }

  @Test
  void whoLeavesACourseMayComeBackToWhatTheyDid() {
    Browser student = signedIn("student1");
    post(student, "/course/web101/enroll");
    post(student, "/resource/web101-1/done");
    assertEquals("/course/web101/view", post(student, "/course/web101/leave").location());
    assertHolds(student.get("/course/web101/view"), "You have left ", "Enrol in this course");
    assertEquals(403, student.get("/resource/web101-1").status());
    assertLacks(student.get("/"), "My courses");
    post(student, "/course/web101/enroll");
    assertHolds(student.get("/"), "Continue: lesson 2 of 2");
  }

  @Test
  void anInstructorMakesACourse() {
    Browser instructor = signedIn("instructor");
    Browser student = signedIn("student1");
    assertEquals(403, student.get("/course/new").status());
    Answer refused = post(instructor, "/course/new", "code", "a b", "title", "Bread");
    assertEquals(422, refused.status());
    assertHolds(refused, "href=\"#code\"", "value=\"a b\"", "value=\"Bread\"", "The description");

    String[] fields = {
      "code",
      "cook101",
      "title",
      "Bread",
      "description",
      "Flour and time.",
      "tags",
      "cooking",
      "credits",
      "2",
      "level",
      "beginner"
    };
    assertEquals("/course/cook101/admin", post(instructor, "/course/new", fields).location());
    assertEquals(422, post(instructor, "/course/new", fields).status(), "taken");
    assertHolds(instructor.get("/"), "href=\"/course/cook101/admin\">Bread</a>", ">Draft</span>");
    assertEquals(404, student.get("/course/cook101/view").status());
    assertEquals(404, post(student, "/course/cook101/enroll").status());
    assertLacks(student.get("/course/explore?q=bread"), "cook101");
    assertEquals(
        409, post(instructor, "/course/cook101/state", "state", "published").status(), "empty");

    String blank = "/course/cook101/lesson/new";
    Answer preview =
        post(instructor, blank, "act", "preview", "title", "Dough", "body", "## Why\n\n<b>`x<y`");
    assertHolds(preview, "<h2>Why</h2>", "&lt;b&gt;<code>x&lt;y</code>");
    assertLacks(instructor.get("/course/cook101/admin"), "Dough");
    purges.clear();
    post(instructor, blank, "title", "Dough", "body", "Knead sourdough.");
    assertEquals(List.of(Set.of("course:cook101", "courses")), purges);
    assertHolds(instructor.get("/course/cook101/admin"), "Saved. 3 pages purged on 2 workers.");
    post(instructor, blank, "title", "Oven", "body", "Bake.");
    post(instructor, "/course/cook101/lesson/cook101-2/move", "to", "up");
    post(instructor, "/course/cook101/state", "state", "published");

    Answer page = student.get("/course/cook101/view");
    assertTrue(page.body().indexOf("Oven") < page.body().indexOf("Dough"), page.body());
    assertHolds(student.get("/course/explore?q=sourdough"), "/course/cook101/view");
    post(student, "/course/cook101/enroll");
    post(instructor, "/course/cook101/lesson/cook101-1", "title", "Dough", "body", "Rest it.");
    assertHolds(student.get("/resource/cook101-1"), "<p>Rest it.</p>");
    assertLacks(student.get("/course/explore?q=sourdough"), "cook101");

    post(instructor, "/course/cook101/state", "state", "archived");
    assertLacks(student.get("/course/explore?q=bread"), "cook101");
    assertEquals(200, student.get("/resource/cook101-1").status(), "those enrolled read on");
    Browser late = signedIn("student2");
    assertLacks(late.get("/course/cook101/view"), "Enrol in this course");
    assertEquals(409, post(late, "/course/cook101/enroll").status());

    post(instructor, "/course/cook101/lesson/cook101-2/remove");
    assertEquals(404, student.get("/resource/cook101-2").status());
    assertHolds(student.get("/course/cook101/take"), "0 of 1 lessons");
  }

  @Test
  void lessonsAreChangedByWhoTeachesThemOnly() {
    Browser student = signedIn("student1");
    assertEquals(403, student.get("/course/py101/lesson/py101-1").status());
    assertEquals(403, post(student, "/course/py101/lesson/py101-1", "title", "x").status());
    assertEquals(403, post(student, "/course/py101/lesson/py101-1/remove").status());
    Browser instructor = signedIn("instructor");
    assertEquals(200, instructor.get("/course/py101/lesson/py101-1").status());
    assertEquals(
        404, instructor.get("/course/py101/lesson/db101-1").status(), "by way of another course");
    assertEquals(403, instructor.get("/course/db101/lesson/db101-1").status());
  }

  @Test
  void theCatalogueIsSearchedFilteredAndSorted() {
    Browser browser = site.browser();
    Answer cookies = browser.get("/course/explore?q=cookie+flags");
    assertHolds(cookies, "/course/web302/view", "value=\"cookie flags\"");
    assertLacks(cookies, "/course/hist101/view");
    assertFalse(cookies.headers().containsKey("cache-control"), "a search may be stored");
    Answer level = browser.get("/course/explore?level=advanced&tag=python");
    assertHolds(level, "/course/py301/view", "aria-current=\"true\"", "class=\"count\"");
    assertLacks(level, "/course/py101/view");
    for (String hostile : List.of("%22%20OR%201", "*", "title:x%20NEAR(", "%27;--", "%E2%80%9C")) {
      Answer answer = browser.get("/course/explore?q=" + hostile);
      assertEquals(200, answer.status(), hostile);
    }
    Answer none = browser.get("/course/explore?q=xyzzyplugh");
    assertEquals(200, none.status());
    assertEquals("no-store", none.header("cache-control"));
    for (String made : List.of("level=expert", "tag=nothing-has-it", "sort=up", "page=01")) {
      assertEquals(
          "no-store", browser.get("/course/explore?" + made).header("cache-control"), made);
    }
    assertEquals("", browser.get("/course/explore?sort=new").header("cache-control"));
  }

  @Test
  void aPagePastTheEndLeadsToTheLast() {
    Answer page = site.browser().get("/course/explore?page=999");
    assertEquals(200, page.status());
    assertHolds(page, "There is no page 999", "aria-current=\"page\">3</a>", "/view\"");
    assertEquals("no-store", page.header("cache-control"));
  }
}
