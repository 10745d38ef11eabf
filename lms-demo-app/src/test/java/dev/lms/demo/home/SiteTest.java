// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.Browser.Answer;
import dev.lms.demo.cache.HotPages;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages and markup of the contract, over HTTP. */
class SiteTest extends SiteFixture {
  private static final Pattern COURSE_LINK = Pattern.compile("href=\"/course/([a-z0-9]+)/view\"");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/home",
        "/course/explore",
        "/course/explore?page=2",
        "/course/explore?page=999",
        "/course/explore?tag=nothing-has-it",
        "/course/py101/view",
        "/program/explore",
        "/program/webdev"
      })
  void sharedPagesAreForStrangersOrForPeople(String path) {
    Browser browser = site.browser();
    Answer stranger = browser.get(path);
    assertEquals(200, stranger.status());
    assertTrue(stranger.body().contains(SIGN_IN_LINK), stranger.body());
    assertFalse(stranger.body().contains(USER_MENU));
    assertFalse(stranger.body().contains("csrf_token"));
    assertFalse(stranger.headers().containsKey("set-cookie"));
    assertTrue(stranger.headers().containsKey("cache-tag"));

    browser.signIn("student1");
    Answer person = browser.get(path);
    assertEquals(200, person.status());
    assertFalse(person.body().contains(SIGN_IN_LINK));
    assertTrue(person.body().contains(USER_MENU));
    assertTrue(person.body().contains(userName("Alice Marlow")), person.body());
    assertTrue(person.body().contains("<form method=\"post\" action=\"/user/logout\">"));
    assertFalse(person.token().isEmpty());
    assertTrue(person.body().startsWith("<!doctype html>\n<html lang=\"en\">"));
  }

  @Test
  void whatAPurgeMakesUnusableIsWarmedAgain() {
    List<String> hot = site.hotPages().all();
    assertTrue(hot.size() > 40, hot.toString());
    Browser stranger = site.browser();
    for (String path : hot) {
      Answer page = stranger.get(path);
      assertEquals(200, page.status(), path);
      for (String tag : page.header("cache-tag").split(",", -1)) {
        assertTrue(HotPages.with(Set.of(tag)).contains(path), path + " has the tag " + tag);
      }
    }
  }

  @Test
  void theCatalogueHasAllCoursesInPagesOfTwenty() {
    Browser browser = site.browser();
    Set<String> seen = new HashSet<>();
    for (int page = 1; page <= 3; page++) {
      Matcher links = COURSE_LINK.matcher(browser.get("/course/explore?page=" + page).body());
      List<String> here = new ArrayList<>();
      while (links.find()) {
        here.add(links.group(1));
      }
      assertTrue(here.size() <= 20 && !here.isEmpty(), page + ": " + here);
      seen.addAll(here);
    }
    assertTrue(seen.size() >= 40, seen.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "two", "1.5", "9999999999999999999"})
  void aPageThatIsNoNumberIsABadRequest(String page) {
    Answer answer = site.browser().get("/course/explore?page=" + page);
    assertEquals(400, answer.status());
    assertTrue(answer.body().contains("?page=2"), "says what would be right");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/course/none/view",
        "/course/none/take",
        "/course/none/admin",
        "/resource/none",
        "/program/none",
        "/course/%3Cscript%3E/view"
      })
  void whatDoesNotExistIsNotFound(String path) {
    assertEquals(404, site.browser().get(path).status());
  }

  @Test
  void filesMayBeKeptForGoodUnderTheirOwnAddressOnly() {
    Matcher link =
        Pattern.compile("href=\"(/static/([0-9a-f]+)/site\\.css)\"")
            .matcher(site.browser().get("/").body());
    assertTrue(link.find());
    Answer style = site.browser().get(link.group(1));
    assertEquals(200, style.status());
    assertTrue(String.valueOf(style.headers().get("content-type")).startsWith("text/css"));
    assertTrue(String.valueOf(style.headers().get("cache-control")).contains("immutable"));
    Answer old = site.browser().get("/static/0/site.css");
    assertEquals(200, old.status());
    assertFalse(String.valueOf(old.headers().get("cache-control")).contains("immutable"));
    assertEquals(404, site.browser().get("/static/0/tables.sql").status());
  }
}
