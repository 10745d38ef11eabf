// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ScreenshotType;
import com.microsoft.playwright.options.ViewportSize;
import dev.lms.demo.WorkerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A person in front of a browser; notices what the browser complains about. */
final class Visitor implements AutoCloseable {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final String AXE = read("/axe.min.js");

  private static final String PAPER =
      """
      () => {
        const light = colour => {
          const [r, g, b, a = 1] = colour.match(/[0-9.]+/g).map(Number);
          return a === 0 ? null : (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
        };
        const behind = e => !e ? 1 : light(getComputedStyle(e).backgroundColor) ?? behind(e.parentElement);
        return [...document.querySelectorAll('body *')]
          .filter(e => e.checkVisibility() && e.getClientRects().length > 0)
          .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
          .filter(e => light(getComputedStyle(e).color) > 0.4 || behind(e) < 0.9
            || e.closest('pre')?.scrollWidth > e.closest('pre')?.clientWidth)
          .map(e => e.outerHTML.slice(0, 120));
      }
      """;

  private final BrowserContext context;
  private final ColorScheme scheme;
  private final List<String> complaints = new ArrayList<>();
  private final Page page;

  Visitor(BrowserContext context, ColorScheme scheme) {
    this.context = context;
    this.scheme = scheme;
    context.setDefaultTimeout(30_000);
    context.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            complaints.add(message.type() + " on " + message.location() + ": " + message.text());
          }
        });
    context.onWebError(error -> complaints.add("script: " + error.error()));
    context.onRequestFailed(
        request -> {
          // A page that somebody leaves before all of it has come takes back what it asked for.
          if (!"net::ERR_ABORTED".equals(request.failure())) {
            complaints.add("failed: " + request.url() + " " + request.failure());
          }
        });
    this.page = context.newPage();
  }

  Page page() {
    return page;
  }

  Page anotherTab() {
    return context.newPage();
  }

  /** Opens a page by its address, as somebody who types it. */
  void open(WorkerProcess worker, String path) {
    page.navigate(worker.uri(path).toString());
  }

  /** Has a script of the site say something else from now on. */
  void changes(String script, String from, String to) {
    page.route(
        url -> URI.create(url).getPath().endsWith(script),
        route -> {
          APIResponse answer = route.fetch();
          assertTrue(answer.text().contains(from), script);
          route.fulfill(
              new Route.FulfillOptions()
                  .setResponse(answer)
                  .setBody(answer.text().replace(from, to)));
        });
  }

  /** Whether this is in the part of the page that the window shows. */
  boolean sees(String selector) {
    double top = page.locator(selector).boundingBox().y;
    return top >= 0 && top < page.viewportSize().height;
  }

  /** By what people tell an element from its neighbours. */
  String looks(String selector) {
    return (String)
        page.locator(selector)
            .first()
            .evaluate(
                "e => { const s = getComputedStyle(e);"
                    + " const clear = b => getComputedStyle(b).backgroundColor.endsWith(', 0)');"
                    + " let behind = e; while (behind && clear(behind)) behind = behind.parentElement;"
                    + " return [behind && getComputedStyle(behind).backgroundColor, s.borderColor,"
                    + " s.textDecorationLine].join(); }");
  }

  /** Text that is not dark on white, or is cut off. */
  @SuppressWarnings("unchecked")
  List<String> hardToReadOnPaper() {
    return (List<String>) page.evaluate(PAPER);
  }

  void signIn(WorkerProcess worker, String username) {
    open(worker, "/");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Sign in")).first().click();
    page.getByLabel("Username").fill(username);
    page.getByLabel("Password").fill(username);
    button("Sign in");
  }

  void button(String name) {
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true))
        .first()
        .click();
  }

  /** Waits until what was begun has come to its end, and runs. */
  void awaitTheEnd() {
    page.locator("main:not([aria-busy])").waitFor();
  }

  /** The name in the menu; empty for a stranger. */
  String menu() {
    return menu(page);
  }

  static String menu(Page page) {
    // Who has just pressed a button may see a page of which the menu has yet to arrive.
    page.waitForLoadState();
    return page.getByTestId("user-name").count() == 0
        ? ""
        : page.getByTestId("user-name").textContent();
  }

  int count(String side) {
    return Integer.parseInt(page.getByTestId(side + "-wrong").textContent());
  }

  boolean hasButton(String name) {
    page.waitForLoadState();
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true))
            .count()
        > 0;
  }

  /**
   * Takes a picture of the page; returns what keeps people out of it, in light or dark, or sticks
   * out of it in this window, in others, and on a phone with the text twice as large.
   */
  List<String> look(String name) {
    picture(name);
    page.evaluate(AXE);
    List<String> found = obstacles("{}");
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(other(scheme)));
    found.addAll(obstacles("{runOnly: ['color-contrast']}"));
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
    ViewportSize window = page.viewportSize();
    for (int width : new int[] {1920, 1280, 768, 360}) {
      page.setViewportSize(width, window.height);
      whatSticksOut(found);
    }
    boolean menu = page.locator(".bar .user").count() > 0;
    if (menu && height(".bar") > 2 * height(".bar .user")) {
      found.add(page.url() + " has more than one row at its top");
    }
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }");
    whatSticksOut(found);
    page.setViewportSize(window.width, window.height);
    return found;
  }

  private static ColorScheme other(ColorScheme scheme) {
    return scheme == ColorScheme.DARK ? ColorScheme.LIGHT : ColorScheme.DARK;
  }

  private int height(String selector) {
    return (int) page.locator(selector).first().evaluate("e => e.offsetHeight");
  }

  private void whatSticksOut(List<String> found) {
    int overflow =
        (int)
            page.evaluate(
                "() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
    if (overflow > 0) {
      found.add(page.url() + " sticks out by " + overflow + " at " + page.viewportSize().width);
    }
  }

  /** Puts a picture of the whole page where people find it after the build. */
  void picture(String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setFullPage(true)
            .setType(ScreenshotType.JPEG)
            .setPath(SCREENSHOTS.resolve(name + ".jpg")));
  }

  /** Puts a picture of a part of the page into a file. */
  void pictureOf(String selector, Path file) {
    page.locator(selector).screenshot(new Locator.ScreenshotOptions().setPath(file));
  }

  /** What axe finds wrong with the page, with these options. */
  private List<String> obstacles(String options) {
    Object found =
        page.evaluate(
            "() => axe.run({resultTypes: ['violations'], preload: false, ..."
                + options
                + "}).then(r => JSON.stringify(r.violations))");
    JsonArray violations = new Gson().fromJson((String) found, JsonArray.class);
    List<String> obstacles = new ArrayList<>();
    for (JsonElement element : violations) {
      JsonObject violation = element.getAsJsonObject();
      JsonArray nodes = violation.getAsJsonArray("nodes");
      obstacles.add(
          page.url()
              + ": "
              + violation.get("help")
              + " "
              + nodes.get(0).getAsJsonObject().get("html"));
    }
    return obstacles;
  }

  /** The browser complained about nothing. */
  void assertContent() {
    assertEquals(List.of(), complaints);
  }

  /** What it complained about since it was asked last, for pages that are problems. */
  List<String> forgetComplaints() {
    List<String> before = List.copyOf(complaints);
    complaints.clear();
    return before;
  }

  @Override
  public void close() {
    context.close();
  }

  private static String read(String resource) {
    try (InputStream in =
        Objects.requireNonNull(Visitor.class.getResourceAsStream(resource), resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
