// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser.Answer;
import dev.lms.demo.config.Config;
import dev.lms.demo.wiring.RunningSite;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was typed is given back where the site could not take it. */
class KeptFormsTest {
  private static final Pattern FIELD =
      Pattern.compile(
          "<input type=\"(?:text|hidden)\" name=\"([^\"]*)\" value=\"([^\"]*)\">"
              + "|<textarea name=\"([^\"]*)\"[^>]*>\n([^<]*)</textarea>");

  @TempDir Path folder;
  private RunningSite site;
  private Browser instructor;
  private Browser student;

  @BeforeEach
  void start() throws IOException {
    Config config =
        Config.read(
            Map.of(
                "LMS_HOST", "127.0.0.1",
                "LMS_PORT", "0",
                "LMS_DATA_DIR", folder.toString(),
                "SECRET_KEY", "a secret for tests, long enough 0001"));
    site = RunningSite.start(config, Plans.withPageCache(32), App.features(), Map.of());
    instructor = browser();
    instructor.signIn("lms-admin");
    student = browser();
    student.signIn("student1");
  }

  @AfterEach
  void stop() {
    site.stop(Duration.ofSeconds(5));
  }

  private Browser browser() {
    return new Browser(URI.create("http://127.0.0.1:" + site.port()));
  }

  private static Map<String, String> form(Browser who, String... fields) {
    Map<String, String> form = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      form.put(fields[i], fields[i + 1]);
    }
    form.put("csrf_token", who.get("/").token());
    return form;
  }

  /** The form that a page gives back, as its person would send it. */
  private static Map<String, String> given(Answer page, String action) {
    String[] parts = page.body().split("action=\"" + Pattern.quote(action) + "\">", 2);
    assertEquals(2, parts.length, page.body());
    Map<String, String> form = new LinkedHashMap<>();
    Matcher field = FIELD.matcher(parts[1].substring(0, parts[1].indexOf("</form>")));
    while (field.find()) {
      boolean line = field.group(1) != null;
      form.put(field.group(line ? 1 : 3), field.group(line ? 2 : 4));
    }
    return form;
  }

  @Test
  void noFormOfABusySiteLosesWhatWasTypedAndEachCanBeSentAgain() throws Exception {
    Map<String, String> enrolment = form(student);
    student.post("/course/web101/enroll", enrolment);
    Map<String, Map<String, String>> forms = new LinkedHashMap<>();
    forms.put(
        "/course/py101/edit",
        form(
            instructor,
            "title",
            "A long thought",
            "description",
            "One.\n\nTwo.",
            "level",
            "advanced",
            "credits",
            "7",
            "tags",
            "python, thoughts"));
    forms.put(
        "/course/new",
        form(
            instructor,
            "code",
            "new101",
            "title",
            "Something new",
            "description",
            "To be begun.",
            "level",
            "beginner",
            "credits",
            "3",
            "tags",
            ""));
    forms.put(
        "/course/py101/lesson/new",
        form(instructor, "title", "Lists", "body", "# Lists\n\nFirst.", "act", "save"));
    forms.put("/course/git101/state", form(instructor, "state", "archived"));
    forms.put("/course/py101/enroll", form(student));
    forms.put("/resource/web101-1/done", form(student));
    forms.put("/course/web101/leave", form(student));
    forms.put(
        "/user/account/password",
        form(
            student,
            "username",
            "student1",
            "current",
            "student1",
            "new",
            "quite another 1",
            "again",
            "quite another 1"));

    Map<String, Answer> answers = new LinkedHashMap<>();
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("lms.db"));
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      answers.putAll(sendAll(forms));
      statement.execute("ROLLBACK");
    }
    forms.forEach(
        (path, sent) -> {
          Answer busy = requireNonNull(answers.get(path));
          assertEquals(503, busy.status(), path + busy.body());
          assertEquals("no-store", busy.header("cache-control"));
          assertFalse(busy.body().contains("quite another"), "no password is shown");
          Map<String, String> given = given(busy, path);
          if (path.endsWith("/password")) {
            assertTrue(busy.body().contains("<input type=\"password\" name=\"again\""), path);
            given.putAll(sent);
          }
          assertEquals(sent, given, path);
          Answer again = by(path).post(path, given);
          assertEquals(303, again.status(), path + again.body());
        });
    assertTrue(browser().get("/course/py101/view").body().contains("<h1>A long thought</h1>"));
  }

  private Browser by(String path) {
    boolean teaches = path.matches("/course/(new|.*/(edit|state|lesson/new))");
    return teaches ? instructor : student;
  }

  private Map<String, Answer> sendAll(Map<String, Map<String, String>> forms) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Map<String, CompletableFuture<Answer>> sent = new LinkedHashMap<>();
      forms.forEach(
          (path, form) ->
              sent.put(
                  path, CompletableFuture.supplyAsync(() -> by(path).post(path, form), threads)));
      Map<String, Answer> answers = new LinkedHashMap<>();
      sent.forEach((path, answer) -> answers.put(path, answer.join()));
      return answers;
    }
  }

  @Test
  void anExpiredFormShowsNoPassword() {
    Map<String, String> form =
        form(student, "current", "student1", "new", "quite another 1", "again", "quite other 2");
    form.put("csrf_token", "of yesterday");
    Answer expired = student.post("/user/account/password", form);
    assertEquals(403, expired.status());
    assertFalse(expired.body().contains("value=\"student1\""), expired.body());
    assertFalse(expired.body().contains("quite"), expired.body());
    assertTrue(
        expired.body().contains("New password, again <input type=\"password\" name=\"again\""),
        expired.body());
  }
}
