// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.lms.demo.WorkerProcess;
import dev.lms.demo.workers.Backend;
import dev.lms.session.redis.server.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every kind of page, problems too: nothing keeps anybody out, nothing sticks out of any window or
 * with text twice as large, and the browser has no complaint. Pictures are in {@code
 * target/screenshots}.
 */
class EveryPageIT {
  private static Chromium chromium;

  private final Backend site = Backend.shared(Backend.Kind.REDIS);
  private final List<String> obstacles = new ArrayList<>();

  @BeforeAll
  static void start() {
    chromium = Chromium.start();
  }

  @AfterAll
  static void stop() {
    chromium.close();
  }

  /** A page by the name of its picture. */
  private record Shown(String name, String address) {}

  private static final List<Shown> OF_STRANGERS =
      List.of(
          new Shown("home", "/"),
          new Shown("courses", "/course/explore"),
          new Shown("courses-filtered", "/course/explore?level=beginner&tag=web&sort=title"),
          new Shown("search", "/course/explore?q=python"),
          new Shown("search-without-result", "/course/explore?q=nothing-at-all"),
          new Shown("course", "/course/py101/view"),
          new Shown("programs", "/program/explore"),
          new Shown("program", "/program/webdev"),
          new Shown("sign-in", "/user/login"),
          new Shown("lab", "/lab"),
          new Shown("lab-flicker", "/lab/flicker"),
          new Shown("lab-stampede", "/lab/stampede"),
          new Shown("lab-leak", "/lab/leak"));

  private static final List<Shown> OF_STUDENTS =
      List.of(
          new Shown("account", "/user/account"),
          new Shown("password", "/user/account/password"),
          new Shown("course-as-student", "/course/web101/view"),
          new Shown("leaking-page", "/lab-leak"));

  private static final List<Shown> OF_STAFF =
      List.of(
          new Shown("edit", "/course/py101/admin"),
          new Shown("new-course", "/course/new"),
          new Shown("new-lesson", "/course/py101/lesson/new"),
          new Shown("edit-lesson", "/course/web101/lesson/web101-1"),
          new Shown("ops", "/ops"),
          new Shown("ops-explain", "/ops/explain?url=/course/web101/view"),
          new Shown("students", "/course/py101/moderate"));

  @Test
  void everyPageIsForEverybody() {
    lookAtEveryPage(360, ColorScheme.DARK, false);
  }

  @Tag("long")
  @ParameterizedTest
  @CsvSource({
    "360, DARK",
    "360, LIGHT",
    "768, LIGHT",
    "768, DARK",
    "1280, LIGHT",
    "1280, DARK",
    "1920, LIGHT",
    "1920, DARK"
  })
  void everyPageIsForEverybodyInEveryWindow(int width, ColorScheme scheme) {
    lookAtEveryPage(width, scheme, true);
  }

  private void lookAtEveryPage(int width, ColorScheme scheme, boolean outage) {
    String suffix = "-" + width + "-" + scheme.name().toLowerCase(Locale.ROOT);
    try (Visitor visitor = chromium.visitor(width, scheme)) {
      lookAt(visitor, OF_STRANGERS, suffix);
      visitor.open(site.one(), "/nothing");
      problem(visitor, "problem-404", suffix);
      visitor.open(site.one(), "/user/login");
      visitor.page().getByLabel("Username").fill("student1");
      visitor.page().getByLabel("Password").fill("mistyped");
      visitor.button("Sign in");
      problem(visitor, "problem-401", suffix);
      visitor.assertContent();
    }
    try (Visitor visitor = chromium.visitor(width, scheme)) {
      visitor.signIn(site.two(), "student1");
      lookAt(visitor, OF_STUDENTS, suffix);
      read(visitor, suffix);
      visitor.open(site.one(), "/course/py101/admin");
      problem(visitor, "problem-403", suffix);
      visitor.assertContent();
    }
    try (Visitor visitor = chromium.visitor(width, scheme)) {
      visitor.signIn(site.two(), "lms-admin");
      lookAt(visitor, OF_STAFF, suffix);
      formThatHasExpired(visitor, suffix);
      if (outage) {
        formDuringAnOutage(visitor, suffix);
      }
      visitor.assertContent();
    }
    assertEquals(List.of(), obstacles);
  }

  private void lookAt(Visitor visitor, List<Shown> pages, String suffix) {
    for (Shown page : pages) {
      visitor.open(site.one(), page.address());
      obstacles.addAll(visitor.look(page.name() + suffix));
    }
  }

  private void problem(Visitor visitor, String name, String suffix) {
    obstacles.addAll(visitor.look(name + suffix));
    List<String> complaints = visitor.forgetComplaints();
    assertEquals(1, complaints.size(), name + " itself: " + complaints);
  }

  /** Enrols, if that was not done, and opens the first lesson. */
  private void read(Visitor visitor, String suffix) {
    visitor.open(site.one(), "/course/web101/view");
    if (visitor.hasButton("Enrol in this course")) {
      visitor.button("Enrol in this course");
    }
    visitor.open(site.two(), "/course/web101/take");
    obstacles.addAll(visitor.look("take" + suffix));
    visitor.page().locator("main a[href^='/resource/']").first().click();
    obstacles.addAll(visitor.look("lesson" + suffix));
    visitor.open(site.one(), "/");
    obstacles.addAll(visitor.look("home-as-student" + suffix));
  }

  private void formThatHasExpired(Visitor visitor, String suffix) {
    visitor.open(site.one(), "/course/py101/admin");
    visitor
        .page()
        .locator("form.stack input[name=csrf_token]")
        .first()
        .evaluate("e => { e.value = 'of yesterday'; }");
    visitor.button("Save");
    problem(visitor, "problem-403-form", suffix);
  }

  /** Nobody can tell who sends it. */
  private void formDuringAnOutage(Visitor visitor, String suffix) {
    visitor.open(site.one(), "/course/py101/admin");
    RedisServer redis = site.redis().orElseThrow();
    redis.pause();
    try {
      // By then no copy of the session is good either.
      WorkerProcess.eventually(() -> !isReady(site.one()), "notice of the outage");
      visitor.button("Save");
      problem(visitor, "problem-503-form", suffix);
      assertTrue(visitor.hasButton("Send it again"));
    } finally {
      redis.resume();
    }
    for (WorkerProcess worker : List.of(site.one(), site.two())) {
      worker.await(() -> isReady(worker), "the end of the outage");
    }
    visitor.button("Send it again");
    String told = visitor.page().getByRole(AriaRole.STATUS).first().textContent();
    assertTrue(told.startsWith("Saved."), told);
  }

  private static boolean isReady(WorkerProcess worker) {
    return WorkerProcess.answers(worker.uri("/readyz"));
  }
}
