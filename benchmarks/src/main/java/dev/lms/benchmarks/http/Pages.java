// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** The pages behind the filters, of about 9.5 KB each, and a count of how often they rendered. */
final class Pages implements HttpHandler {
  static final String WHOLE = "/page";
  static final String WITH_HOLES = "/menu";
  static final String COLD = "/cold";
  static final String NEVER = "/never";
  static final String SIGN_IN = "/sign-in";
  static final String RENDERS = "/renders";

  static final String MENU = "menu";
  static final String CSRF = "csrf";

  private static final int COURSES = 40;
  private static final Duration SLOW = Duration.ofMillis(50);

  private final AtomicLong renders = new AtomicLong();
  private final boolean behindFilters;

  /**
   * @param behindFilters false for a server where nothing fills holes
   */
  Pages(boolean behindFilters) {
    this.behindFilters = behindFilters;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    switch (exchange.getRequestURI().getRawPath()) {
      case WHOLE -> send(exchange, page("", ""));
      case WITH_HOLES ->
          send(
              exchange,
              page(PageCacheFilter.hole(exchange, MENU), PageCacheFilter.hole(exchange, CSRF)));
      case COLD -> sendSlowly(exchange);
      case NEVER -> {
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        sendSlowly(exchange);
      }
      case SIGN_IN -> {
        signIn(exchange);
        send(exchange, "signed in");
      }
      case RENDERS -> send(exchange, Long.toString(renders.get()));
      default -> exchange.sendResponseHeaders(404, -1);
    }
  }

  private void sendSlowly(HttpExchange exchange) throws IOException {
    renders.incrementAndGet();
    LockSupport.parkNanos(SLOW.toNanos());
    send(exchange, page("", ""));
  }

  private void signIn(HttpExchange exchange) {
    if (!behindFilters) {
      throw new IllegalStateException("nobody signs in without sessions");
    }
    Session session = SessionFilter.session(exchange);
    session.signIn(new Principal("student7", Set.of("student")));
    // As much as the other stacks keep in theirs.
    for (int i = 0; i < 8; i++) {
      session.set("attribute" + i, "x".repeat(92));
    }
  }

  static String page(String menu, String csrf) {
    StringBuilder page = new StringBuilder(10_000);
    page.append("<!doctype html>\n<html><head><title>Courses</title></head>\n<body>\n<nav>");
    page.append(menu).append("</nav>\n<form method=\"post\"><input type=\"hidden\" value=\"");
    page.append(csrf).append("\"></form>\n<h1>Courses</h1>\n<ul>\n");
    for (int i = 0; i < COURSES; i++) {
      page.append("<li id=\"c").append(i).append("\"><h2><a href=\"/course/").append(i);
      page.append("/view\">Course number ").append(i).append(": an introduction</a></h2>\n");
      page.append("<p>Teacher ").append(i % 7).append(", ").append(i % 5 + 1).append(" credits");
      page.append("</p>\n<p>A short description of the course with some ordinary text, about ");
      page.append("one line long, as they stand in a catalogue.</p></li>\n");
    }
    return page.append("</ul>\n</body></html>\n").toString();
  }

  static void send(HttpExchange exchange, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
