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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong, there is a way on. */
class DeadEndsTest {
  private static final String USER_MENU = "data-testid=\"user-menu\"";

  @TempDir Path folder;
  private TestSite site;
  private boolean purgeFails;
  private Runnable meanwhile = () -> {};

  @BeforeEach
  void start() throws IOException {
    site =
        new TestSite(
            folder,
            0,
            tags -> {
              meanwhile.run();
              if (purgeFails) {
                throw new IllegalStateException("on purpose");
              }
            });
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void aPageThatIsNotThereHasTheMenuAndLeadsToTheCourses() {
    Browser browser = site.browser();
    String stranger = browser.get("/course/none/view").body();
    assertTrue(stranger.contains("<nav aria-label=\"Site\">"), stranger);
    assertTrue(stranger.contains("<a href=\"/user/login\" class=\"button\">Sign in</a>"), stranger);
    assertTrue(
        stranger.contains("<a class=\"button primary\" href=\"/course/explore\">"), stranger);
    browser.signIn("student1");
    for (String path : new String[] {"/course/none/view", "/nothing"}) {
      Answer person = browser.get(path);
      assertEquals(404, person.status());
      assertTrue(person.body().contains(USER_MENU), person.body());
      assertTrue(person.body().contains(">Alice Marlow</span>"), person.body());
      assertEquals("no-store", person.header("cache-control"));
    }
  }

  @Test
  void whatIsForOthersLeadsToTheAccountOrToSignIn() {
    Browser browser = site.browser();
    browser.signIn("student1");
    String refused = browser.get("/course/py101/admin").body();
    assertTrue(refused.contains("<a class=\"button\" href=\"/user/account\">"), refused);
    Answer gone = site.browser().post("/course/py101/edit", Map.of("title", "x"));
    assertEquals(403, gone.status());
    assertTrue(
        gone.body().contains("<a class=\"button primary\" href=\"/user/login\">"), gone.body());
  }

  @Test
  void anExpiredFormKeepsWhatWasTypedAndIsSentOnceMore() {
    Browser browser = site.browser();
    browser.signIn("instructor");
    Answer expired =
        browser.post(
            "/course/py101/edit",
            Map.of(
                "title", "A <new> title",
                "description", "One.\n\nTwo.",
                "version", "0123abcd",
                "csrf_token", "of yesterday"));
    assertEquals(403, expired.status());
    String page = expired.body();
    assertTrue(page.contains("<h1>This form has expired</h1>"), page);
    assertTrue(page.contains("action=\"/course/py101/edit\""), page);
    assertTrue(page.contains("name=\"title\" value=\"A &lt;new&gt; title\""), page);
    assertTrue(page.contains("name=\"description\" rows=\"8\">\nOne.\n\nTwo.</textarea>"), page);
    assertTrue(page.contains("<input type=\"hidden\" name=\"version\" value=\"0123abcd\">"), page);
    assertFalse(page.contains("Version"), "nobody typed it, and nobody can read it");
    assertFalse(page.contains("of yesterday"), page);
    Answer again =
        browser.post(
            "/course/py101/edit", Map.of("title", "A <new> title", "csrf_token", expired.token()));
    assertEquals(303, again.status());
  }

  @Test
  void whatWasTypedIsShownToWhoIsNoLongerSignedIn() {
    Answer gone =
        site.browser()
            .post("/course/py101/edit", Map.of("title", "A long thought", "password", "hidden"));
    assertTrue(gone.body().contains("<pre class=\"typed\">A long thought</pre>"), gone.body());
    assertFalse(gone.body().contains("hidden<"), gone.body());
    assertFalse(gone.body().contains("action=\"/course/py101/edit\""), gone.body());
  }

  @Test
  void anOutageIsCalledByItsNameAndReadersAreTakenBack() {
    Browser browser = site.browser();
    browser.signIn("instructor");
    purgeFails = true;
    Answer unsure =
        browser.post(
            "/course/py101/edit", Map.of("title", "x", "csrf_token", browser.get("/").token()));
    assertEquals(503, unsure.status());
    assertTrue(unsure.body().contains("<h1>Saved, but not yet shown everywhere</h1>"));
    assertFalse(unsure.body().contains("http-equiv=\"refresh\""), "a form is not sent by itself");
  }

  private static String status(Answer page) {
    Matcher status = Pattern.compile("<p role=\"status\"[^>]*>([^<]*)</p>").matcher(page.body());
    return status.find() ? status.group(1) : "";
  }

  @Test
  void everyActIsConfirmedOnce() {
    Browser student = site.browser();
    student.signIn("student1");
    String enrol = "/course/py101/enroll";
    Map<String, String> form = Map.of("csrf_token", student.get("/").token());
    Answer enrolled = student.post(enrol, form);
    assertEquals(
        "You are enrolled in Python from the ground up.", status(student.get(enrolled.location())));
    assertEquals("", status(student.get(enrolled.location())), "once");
    student.post(enrol, form);
    assertEquals(
        "You were enrolled already.", status(student.get("/nothing")), "wherever one goes");

    Browser instructor = site.browser();
    instructor.signIn("instructor");
    Answer saved =
        instructor.post(
            "/course/py101/edit",
            Map.of("title", "<b>", "csrf_token", instructor.get("/").token()));
    assertTrue(status(instructor.get(saved.location())).startsWith("Saved."));

    Browser phone = site.browser();
    phone.signIn("student1");
    Answer others =
        student.post(
            "/user/account/sign-out-others", Map.of("csrf_token", student.get("/").token()));
    assertEquals("Signed out on 1 other device.", status(student.get(others.location())));

    Answer out = student.post("/user/logout", form);
    assertEquals("You are signed out.", status(student.get(out.location())));
    assertEquals("", status(student.get("/user/login")));
  }

  @Test
  void whatIsDoneIsNotDeniedBecauseItCannotBeConfirmed() {
    Browser laptop = site.browser();
    Browser phone = site.browser();
    laptop.signIn("instructor");
    phone.signIn("instructor");
    Map<String, String> form = Map.of("csrf_token", phone.get("/").token());
    meanwhile = () -> phone.post("/user/account/sign-out-others", form);
    Answer saved =
        laptop.post(
            "/course/py101/edit", Map.of("title", "Stored", "csrf_token", laptop.get("/").token()));
    assertEquals(303, saved.status(), saved.body());
    assertTrue(laptop.get(saved.location()).body().contains("<h1>Stored</h1>"));
  }

  @Test
  void whoWasSignedOutElsewhereIsToldOnce() {
    Browser laptop = site.browser();
    Browser phone = site.browser();
    laptop.signIn("student1");
    phone.signIn("student1");
    laptop.post("/user/account/sign-out-others", Map.of("csrf_token", laptop.get("/").token()));
    Answer sent = phone.get("/user/account");
    assertEquals(303, sent.status());
    assertTrue(status(phone.get(sent.location())).startsWith("Your session has ended"));
    assertFalse(phone.cookies().containsKey("session"), "a cookie that is good for nothing");
    assertEquals("", status(phone.get(sent.location())));
    assertEquals(303, phone.signIn("student1").status());
  }

  @Test
  void whoIsSignedInNeedsNoForm() {
    Browser browser = site.browser();
    browser.signIn("student1");
    assertEquals("/", browser.get("/user/login").location());
    assertEquals(
        "/course/py101/view", browser.get("/user/login?next=/course/py101/view").location());
    assertEquals(200, browser.get("/user/login?again=1").status());
  }

  @Test
  void sampleAccountsAreOneClickAway() {
    Browser browser = site.browser();
    Pattern samples =
        Pattern.compile(
            "name=\"username\" value=\"([^\"]+)\"><input type=\"hidden\" name=\"password\" value=\"\\1\">");
    Answer wrong =
        browser.post(
            "/user/login",
            Map.of(
                "username", "student2",
                "password", "mistyped",
                "csrf_token", browser.get("/user/login").token()));
    assertEquals(401, wrong.status());
    assertEquals(11, samples.matcher(wrong.body()).results().count(), wrong.body());
    Answer form = browser.get("/user/login?next=/program/explore");
    assertEquals(11, samples.matcher(form.body()).results().count(), form.body());
    Answer in =
        browser.post(
            "/user/login",
            Map.of(
                "username", "student2",
                "password", "student2",
                "next", "/program/explore",
                "csrf_token", form.token()));
    assertEquals("/program/explore", in.location());
  }
}
