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

/** Whatever goes wrong, there is a way on. */
class DeadEndsTest {
  private static final String USER_MENU = "data-testid=\"user-menu\"";

  @TempDir Path folder;
  private TestSite site;
  private boolean purgeFails;

  @BeforeEach
  void start() throws IOException {
    site =
        new TestSite(
            folder,
            0,
            tags -> {
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
                "csrf_token", "of yesterday"));
    assertEquals(403, expired.status());
    String page = expired.body();
    assertTrue(page.contains("<h1>This form has expired</h1>"), page);
    assertTrue(page.contains("action=\"/course/py101/edit\""), page);
    assertTrue(page.contains("name=\"title\" value=\"A &lt;new&gt; title\""), page);
    assertTrue(page.contains("name=\"description\" rows=\"8\">\nOne.\n\nTwo.</textarea>"), page);
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
}
