// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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

class OwnPasswordTest {
  private static final String PAGE = "/user/account/password";
  private static final String NEW = "seven lamps under water";

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

  private Browser signedIn(String name) {
    Browser browser = site.browser();
    browser.signIn(name);
    return browser;
  }

  private static Answer change(Browser browser, String current, String chosen, String again) {
    return browser.post(
        PAGE,
        Map.of(
            "csrf_token", browser.get(PAGE).token(),
            "current", current,
            "new", chosen,
            "again", again));
  }

  private int signIn(String name, String password) {
    Browser browser = site.browser();
    String token = browser.get("/user/login").token();
    return browser
        .post("/user/login", Map.of("username", name, "password", password, "csrf_token", token))
        .status();
  }

  @Test
  void whoKnowsTheOldOneSetsANewOneAndIsAloneThen() {
    Browser here = signedIn("student1");
    Browser there = signedIn("student1");
    Browser other = signedIn("student2");
    String id = here.cookies().get("session");
    assertTrue(here.get("/user/account").body().contains("href=\"" + PAGE + "\""));

    assertEquals("/user/account", change(here, "student1", NEW, NEW).location());
    assertTrue(here.get("/user/account").body().contains("Signed out on 1 other device."));
    assertNotEquals(id, here.cookies().get("session"), "who copied the old one has nothing");
    assertEquals(303, there.get("/user/account").status());
    assertEquals(200, other.get("/user/account").status());
    assertEquals(401, signIn("student1", "student1"));
    assertEquals(303, signIn("student1", NEW));
    assertTrue(site.audit().contains(" AUDIT password-changed account=student1 "), site.audit());
    assertFalse(site.audit().contains(NEW), site.audit());
  }

  @Test
  void nothingChangesWhenAnythingIsWrong() {
    Browser here = signedIn("student1");
    Answer wrong = change(here, "student2", NEW, NEW);
    assertEquals(422, wrong.status());
    assertTrue(wrong.body().contains("The current password is not right."), wrong.body());
    assertFalse(wrong.body().contains(NEW), "no password comes back");
    assertTrue(change(here, "student1", "student1!", "student1!").body().contains("is refused"));
    assertTrue(change(here, "student1", NEW, NEW + "s").body().contains("passwords differ"));
    assertEquals(
        403, here.post(PAGE, Map.of("current", "student1", "new", NEW, "again", NEW)).status());
    assertEquals(303, signIn("student1", "student1"));
    assertEquals(303, site.browser().get(PAGE).status(), "strangers sign in first");
  }

  @Test
  void itIsSlowedDownLikeSigningIn() {
    Browser here = signedIn("student1");
    for (int i = 0; i < 5; i++) {
      assertEquals(422, change(here, "wrong", NEW, NEW).status());
    }
    Answer soon = change(here, "student1", NEW, NEW);
    assertEquals(429, soon.status());
    assertEquals("1", soon.header("retry-after"));
    assertEquals(429, signIn("student1", "student1"), "the form counts what the page counted");
    site.pass(java.time.Duration.ofSeconds(1));
    assertEquals(303, change(here, "student1", NEW, NEW).status());
  }

  @Test
  void wrongPasswordsAreToldByAccountsThatExistAndABoundedNumberOfTimes() {
    signIn("student3", "hunter2 of mine");
    signIn("my password instead", "x");
    String audit = site.audit();
    assertTrue(
        audit.contains("AUDIT sign-in-failed account=student3 address=127.0.0.1 reason=password"),
        audit);
    assertTrue(audit.contains("sign-in-failed account=- "), audit);
    assertFalse(audit.contains("instead") || audit.contains("hunter2"), audit);
    for (int i = 0; i < 70; i++) {
      signIn("student4", "wrong");
    }
    assertTrue(site.audit().lines().count() <= 50, "told at a bounded rate");
    site.pass(java.time.Duration.ofSeconds(10));
    signIn("student4", "wrong");
    assertTrue(site.audit().contains("AUDIT not-told lines="), site.audit());
  }
}
