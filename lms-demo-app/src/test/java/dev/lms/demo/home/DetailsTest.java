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
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small things that browsers, robots and people with a taste for order look for. */
class DetailsTest {
  private static final Pattern DESCRIPTION =
      Pattern.compile("<meta name=\"description\" content=\"([^\"]+)\">");

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

  @ParameterizedTest
  @CsvSource({
    "/course/explore, /course/explore, page",
    "/course/explore?tag=python, /course/explore, page",
    "/course/py101/view, /course/explore, true",
    "/program/explore, /program/explore, page",
    "/program/webdev, /program/explore, true"
  })
  void theMenuSaysWhereOneIs(String path, String link, String current) {
    String page = site.browser().get(path).body();
    String header = page.substring(0, page.indexOf("</header>"));
    assertTrue(
        header.contains("<a href=\"" + link + "\" aria-current=\"" + current + "\">"), header);
    assertEquals(2, header.split("aria-current", -1).length, header);
  }

  @Test
  void theAccountIsWhereOneIsToo() {
    Browser browser = site.browser();
    browser.signIn("student1");
    String page = browser.get("/user/account").body();
    assertTrue(page.contains("<a href=\"/user/account\" aria-current=\"page\">"), page);
    assertFalse(browser.get("/").body().contains("aria-current"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/course/explore",
        "/course/explore?tag=python",
        "/course/py101/view",
        "/program/explore",
        "/program/webdev",
        "/user/login"
      })
  void everyPageDescribesItselfAndHasAColourForBothSchemes(String path) {
    String page = site.browser().get(path).body();
    Matcher description = DESCRIPTION.matcher(page);
    assertTrue(description.find(), page);
    assertTrue(description.group(1).length() > 20, description.group(1));
    assertEquals(3, page.split("name=\"theme-color\"", -1).length, page);
  }

  @Test
  void aCourseIsDescribedByItsOwnWords() {
    Matcher one = DESCRIPTION.matcher(site.browser().get("/course/py101/view").body());
    Matcher other = DESCRIPTION.matcher(site.browser().get("/course/web101/view").body());
    assertTrue(one.find() && other.find());
    assertTrue(one.group(1).startsWith("Python reads almost like a plan"), one.group(1));
    assertFalse(one.group(1).equals(other.group(1)));
  }

  @Test
  void robotsAndBrowsersFindWhatTheyLookFor() {
    Browser robot = site.browser();
    Answer icon = robot.get("/favicon.ico");
    assertEquals(200, icon.status());
    assertEquals("image/x-icon", icon.header("content-type"));
    Answer robots = robot.get("/robots.txt");
    assertEquals(200, robots.status());
    assertEquals("text/plain; charset=utf-8", robots.header("content-type"));
    assertTrue(robots.body().contains("\nDisallow: /user/\n"), robots.body());
    assertEquals(Map.of(), robot.cookies());
  }

  @ParameterizedTest
  @CsvSource({
    "/course/explore/, /course/explore",
    "/course/explore//, /course/explore",
    "/course/py101/view/?a=b%20c, /course/py101/view?a=b%20c",
    "/user/login/, /user/login"
  })
  void aSlashTooManyLeadsToThePage(String path, String page) {
    Answer answer = site.browser().get(path);
    assertEquals(308, answer.status());
    assertEquals(page, answer.location());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nothing/", "/course/", "/course//view/", "/course/py101//view/"})
  void aSlashTooManyDoesNotMakeAPage(String path) {
    assertEquals(404, site.browser().get(path).status(), path);
  }

  @Test
  void aFormMaySendItsSlashAlong() {
    Answer answer = site.browser().post("/user/logout/", Map.of("csrf_token", "x"));
    assertEquals(308, answer.status());
    assertEquals("/user/logout", answer.location());
  }

  @Test
  void momentsAreForProgramsAndSaidInWords() {
    Browser browser = site.browser();
    browser.signIn("student1");
    site.pass(Duration.ofMinutes(3));
    String page = browser.get("/user/account").body();
    assertTrue(
        Pattern.compile("<time datetime=\"[0-9T:-]+Z\">[^<]+ UTC</time>, 3 minutes ago</dd>")
            .matcher(page)
            .find(),
        page);
    assertTrue(
        page.contains("</time>, in 23 hours</dd>") || page.contains("</time>, in 1 day</dd>"),
        page);
  }
}
