// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import dev.lms.demo.WorkerProcess.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Accounts that commands change beside running workers. */
class AccountsIT {
  private static final String PASSWORD = "seven lamps under water";
  private static final String OTHER = "eight stones over bridges";

  private static Finished user(Map<String, String> site, String input, String... command) {
    String[] all = new String[command.length + 1];
    all[0] = "user";
    System.arraycopy(command, 0, all, 1, command.length);
    return WorkerProcess.runWith(input + "\n", site, all);
  }

  private static void done(Finished finished) {
    assertEquals(0, finished.exitCode(), finished.errors());
  }

  private static int signIn(Browser browser, String name, String password) {
    String token = browser.get("/user/login").token();
    return browser
        .post("/user/login", Map.of("username", name, "password", password, "csrf_token", token))
        .status();
  }

  private static boolean isSignedIn(Browser browser, Backend site) {
    List<Integer> statuses =
        site.workers().stream()
            .map(worker -> browser.on(worker.uri("/")).get("/user/account").status())
            .distinct()
            .toList();
    assertEquals(1, statuses.size(), "the workers agree");
    return statuses.getFirst() == 200;
  }

  @Test
  void whatACommandChangedHoldsOnEveryWorkerInEverySession() {
    changesHold(Backend.Kind.REDIS);
  }

  @Test
  @Tag("long")
  void whatACommandChangedHoldsWithFilesToo() {
    changesHold(Backend.Kind.FILE);
  }

  private static void changesHold(Backend.Kind kind) {
    Backend site = Backend.shared(kind);
    Map<String, String> env = site.environment();
    done(user(env, PASSWORD, "add", "ada", "--display", "Ada Lovelace", "--role", "student"));
    Browser ada = new Browser(site.one().uri("/"));
    assertEquals(303, signIn(ada, "ada", PASSWORD));
    assertTrue(isSignedIn(ada, site));
    assertTrue(ada.get("/").body().contains("Ada Lovelace"));

    done(user(env, "", "disable", "ada"));
    assertFalse(isSignedIn(ada, site));
    assertEquals(401, signIn(ada.on(site.two().uri("/")), "ada", PASSWORD));
    done(user(env, "", "enable", "ada"));
    assertFalse(isSignedIn(ada, site), "what was ended does not come back");
    assertEquals(303, signIn(ada, "ada", PASSWORD));

    done(user(env, OTHER, "password", "ada"));
    assertFalse(isSignedIn(ada, site));
    assertEquals(401, signIn(ada, "ada", PASSWORD));
    assertEquals(303, signIn(ada, "ada", OTHER));

    assertEquals(403, ada.get("/course/py101/moderate").status());
    done(user(env, "", "roles", "ada", "--role", "student", "--role", "admin"));
    for (WorkerProcess worker : site.workers()) {
      assertEquals(200, ada.on(worker.uri("/")).get("/course/py101/moderate").status());
    }

    done(user(env, "", "delete", "ada"));
    assertFalse(isSignedIn(ada, site));
    assertEquals(401, signIn(ada, "ada", OTHER));

    String log = site.operatorLog();
    String by = " by=lmsctl operator=" + ProcessHandle.current().info().user().orElse("-") + "\n";
    for (String act :
        List.of(
            "account-added account=ada roles=student",
            "account-disabled account=ada sessions=1",
            "account-enabled account=ada",
            "password-changed account=ada sessions=1",
            "roles-changed account=ada roles=admin,student sessions=1",
            "account-deleted account=ada sessions=1")) {
      assertTrue(log.contains("Z AUDIT " + act + by), act + " in " + log);
    }
    assertFalse(log.contains(PASSWORD) || log.contains(OTHER), log);
  }

