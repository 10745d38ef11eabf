// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ForcedColors;
import com.microsoft.playwright.options.Media;
import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import dev.lms.demo.workers.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people do and see, over two workers, in Chromium. */
class BrowserIT {
  private static Chromium chromium;

  @BeforeAll
  static void start() {
    chromium = Chromium.start();
  }

  @AfterAll
  static void stop() {
    chromium.close();
  }

  /**
   * Signed in on one worker is signed in on both, and so is signed out; the way back shows nothing.
   */
  @ParameterizedTest
  @EnumSource(names = {"REDIS", "FILE", "COOKIE"})
  void signingInAndOutHoldsOnBothWorkers(Backend.Kind kind) {
    Backend site = Backend.shared(kind);
    try (Visitor visitor = chromium.visitor()) {
      visitor.open(site.two(), "/course/explore");
      visitor.signIn(site.one(), "student1");
      assertEquals("Alice Marlow", visitor.menu());
      for (int i = 0; i < 4; i++) {
        visitor.open(i % 2 == 0 ? site.two() : site.one(), "/course/explore");
        assertEquals("Alice Marlow", visitor.menu(), "look " + i);
        if (i < 2) {
          visitor.page().reload();
          assertEquals("Alice Marlow", visitor.menu(), "reload " + i);
        }
      }
      Page other = visitor.anotherTab();
      other.navigate(site.two().uri("/program/explore").toString());
      assertEquals("Alice Marlow", Visitor.menu(other));
      visitor.button("Sign out");
      assertEquals(
          "You are signed out.", visitor.page().getByRole(AriaRole.STATUS).first().textContent());
      visitor.page().goBack();
      assertEquals("", visitor.menu(), "on the way back");
      other.reload();
      assertEquals("", Visitor.menu(other), "in the other tab");
      for (int i = 0; i < 4; i++) {
        visitor.open(i % 2 == 0 ? site.two() : site.one(), "/course/explore");
        assertEquals("", visitor.menu(), "look " + i);
      }
      visitor.assertContent();
    }
  }

  /** Where a browser does not say what it wants a page for, as it does for addresses it trusts. */
  @Test
  void theStripTellsOfThisVisitInTheLocalNetworkToo() {
    WorkerProcess site = Backend.shared(Backend.Kind.FILE).one();
    for (String host : List.of("127.0.0.1", Chromium.ANOTHER_MACHINE)) {
      try (Visitor visitor = chromium.visitor()) {
        String page = "http://" + host + ":" + site.port() + "/program/explore";
        Locator strip = visitor.page().locator(".dev-strip summary");
        visitor.page().navigate(page);
        String first = strip.textContent();
        for (int i = 0; i < 2; i++) {
          visitor.page().reload();
          assertTrue(strip.textContent().startsWith("HIT · anon · age "), strip.textContent());
        }
        visitor.page().navigate(page);
        assertNotEquals(first, strip.textContent(), host);
        visitor.assertContent();
      }
    }
  }

