// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The Chromium of this machine, driven by Playwright's driver on the Node.js of this machine. */
final class Chromium implements AutoCloseable {
  /** This one, by a name that browsers do not trust without TLS. */
  static final String ANOTHER_MACHINE = "another-machine.test";

  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  static Chromium start() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("PLAYWRIGHT_NODEJS_PATH", command("node").toString());
    environment.put("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    Playwright playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
    BrowserType.LaunchOptions options =
        new BrowserType.LaunchOptions()
            .setExecutablePath(command("chromium"))
            // Builds often run as root, and pages are our own.
            .setArgs(
                List.of(
                    "--no-sandbox", "--host-resolver-rules=MAP " + ANOTHER_MACHINE + " 127.0.0.1"));
    return new Chromium(playwright, playwright.chromium().launch(options));
  }

  private static Path command(String name) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(name + " is not on the PATH"));
  }

  /** Somebody new, with a window of this width. */
  Visitor visitor(int width, ColorScheme scheme) {
    return new Visitor(
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(width, width < 600 ? 740 : 900)
                .setColorScheme(scheme)),
        scheme);
  }

  Visitor visitor() {
    return visitor(1280, ColorScheme.LIGHT);
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