  /** Of a site that never ran in development nobody knows an account. */
  @Test
  void productionHasPeople(@TempDir Path data) {
    Map<String, String> env =
        Map.of(
            "LMS_ENV", "production",
            "LMS_HOST", "127.0.0.1",
            "SECRET_KEY", "of a test, and longer than thirty-two characters",
            "SESSION_COOKIE_SECURE", "false",
            "LMS_DATA_DIR", data.resolve("d").toString());
    try (WorkerProcess worker = WorkerProcess.serve(env)) {
      Browser browser = new Browser(worker.uri("/"));
      assertEquals(401, signIn(browser, "lms-admin", "lms-admin"));
      done(user(env, PASSWORD, "add", "root", "--display", "The Admin", "--role", "admin"));
      assertEquals(303, signIn(browser, "root", PASSWORD));
      assertFalse(browser.get("/course/explore").body().contains("/course/py101/view"));
      Finished loaded = WorkerProcess.run(env, "sample", "load");
      done(loaded);
      assertTrue(loaded.output().matches("Added 4\\d courses and 3 programs\n"), loaded.output());
      assertTrue(browser.get("/").body().contains("/view\""), "at once");
      assertEquals(200, browser.get("/course/py101/moderate").status());
      assertEquals(
          "Added 0 courses and 0 programs\n", WorkerProcess.run(env, "sample", "load").output());

      assertEquals(
          1, user(env, PASSWORD, "add", "root", "--display", "x", "--role", "admin").exitCode());
      for (String command : List.of("password", "disable", "enable", "delete")) {
        Finished unknown = user(env, PASSWORD, command, "nobody");
        assertEquals(1, unknown.exitCode(), command);
        assertTrue(unknown.errors().contains("no account nobody"), unknown.errors());
      }
      Finished weak = user(env, "password1", "password", "root");
      assertEquals(2, weak.exitCode(), weak.errors());
      assertFalse((weak.errors() + weak.output()).contains("password1"), weak.errors());
      assertEquals(200, browser.get("/user/account").status(), "nothing was changed");

      Finished list = user(env, "", "list", "--json");
      done(list);
      assertEquals(
          "{\"users\":[{\"name\":\"root\",\"display\":\"The Admin\",\"roles\":[\"admin\"],"
              + "\"disabled\":false,\"sample\":false}]}",
          JsonParser.parseString(list.output()).toString());
    }
  }

  /** Of a container, where nobody types. */
  @Test
  void aFileHasThePasswordOfTheFirstAdmin(@TempDir Path data) throws IOException {
    Path file = Files.writeString(data.resolve("admin"), PASSWORD + "\n");
    Map<String, String> env =
        new HashMap<>(
            Map.of(
                "LMS_ENV", "production",
                "LMS_HOST", "127.0.0.1",
                "SECRET_KEY", "of a test, and longer than thirty-two characters",
                "SESSION_COOKIE_SECURE", "false",
                "LMS_DATA_DIR", data.resolve("d").toString(),
                "LMS_ADMIN_PASSWORD_FILE", file.toString()));
    try (WorkerProcess worker = WorkerProcess.serve(env)) {
      worker.awaitOutput("AUDIT account-added account=admin by=LMS_ADMIN_PASSWORD_FILE");
      assertFalse(worker.output().contains(PASSWORD), worker.output());
      Browser browser = new Browser(worker.uri("/"));
      assertEquals(303, signIn(browser, "admin", PASSWORD));
      assertEquals(200, browser.get("/ops").status());
      Files.writeString(file, OTHER);
    }
    try (WorkerProcess worker = WorkerProcess.serve(env)) {
      assertEquals(401, signIn(new Browser(worker.uri("/")), "admin", OTHER), "made once");
    }
    env.put("LMS_DATA_DIR", data.resolve("e").toString());
    Files.writeString(file, "admin123\n");
    Finished weak = WorkerProcess.run(env, "serve");
    assertEquals(78, weak.exitCode(), weak.errors());
    assertTrue(weak.errors().contains("LMS_ADMIN_PASSWORD_FILE="), weak.errors());
    assertFalse(weak.errors().contains("admin123"), weak.errors());
  }
}