  /** In two real frames, through this browser's own cache, one look at a time. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "key-ignores-who",
        "sessions-per-worker",
        "differing-keys",
        "browser-cache",
        "one-bucket"
      })
  void theFlickerIsRedOnTheNaiveSideAlone(String cause) {
    try (Visitor visitor = chromium.visitor(360, ColorScheme.LIGHT)) {
      visitor.open(Backend.shared(Backend.Kind.REDIS).one(), "/lab/flicker");
      visitor.page().locator("input[value=" + cause + "]").check();
      take(visitor, "Begin, step by step", "Sign in", "Next worker", "Next worker");
      if (cause.equals("one-bucket")) {
        take(visitor, "Somebody else signs in", "Next worker");
      }
      assertOnlyTheNaiveSideGoesWrong(visitor);
      for (String side : List.of("naive", "ours")) {
        assertEquals(
            visitor.page().getByTestId(side + "-menu").textContent(), shownIn(visitor, side));
      }
      if (cause.equals("sessions-per-worker")) {
        assertAReloadForgetsNothing(visitor);
      }
      if (cause.equals("browser-cache")) {
        assertEquals("the browser’s own cache", answered(visitor, "naive"));
        assertTrue(answered(visitor, "ours").startsWith("worker "));
        visitor.picture("lab-flicker-step-by-step-360-light");
        take(visitor, "Sign out");
        assertEquals("Sign in", visitor.page().getByTestId("ours-menu").textContent());
      }
    }
  }

  /** The process that answered before the rush is not the one that answers after it. */
  @Test
  @Tag("long")
  void aWorkerWithoutMemoryIsRedOnTheNaiveSideAlone() {
    try (Visitor visitor = chromium.visitor(1280, ColorScheme.DARK)) {
      visitor.open(Backend.shared(Backend.Kind.REDIS).one(), "/lab/flicker");
      visitor.page().locator("input[value=more-workers-than-memory]").check();
      take(visitor, "Begin, step by step", "Sign in", "Refresh × 10");
      assertEquals(0, visitor.count("naive"), "right as long as it lives");
      String before = answered(visitor, "ours");
      take(visitor, "Twelve uploads at once", "Refresh × 10");
      assertEquals(10, visitor.count("naive"));
      assertNotEquals(before, answered(visitor, "ours"));
      assertEquals("Alice Marlow", shownIn(visitor, "ours"));
      visitor.picture("lab-flicker-memory-1280-dark");
      assertOnlyTheNaiveSideGoesWrong(visitor);
    }
  }

  private static void assertAReloadForgetsNothing(Visitor visitor) {
    int naive = visitor.count("naive");
    int dots = visitor.page().locator(".dots circle").count();
    visitor.page().reload();
    visitor.awaitTheEnd();
    assertEquals(naive, visitor.count("naive"));
    assertEquals(dots, visitor.page().locator(".dots circle").count());
    assertTrue(dots > naive && naive > 0, dots + " dots, " + naive + " wrong");
    assertOnlyTheNaiveSideGoesWrong(visitor);
  }

  private static void take(Visitor visitor, String... steps) {
    for (String step : steps) {
      visitor.button(step);
      visitor.awaitTheEnd();
    }
  }

  private static String answered(Visitor visitor, String side) {
    return visitor.page().locator("[data-side=" + side + "] .lab-where span").textContent();
  }

