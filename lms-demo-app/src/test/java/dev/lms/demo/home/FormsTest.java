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
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forms that were not taken say so where it is seen, heard and mended. */
class FormsTest {
  private static final Pattern VERSION =
      Pattern.compile("<input type=\"hidden\" name=\"version\" value=\"([^\"]+)\">");

  @TempDir Path folder;
  private TestSite site;

  @BeforeEach
  void start() throws IOException {
    site = new TestSite(folder, 0, tags -> {});
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void aSummaryHasTheFocusAndLeadsToTheFields() {
    Browser browser = site.browser();
    browser.signIn("instructor");
    Answer refused =
        browser.post(
            "/course/py101/edit",
            Map.of(
                "title", "",
                "description", "As it should be.",
                "tags", "c++, ok",
                "level", "expert",
                "csrf_token", browser.get("/").token()));
    assertEquals(422, refused.status());
    String page = refused.body();
    assertTrue(page.contains("<title>Error: Edit"), page);
    assertTrue(page.contains("role=\"alert\" tabindex=\"-1\" autofocus>"), page);
    assertTrue(page.contains("<li><a href=\"#title\">The title is empty."), page);
    assertTrue(page.contains("<li><a href=\"#tags\">The tag “c++”"), page);
    assertFalse(page.contains("href=\"#description\""), page);
    assertTrue(
        page.contains("aria-invalid=\"true\" aria-describedby=\"title-error\" required>"), page);
    assertTrue(
        page.contains("aria-describedby=\"tags-hint tags-error\" aria-invalid=\"true\""), page);
    assertTrue(page.contains("<li><a href=\"#level\">Choose one of the levels."), page);
    assertTrue(
        page.contains("name=\"level\" aria-invalid=\"true\" aria-describedby=\"level-error\">"),
        page);
    assertEquals(4, page.split("aria-invalid", -1).length, page);
    assertTrue(page.contains("value=\"c++, ok\""), page);
  }

  @Test
  void aFormThatIsRightHasNoErrors() {
    Browser browser = site.browser();
    browser.signIn("instructor");
    String page = browser.get("/course/py101/admin").body();
    assertFalse(page.contains("aria-invalid"), page);
    assertFalse(page.contains("role=\"alert\""), page);
    assertTrue(page.contains("<title>Edit "), page);
  }

  @Test
  void aSignInThatFailedIsToldAtBothFields() {
    Browser browser = site.browser();
    String token = browser.get("/user/login").token();
    String page =
        browser
            .post(
                "/user/login",
                Map.of("username", "student1", "password", "wrong", "csrf_token", token))
            .body();
    assertTrue(page.contains("<title>Error: Sign in"), page);
    assertTrue(page.contains("autofocus><a href=\"#username\">The username or the password"), page);
    assertEquals(
        3, page.split("aria-invalid=\"true\" aria-describedby=\"sign-in-error\"", -1).length);
    assertTrue(page.contains("value=\"student1\""), "what was typed is kept");
    assertFalse(page.contains("wrong"), "but the password");
  }

  @Test
  void whoSavesACourseSecondSeesBothTextsAndLosesNone() {
    Browser first = site.browser();
    first.signIn("instructor");
    Browser second = site.browser();
    second.signIn("lms-admin");
    String seen = version(second.get("/course/py101/admin"));
    Map<String, String> theirs =
        Map.of("title", "Snakes", "description", "Theirs, <b>long</b>.", "version", seen);
    assertEquals(303, post(first, "/course/py101/edit", theirs).status());

    Map<String, String> mine = Map.of("title", "", "description", "Mine.", "version", seen);
    Answer refused = post(second, "/course/py101/edit", mine);
    assertEquals(422, refused.status());
    assertEquals(seen, version(refused), "a form with mistakes has seen no more than before");

    mine = Map.of("title", "Snakes", "description", "Mine.", "version", seen);
    Answer conflict = post(second, "/course/py101/edit", mine);
    assertEquals(409, conflict.status());
    String page = conflict.body();
    assertTrue(page.contains("<title>Error: Edit"), page);
    assertTrue(page.contains("<h3>Description, as saved meanwhile</h3>"), page);
    assertTrue(page.contains(">Theirs, &lt;b&gt;long&lt;/b&gt;.</pre>"), page);
    assertFalse(page.contains("Title, as saved"), "the title is the same");
    assertTrue(page.contains("\nMine.</textarea>"), page);
    assertTrue(second.get("/course/py101/view").body().contains("Theirs,"), "what was saved stays");

    mine = Map.of("title", "Snakes", "description", "Mine.", "version", version(conflict));
    assertEquals(303, post(second, "/course/py101/edit", mine).status());
    assertTrue(first.get("/course/py101/view").body().contains("Mine."));
    assertEquals(
        303,
        post(first, "/course/py101/edit", Map.of("title", "No version, no question")).status());
  }

  @Test
  void whoSavesALessonSecondSeesBothTextsAndLosesNone() {
    Browser first = site.browser();
    first.signIn("instructor");
    Browser second = site.browser();
    second.signIn("lms-admin");
    String lesson = "/course/py101/lesson/py101-1";
    String seen = version(second.get(lesson));
    Map<String, String> theirs = Map.of("title", "One", "body", "Theirs.", "version", seen);
    assertEquals(303, post(first, lesson, theirs).status());

    Map<String, String> preview =
        Map.of("title", "One", "body", "Mine.", "version", seen, "act", "preview");
    assertEquals(seen, version(post(second, lesson, preview)));
    Map<String, String> mine = Map.of("title", "One", "body", "Mine.", "version", seen);
    Answer conflict = post(second, lesson, mine);
    assertEquals(409, conflict.status());
    assertTrue(conflict.body().contains("<h3>Text, as saved meanwhile</h3>"), conflict.body());
    assertTrue(conflict.body().contains(">Theirs.</pre>"), conflict.body());
    assertTrue(conflict.body().contains("\nMine.</textarea>"), conflict.body());
    assertTrue(first.get(lesson).body().contains("\nTheirs.</textarea>"), "what was saved stays");

    mine = Map.of("title", "One", "body", "Mine.", "version", version(conflict));
    assertEquals(303, post(second, lesson, mine).status());
    assertTrue(first.get(lesson).body().contains("\nMine.</textarea>"));
  }

  private static Answer post(Browser browser, String path, Map<String, String> fields) {
    Map<String, String> form = new HashMap<>(fields);
    form.put("csrf_token", browser.get("/").token());
    return browser.post(path, form);
  }

  private static String version(Answer page) {
    Matcher version = VERSION.matcher(page.body());
    assertTrue(version.find(), page.body());
    return version.group(1);
  }
}
