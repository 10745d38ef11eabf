// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a person got to see of a page.
 *
 * @param worker who answered, or would have
 * @param menu the name in the menu; empty if it offers to sign in; {@link #NO_MENU} if neither
 * @param cacheStatus as in the header
 * @param fromBrowser whether no worker was asked
 */
record Seen(
    LabWorker worker,
    int status,
    String menu,
    String body,
    String cacheStatus,
    boolean fromBrowser) {
  static final String NO_MENU = "?";

  private static final Pattern NAME =
      Pattern.compile("<span data-testid=\"user-name\">([^<]*)</span>");

  static Seen of(LabWorker worker, HttpResponse<String> answer) {
    return new Seen(
        worker,
        answer.statusCode(),
        menu(answer.body()),
        answer.body(),
        answer.headers().firstValue("Cache-Status").orElse(""),
        false);
  }

  private static String menu(String page) {
    Matcher name = NAME.matcher(page);
    if (name.find()) {
      return name.group(1);
    }
    return page.contains("<a href=\"/user/login\"") ? "" : NO_MENU;
  }

  /** Whether somebody is greeted by name. A page without a menu greets nobody. */
  boolean greets() {
    return !menu.isEmpty() && !menu.equals(NO_MENU);
  }

  /**
   * Whether the menu is wrong for somebody of this name, empty for a stranger. A page that says
   * that nobody can tell who is asking, as in an outage, has no menu, and so no wrong one.
   */
  boolean isWrongFor(String name) {
    return !menu.equals(NO_MENU) && !menu.equals(name);
  }

  Seen again() {
    return new Seen(worker, status, menu, body, cacheStatus, true);
  }

  Seen from(LabWorker other) {
    return new Seen(other, status, menu, body, cacheStatus, false);
  }

  /** The menu in words. */
  String says() {
    return switch (menu) {
      case "" -> "Sign in";
      case NO_MENU -> "no menu";
      default -> menu;
    };
  }

  String where() {
    return fromBrowser ? "the browser's own cache" : worker.name();
  }
}