  /** What the menu of the page in the frame of a side says, as the person sees it. */
  private static String shownIn(Visitor visitor, String side) {
    return visitor
        .page()
        .frameLocator("[data-side=" + side + "] iframe")
        .locator("[data-testid=user-name], .user .button")
        .textContent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lost-update", "resurrection", "stampede", "outage", "rotation", "leak"})
  void theOtherExperimentsToo(String experiment) {
    try (Visitor visitor = chromium.visitor()) {
      visitor.open(Backend.shared(Backend.Kind.REDIS).one(), "/lab");
      visitor.page().locator("a[href='/lab/" + experiment + "']").first().click();
      visitor.button("Run the experiment");
      assertOnlyTheNaiveSideGoesWrong(visitor);
    }
  }

  private static void assertOnlyTheNaiveSideGoesWrong(Visitor visitor) {
    visitor.page().getByTestId("naive-wrong").waitFor();
    assertTrue(visitor.count("naive") > 0);
    assertEquals(0, visitor.count("ours"));
    visitor.assertContent();
  }

  /** So that they never lie: {@code -Dpictures=docs} puts them where the documents show them. */
  @Test
  void thePicturesOfTheDocumentsAreOfTheRunningSite() throws IOException {
    Backend site = Backend.shared(Backend.Kind.REDIS);
    boolean forDocuments = System.getProperty("pictures", "").equals("docs");
    Path folder = Path.of(forDocuments ? "../docs/images" : "target/pictures");
    try (Visitor desktop = chromium.visitor(900, ColorScheme.LIGHT);
        Visitor phone = chromium.visitor(360, ColorScheme.DARK)) {
      if (!forDocuments) {
        // The same steps; ten looks at each are for people to see.
        desktop.changes("/lab.js", "const LOOKS = 10;", "const LOOKS = 2;");
      }
      desktop.open(site.one(), "/lab/flicker");
      desktop.button("Run the whole experiment");
      desktop.page().getByText("Signed in as Alice Marlow").first().waitFor();
      assertTrue(desktop.sees("#panes"), "the panes are in sight while it runs");
      desktop.page().getByText("Somebody else, as Bruno Keller").first().waitFor();
      desktop.awaitTheEnd();
      assertEquals(forDocuments ? 80 : 16, desktop.page().locator(".dots circle").count());
      assertOnlyTheNaiveSideGoesWrong(desktop);
      desktop.pictureOf("#result", folder.resolve("lab-flicker.png"));
      desktop.open(site.one(), "/program/explore");
      desktop.open(site.one(), "/program/explore");
      Locator strip = desktop.page().locator(".dev-strip summary");
      assertTrue(strip.textContent().startsWith("HIT · anon · age "), strip.textContent());
      strip.click();
      desktop.pictureOf(".dev-strip", folder.resolve("dev-strip.png"));
      desktop.signIn(site.one(), "lms-admin");
      desktop.open(site.one(), "/ops");
      if (forDocuments) {
        minutesOfALife(desktop, site);
      }
      desktop.page().screenshot(new Page.ScreenshotOptions().setPath(folder.resolve("ops.png")));
      phone.signIn(site.two(), "student1");
      phone.open(site.one(), "/course/py101/view");
      phone.page().screenshot(new Page.ScreenshotOptions().setPath(folder.resolve("phone.png")));
    }
    for (String name : List.of("lab-flicker", "dev-strip", "ops", "phone")) {
      long size = Files.size(folder.resolve(name + ".png"));
      assertTrue(
          size > 0 && (!forDocuments || size < 100 * 1024), name + " has " + size + " bytes");
    }
  }

  /** Some minutes in which people come, so that the curves have something to show. */
  private static void minutesOfALife(Visitor desktop, Backend site) {
    List<String> pages = List.of("/", "/course/explore", "/program/explore", "/course/py101/view");
    Browser stranger = new Browser(site.one().uri("/"));
    Browser student = new Browser(site.one().uri("/"));
    student.signIn("student4");
    for (int look = 0; desktop.page().locator(".charts tbody tr").count() < 16; look++) {
      assertTrue(look < 200, "curves of two variants, eight minutes long");
      for (int i = 0; i <= look % 7; i++) {
        String page = pages.get((look + i) % pages.size());
        stranger.get(page);
        student.get(i % 3 == 2 ? page + "?page=" + look : page);
      }
      desktop.page().waitForTimeout(5_000);
      desktop.open(site.one(), "/ops");
    }
  }

  /** In the dark, where colours of the screen are furthest from those of paper. */
  @Test
  void onPaperAndInForcedColoursNothingIsLost() {
    Backend site = Backend.shared(Backend.Kind.REDIS);
    try (Visitor visitor = chromium.visitor(768, ColorScheme.DARK)) {
      Page page = visitor.page();
      for (String path :
          List.of("/course/explore?q=nothing-at-all", "/lab/flicker", "/course/explore")) {
        visitor.open(site.one(), path);
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
        assertEquals(List.of(), visitor.hardToReadOnPaper(), path);
        for (String screenOnly : List.of("header nav", ".user", "form", ".pager", ".dev-strip")) {
          assertFalse(page.locator(screenOnly).first().isVisible(), screenOnly + " on paper");
        }
        assertTrue(page.locator("main h1").isVisible());
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.SCREEN));
        assertTrue(page.locator(".dev-strip").isVisible());
      }
      page.emulateMedia(new Page.EmulateMediaOptions().setForcedColors(ForcedColors.ACTIVE));
      for (String chosen : List.of(".tags a", ".pager .number", ".bar nav a")) {
        assertNotEquals(
            visitor.looks(chosen + ":not([aria-current])"),
            visitor.looks(chosen + "[aria-current]"),
            chosen + " that is chosen");
      }
      assertNotEquals(visitor.looks(".user .button"), visitor.looks("button.primary"));
      visitor.picture("courses-forced-colours");
      visitor.assertContent();
    }
  }
}
