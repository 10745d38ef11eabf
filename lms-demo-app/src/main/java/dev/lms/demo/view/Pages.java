// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import java.io.IOException;
import java.util.Set;
import java.util.function.Function;

/** Puts what a handler has to say into the frame of the site. Thread-safe. */
public final class Pages {
  private final Templates templates = new Templates();
  private final Visitors visitors;
  private final Assets assets;

  /** With these sources for what is not the handler's to know. */
  public Pages(Visitors visitors, Assets assets) {
    this.visitors = visitors;
    this.assets = assets;
  }

  /** What the frame prints around every page. */
  private record Frame(
      boolean signedIn,
      boolean stranger,
      boolean unknown,
      String userName,
      String csrfToken,
      String flash,
      String ended,
      String stylesheet,
      String icon) {}

  /**
   * Answers with a page.
   *
   * @param model its accessors are what the template prints
   * @param tags what the page depends on; a change of any of them purges it
   */
  public void show(Request request, int status, String template, Object model, Set<String> tags)
      throws IOException {
    HttpExchange exchange = request.exchange();
    if (!tags.isEmpty()) {
      request.header("Cache-Tag", String.join(",", tags));
    }
    if (status >= 400) {
      request.header("Cache-Control", "no-store");
    }
    request.html(status, templates.render(template, frame(exchange, visitors.shared()), model));
  }

  /** What stands for the part of a page that differs from person to person. */
  public String hole(Request request, String name) {
    return visitors.hole().apply(request.exchange(), name);
  }

  /** Whether the page is for people who are signed in. */
  public boolean signedIn(Request request) {
    return visitors.shared().apply(request.exchange()) == Visitor.PERSON;
  }

  /** The address of a file beside the pages. */
  public String asset(String name) {
    return assets.href(name);
  }

  /** A small piece of a page. */
  public String fragment(String template, Object model) {
    return templates.render(template, model);
  }

  /**
   * The page that says what a problem is and what to do next. It has the menu if who is asking is
   * known; whatever else is broken, it is shown.
   */
  public String problem(HttpExchange exchange, HttpProblem problem) {
    Frame frame;
    try {
      frame = frame(exchange, visitors.own());
    } catch (RuntimeException outage) {
      // Nobody can say who is asking: the problem itself, or what happened before anybody asked.
      frame = frame("", "", "", "", Visitor.UNKNOWN, false);
    }
    return templates.render(
        "problem", frame, ProblemModel.of(exchange, problem, frame.signedIn(), frame.stranger()));
  }

  private Frame frame(HttpExchange exchange, Function<HttpExchange, Visitor> who) {
    Visitor visitor = who.apply(exchange);
    return switch (visitor) {
      case PERSON ->
          frame(
              visitors.hole().apply(exchange, "user-name"),
              visitors.hole().apply(exchange, "csrf-token"),
              visitors.hole().apply(exchange, Flash.NAME),
              "",
              visitor,
              false);
      case STRANGER -> frame("", "", "", visitors.hole().apply(exchange, "ended"), visitor, false);
      case UNKNOWN -> frame("", "", "", "", visitor, true);
    };
  }

  private Frame frame(
      String userName,
      String csrfToken,
      String flash,
      String ended,
      Visitor visitor,
      boolean unknown) {
    return new Frame(
        visitor == Visitor.PERSON,
        visitor == Visitor.STRANGER,
        unknown,
        userName,
        csrfToken,
        flash,
        ended,
        assets.href("site.css"),
        assets.href("icon.svg"));
  }
}
