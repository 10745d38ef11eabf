// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.Browser.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Signing in and out, and the devices of an account, over HTTP. */
class SignInPagesTest extends SiteFixture {
  private static final String FIREFOX =
      "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  private static final String PHONE =
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
          + " (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

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
      // What was typed is kept in its field, and is also the name of a sample account.
      bodies.add(
          answer
              .body()
              .replace("value=\"" + name + "\" autocomplete", "value=\"NAME\" autocomplete")
              .replace(answer.token(), "TOKEN"));
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
}
