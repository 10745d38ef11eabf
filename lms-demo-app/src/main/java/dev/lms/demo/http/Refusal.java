// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Answers a request of which nothing more is to be read, and closes its connection. The server's
 * own end of an exchange reads what is left of the body first, at the client's pace.
 */
final class Refusal {
  private Refusal() {}

  /**
   * Answers and closes.
   *
   * @return never normally
   * @throws IOException which makes the server close the connection
   */
  static IOException close(HttpExchange exchange, HttpProblem problem) throws IOException {
    if (!exchange.getRequestMethod().equals("HEAD")) {
      Headers headers = exchange.getResponseHeaders();
      headers.clear();
      SecurityHeaders.addTo(headers);
      problem.headers().forEach(headers::set);
      headers.set("Cache-Control", "no-store");
      headers.set("Connection", "close");
      boolean json = Accept.prefersJson(exchange.getRequestHeaders());
      headers.set("Content-Type", json ? "application/problem+json" : "text/html; charset=utf-8");
      String body = json ? Answer.json(problem) : Answer.plainPage(exchange, problem);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(problem.status(), bytes.length);
      // Not closed: its end would read the rest of the request.
      exchange.getResponseBody().write(bytes);
      exchange.getResponseBody().flush();
    }
    throw new NothingToAnswerException("refused: " + problem.status() + " " + problem.title());
  }
}
