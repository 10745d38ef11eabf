// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.session.CommitOutcome;
import dev.lms.session.SessionStoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What leaves in the place of a handler's answer, and the headers of both. */
final class InsteadOfAnswer {
  private static final System.Logger LOG = System.getLogger(SessionFilter.class.getName());
  private static final int RETRY_AFTER_SECONDS = 5;
  private static final Set<String> OF_THE_LOST_ANSWER =
      Set.of(
          "Etag",
          "Last-modified",
          "Expires",
          "Age",
          "Accept-ranges",
          "Location",
          "Refresh",
          "Cache-tag",
          "Set-cookie");

  private InsteadOfAnswer() {}

  /**
   * Makes room for another answer. What filters further out have said stays, and so does the cookie
   * of a commit that stands.
   */
  static void clear(Headers headers, Optional<String> cookie) {
    headers
        .keySet()
        .removeIf(name -> name.startsWith("Content-") || OF_THE_LOST_ANSWER.contains(name));
    forbidStorage(headers);
    cookie.ifPresent(value -> addCookie(headers, value));
  }

  /** Also to caches that are told by name (RFC 9213), or in the words of their makers. */
  static void forbidStorage(Headers headers) {
    headers
        .keySet()
        .removeIf(
            name ->
                name.endsWith("-cache-control")
                    || name.equals("Surrogate-control")
                    || name.equals("X-accel-expires"));
    headers.set("Cache-Control", "no-store");
  }

  /** Whoever put the others there may have done so with a list that takes no more. */
  static void addCookie(Headers headers, String cookie) {
    List<String> cookies = new ArrayList<>(2);
    List<String> others = headers.get("Set-Cookie");
    if (others != null) {
      cookies.addAll(others);
    }
    cookies.add(cookie);
    headers.put("Set-Cookie", cookies);
  }

  static void unavailable(HttpExchange exchange, SessionStoreException outage) throws IOException {
    // That the store is not even asked is told once, where the outage begins.
    Level level = outage.getCause() == null ? Level.DEBUG : Level.WARNING;
    LOG.log(level, "answered with 503: {0}", outage.getMessage());
    exchange.getResponseHeaders().set("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
    send(
        exchange,
        503,
        "The site cannot look up sessions just now. Please try again in a moment.\n");
  }

  static void unsaved(HttpExchange exchange, CommitOutcome outcome) throws IOException {
    switch (outcome) {
      case REFUSED ->
          send(
              exchange,
              403,
              "You are signed in too many times already. Sign out somewhere else, then try again."
                  + "\n");
      case GONE -> send(exchange, 409, "Your session has ended meanwhile, so nothing was saved.\n");
      default ->
          send(
              exchange,
              409,
              "Nothing was saved: it has been changed meanwhile, perhaps by yourself in another"
                  + " tab. Go back, reload the page and try again.\n");
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", "text/plain; charset=utf-8");
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Integer.toString(bytes.length));
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, bytes.length);
      try (OutputStream body = exchange.getResponseBody()) {
        body.write(bytes);
      }
    }
    exchange.close();
  }
}
