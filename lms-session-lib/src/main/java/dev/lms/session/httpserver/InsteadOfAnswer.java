// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.session.CommitOutcome;
import dev.lms.session.SessionStoreException;
import dev.lms.session.TokenHeader.AnswerField;
import dev.lms.session.answer.Instead;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What leaves in the place of a handler's answer, and the headers of both. */
final class InsteadOfAnswer {
  private static final System.Logger LOG = System.getLogger(SessionFilter.class.getName());

  private InsteadOfAnswer() {}

  /**
   * Makes room for another answer. What filters further out have said stays, and so does what a
   * commit that stands hands out.
   */
  static void clear(Headers headers, List<AnswerField> fields) {
    headers.keySet().removeIf(Instead::isOfTheLostAnswer);
    forbidStorage(headers);
    tell(headers, fields);
  }

  /** Also to caches that are told by name (RFC 9213), or in the words of their makers. */
  static void forbidStorage(Headers headers) {
    headers.keySet().removeIf(Instead::overridesCacheControl);
    headers.set("Cache-Control", "no-store");
  }

  /** Hands out the session, or has the client forget it. */
  static void tell(Headers headers, List<AnswerField> fields) {
    for (AnswerField field : fields) {
      if (field.isCookie()) {
        addCookie(headers, field.value());
      } else {
        headers.set(field.name(), field.value());
      }
    }
  }

  /** Whoever put the others there may have done so with a list that takes no more. */
  private static void addCookie(Headers headers, String cookie) {
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
    exchange.getResponseHeaders().set("Retry-After", Instead.RETRY_AFTER);
    send(exchange, Instead.UNAVAILABLE);
  }

  static void unsaved(HttpExchange exchange, CommitOutcome outcome) throws IOException {
    send(exchange, Instead.of(outcome));
  }

  private static void send(HttpExchange exchange, Instead instead) throws IOException {
    byte[] bytes = instead.text().getBytes(StandardCharsets.UTF_8);
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", "text/plain; charset=utf-8");
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Integer.toString(bytes.length));
      exchange.sendResponseHeaders(instead.status(), -1);
    } else {
      exchange.sendResponseHeaders(instead.status(), bytes.length);
      try (OutputStream body = exchange.getResponseBody()) {
        body.write(bytes);
      }
    }
    exchange.close();
  }
}
