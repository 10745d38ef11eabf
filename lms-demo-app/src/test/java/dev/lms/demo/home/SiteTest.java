// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.Browser.Answer;
import dev.lms.demo.cache.HotPages;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages and markup of the contract, over HTTP. */
class SiteTest {
  private static final String SIGN_IN_LINK = "<a href=\"/user/login\"";
  private static final String USER_MENU = "data-testid=\"user-menu\"";
  private static final Pattern COURSE_LINK = Pattern.compile("href=\"/course/([a-z0-9]+)/view\"");

  private static final String FIREFOX =
      "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  private static final String PHONE =
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
          + " (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

  @TempDir Path folder;
  private final List<Set<String>> purges = new CopyOnWriteArrayList<>();
  private volatile boolean purgeFails;
  private TestSite site;

  @BeforeEach
  void start() throws IOException {
    site = new TestSite(folder, 0, this::purge);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private void purge(Set<String> tags) {
    if (purgeFails) {
      throw new IllegalStateException("on purpose");
    }
    purges.add(tags);
  }

  private static String userName(String name) {
    return "<span data-testid=\"user-name\">" + name + "</span>";
  }

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
  void signInAndOut() {
    Browser browser = site.browser();
    Answer form = browser.get("/user/login?next=/course/explore?page=2");
    assertTrue(form.body().contains("name=\"next\" value=\"/course/explore?page=2\""));
    assertEquals(Set.of("lms_login"), browser.cookies().keySet(), "no session for a stranger");

    Answer in =
        browser.post(
            "/user/login",
            Map.of(
                "username", "student3",
                "password", "student3",
                "next", "/course/explore?page=2",
                "csrf_token", form.token()));
    assertEquals(303, in.status());
    assertEquals("/course/explore?page=2", in.location());
    assertEquals(Set.of("session"), browser.cookies().keySet());
    assertTrue(browser.get("/").body().contains(userName("Chidi Eze")));

    String token = browser.get("/").token();
    Answer forged = browser.post("/user/logout", Map.of("csrf_token", "x" + token));
    assertEquals(403, forged.status());
    assertTrue(browser.get("/").body().contains(USER_MENU));

    Answer out = browser.post("/user/logout", Map.of("csrf_token", token));
    assertEquals(303, out.status());
    assertEquals("/user/login?out=1", out.location());
    assertEquals("\"cache\"", out.header("clear-site-data"));
    assertEquals(Set.of(), browser.cookies().keySet());
    assertTrue(browser.get("/").body().contains(SIGN_IN_LINK));
    assertEquals(303, browser.post("/user/logout", Map.of()).status(), "twice is no error");
  }

  @Test
  void aWrongPasswordAndAnUnknownNameLookTheSame() {
    List<String> bodies = new ArrayList<>();
    for (String name : List.of("student1", "studentX")) {
      Browser browser = site.browser();
      String token = browser.get("/user/login").token();
      Answer answer =
          browser.post(
              "/user/login", Map.of("username", name, "password", "wrong", "csrf_token", token));
      assertEquals(401, answer.status());
      assertTrue(answer.headers().containsKey("www-authenticate"));
      assertFalse(browser.cookies().containsKey("session"));
      bodies.add(answer.body().replace(name, "NAME").replace(answer.token(), "TOKEN"));
    }
    assertEquals(bodies.get(0), bodies.get(1));
  }

  @Test
  void theSignInFormNeedsItsOwnTokenAndCookie() {
    Browser attacker = site.browser();
    String foreign = attacker.get("/user/login").token();
    Browser victim = site.browser();
    String own = victim.get("/user/login").token();
    assertNotEquals(own, foreign);

    for (String token : List.of("", "x", foreign, own + "A", own.substring(1))) {
      assertRefused(victim, token);
    }
    Browser withoutCookie = site.browser();
    assertRefused(withoutCookie, own);
    Browser madeUp = site.browser();
    madeUp.cookies().put("lms_login", "AAAAAAAAAAAAAAAAAAAAAA");
    assertRefused(madeUp, own);
    Browser malformed = site.browser();
    malformed.cookies().put("lms_login", "");
    assertRefused(malformed, "");

    Answer answer =
        victim.post(
            "/user/login",
            Map.of("username", "student1", "password", "student1", "csrf_token", own));
    assertEquals(303, answer.status());
  }

  /** Right name and password, wrong token: refused, with a form that can be sent. */
  private static void assertRefused(Browser browser, String token) {
    Answer answer =
        browser.post(
            "/user/login",
            Map.of("username", "student1", "password", "student1", "csrf_token", token));
    assertEquals(403, answer.status());
    assertFalse(browser.cookies().containsKey("session"));
    assertFalse(answer.token().isEmpty());
  }

  @Test
  void anOpenRedirectIsNotToBeHad() {
    for (String wish : List.of("//evil.example", "/\\evil.example", "https://evil.example/")) {
      Browser browser = site.browser();
      String token = browser.get("/user/login").token();
      Answer answer =
          browser.post(
              "/user/login",
              Map.of(
                  "username",
                  "student1",
                  "password",
                  "student1",
                  "csrf_token",
                  token,
                  "next",
                  wish));
      assertEquals("/", answer.location());
    }
  }

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

  @Test
  void theAccountPageIsAboutOneself() {
    Browser browser = site.browser();
    assertEquals("/user/login?next=%2Fuser%2Faccount", browser.get("/user/account").location());
    browser.signIn("instructor");
    String page = browser.get("/user/account").body();
    assertTrue(page.contains("<dd>Ingrid Solberg</dd>"), page);
    assertTrue(page.contains("<dd>instructor</dd>"), page);
    assertTrue(page.contains(" UTC</time>"), page);
    assertTrue(page.contains("href=\"/course/py101/view\""), page);
  }

  private static List<String> handles(Answer page) {
    return Pattern.compile("name=\"handle\" value=\"([^\"]+)\"")
        .matcher(page.body())
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  @Test
  void theAccountPageShowsOnesOwnDevicesAndNobodyElses() {
    Browser laptop = site.browser(FIREFOX);
    Browser phone = site.browser(PHONE);
    laptop.signIn("student1");
    assertFalse(laptop.get("/user/account").body().contains("sign-out-others"), "only this one");
    phone.signIn("student1");
    site.browser("<b>Other</b>").signIn("student2");

    Answer page = laptop.get("/user/account");
    assertEquals(2, handles(page).size(), page.body());
    assertTrue(
        page.body().contains("<h3>Firefox on Linux <span class=\"badge\">This device</span></h3>"),
        page.body());
    assertTrue(page.body().contains("<h3>Safari on iPhone</h3>"), page.body());
    assertTrue(page.body().contains("Address 127.0.0.1<br>"), page.body());
    assertFalse(page.body().contains("Other"), page.body());
  }

  @Test
  void whatABrowserClaimsToBeIsOnlyText() {
    Browser browser = site.browser("<script>alert(1)</script>" + "x".repeat(1000));
    browser.signIn("student1");
    String page = browser.get("/user/account").body();
    assertTrue(page.contains("<h3>&lt;script&gt;alert(1)&lt;"), page);
    assertFalse(page.contains("<script>"), page);
    assertFalse(page.contains("x".repeat(100)), page);
  }

  @Test
  void aDeviceIsSignedOutByItsOwnerWithATokenOnly() {
    Browser laptop = site.browser(FIREFOX);
    Browser phone = site.browser(PHONE);
    Browser thief = site.browser();
    laptop.signIn("student1");
    phone.signIn("student1");
    thief.signIn("student2");
    Answer page = laptop.get("/user/account");
    String phones = handles(page).get(1);

    String path = "/user/account/sign-out-device";
    assertEquals(403, laptop.post(path, Map.of("handle", phones)).status());
    assertEquals(403, laptop.post("/user/account/sign-out-others", Map.of()).status());
    assertEquals(400, laptop.post(path, Map.of("csrf_token", page.token())).status());
    String his = thief.get("/user/account").token();
    assertEquals(303, thief.post(path, Map.of("csrf_token", his, "handle", phones)).status());
    assertEquals(200, phone.get("/user/account").status(), "out of reach for others");
    assertEquals(403, site.browser().post(path, Map.of("handle", phones)).status());

    Map<String, String> form = Map.of("csrf_token", page.token(), "handle", phones);
    assertEquals("/user/account", laptop.post(path, form).location());
    assertEquals(303, phone.get("/user/account").status());
    assertEquals(200, laptop.get("/user/account").status());
    assertEquals("/user/account", laptop.post(path, form).location(), "twice is as good");

    Map<String, String> own = Map.of("csrf_token", page.token(), "handle", handles(page).get(0));
    assertEquals("/user/login?out=1", laptop.post(path, own).location());
    assertEquals(Set.of(), laptop.cookies().keySet());
    assertEquals(303, laptop.get("/user/account").status());
  }

  @Test
  void otherDevicesAreSignedOutOnlySoonAfterThePasswordWasEntered() {
    Browser laptop = site.browser(FIREFOX);
    Browser phone = site.browser(PHONE);
    laptop.signIn("student1");
    phone.signIn("student1");
    site.pass(Duration.ofMinutes(16));
    Answer page = laptop.get("/user/account");
    Map<String, String> one = Map.of("csrf_token", page.token(), "handle", handles(page).get(1));
    Map<String, String> others = Map.of("csrf_token", page.token());

    String again = "/user/login?next=%2Fuser%2Faccount&again=1";
    assertEquals(again, laptop.post("/user/account/sign-out-device", one).location());
    assertEquals(again, laptop.post("/user/account/sign-out-others", others).location());
    assertEquals(200, phone.get("/user/account").status(), "nothing was changed");

    Answer form = laptop.get(again);
    assertTrue(form.body().contains("enter your password again"), form.body());
    assertTrue(form.body().contains("value=\"student1\""), form.body());
    Map<String, String> password =
        Map.of(
            "csrf_token", form.token(),
            "next", "/user/account",
            "username", "student1",
            "password", "student1");
    assertEquals("/user/account", laptop.post("/user/login", password).location());
    Answer fresh = laptop.get("/user/account");
    assertEquals(2, handles(fresh).size(), "the same two devices");
    laptop.post("/user/account/sign-out-others", Map.of("csrf_token", fresh.token()));
    assertEquals(303, phone.get("/user/account").status());

    site.pass(Duration.ofMinutes(16));
    Answer alone = laptop.get("/user/account");
    Map<String, String> own = Map.of("csrf_token", alone.token(), "handle", handles(alone).get(0));
    assertEquals(
        "/user/login?out=1",
        laptop.post("/user/account/sign-out-device", own).location(),
        "the own one at any time");
  }

  @Test
  void strangersAreNotAskedForTheirPasswordAgain() {
    String form = site.browser().get("/user/login?again=1").body();
    assertFalse(form.contains("again"), form);
  }

  @Test
  void allOthersAreSignedOutAtOnce() {
    Browser laptop = site.browser(FIREFOX);
    laptop.signIn("student1");
    List<Browser> others = List.of(site.browser(PHONE), site.browser(PHONE), site.browser());
    others.forEach(other -> other.signIn("student1"));
    Answer page = laptop.get("/user/account");
    assertEquals(4, handles(page).size());
    Answer answer =
        laptop.post("/user/account/sign-out-others", Map.of("csrf_token", page.token()));
    assertEquals(303, answer.status());
    assertEquals("/user/account", answer.location());
    others.forEach(other -> assertEquals(303, other.get("/user/account").status()));
    assertEquals(handles(page).subList(0, 1), handles(laptop.get("/user/account")));
    String told = " AUDIT sessions-revoked account=student1 address=127.0.0.1 sessions=3";
    assertTrue(site.audit().contains(told), site.audit());
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
