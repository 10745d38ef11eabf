// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import dev.lms.demo.view.Text;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a person calls the device they signed in with, as far as its {@code User-Agent} tells. It is
 * the browser's claim: many name others for compatibility, so the most particular name wins, and
 * what is not known for sure is shown as it came.
 */
public final class DeviceName {
  private static final int LONGEST = 60;

  /** A name, and what only those that bear it say. */
  private record Sign(String name, Pattern pattern) {}

  /** Most particular first: Edge says Chrome, Chrome says Safari. */
  private static final List<Sign> BROWSERS =
      List.of(
          product("Edge", "Edg|EdgA|EdgiOS|Edge"),
          product("Opera", "OPR|OPiOS"),
          product("Samsung Internet", "SamsungBrowser"),
          product("Vivaldi", "Vivaldi"),
          product("Firefox", "Firefox|FxiOS"),
          product("Chrome", "Chrome|CriOS"),
          sign("Safari", "^(?>.*? Version/[\\d.]++ ).*Safari/"));

  /** Android says Linux, and iPhones say Mac OS X. */
  private static final List<Sign> SYSTEMS =
      List.of(
          sign("Android", "\\bAndroid\\b"),
          sign("iPhone", "\\(iPhone;"),
          sign("iPad", "\\(iPad;"),
          sign("Windows", "\\bWindows NT\\b"),
          sign("macOS", "\\(Macintosh;"),
          sign("ChromeOS", "\\bCrOS\\b"),
          sign("Linux", "\\bLinux\\b"));

  /** Robots and old pretenders: {@code Mozilla/5.0 (compatible; …)}. */
  private static final Pattern PRETENDS = Pattern.compile("\\(compatible;");

  private DeviceName() {}

  /** For example {@code Firefox on Linux}, or the beginning of what it said about itself. */
  public static String of(String userAgent) {
    if (userAgent.isBlank()) {
      return "Unknown device";
    }
    Optional<String> browser =
        PRETENDS.matcher(userAgent).find() ? Optional.empty() : first(BROWSERS, userAgent);
    if (browser.isEmpty()) {
      return Text.excerpt(userAgent, LONGEST);
    }
    return browser.get() + first(SYSTEMS, userAgent).map(system -> " on " + system).orElse("");
  }

  private static Optional<String> first(List<Sign> signs, String userAgent) {
    return signs.stream()
        .filter(sign -> sign.pattern().matcher(userAgent).find())
        .map(Sign::name)
        .findFirst();
  }

  private static Sign product(String name, String tokens) {
    return sign(name, "(?:^| )(?:" + tokens + ")/\\d");
  }

  private static Sign sign(String name, String pattern) {
    return new Sign(name, Pattern.compile(pattern));
  }
}
