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
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forms that were not taken say so where it is seen, heard and mended. */
class FormsTest {
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
    assertEquals(3, page.split("aria-invalid", -1).length, page);
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
}
