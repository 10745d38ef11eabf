// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes whole answers: headers with a length, then the bytes, none of them for HEAD. */
final class Answer {
  static final Gson GSON = new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

  private Answer() {}

  static void send(HttpExchange exchange, int status, String contentType, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", contentType);
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Integer.toString(bytes.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    // A length of 0 would mean "chunked" to the server; -1 means "empty".
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
    }
  }

  static void send(HttpExchange exchange, HttpProblem problem, ProblemPage page)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    problem.headers().forEach(headers::set);
    headers.set("Cache-Control", "no-store");
    if (Accept.prefersJson(exchange.getRequestHeaders())) {
      send(exchange, problem.status(), "application/problem+json", json(problem));
    } else {
      send(exchange, problem.status(), "text/html; charset=utf-8", page.write(exchange, problem));
    }
  }

  /** As RFC 9457 says. */
  static String json(HttpProblem problem) {
    JsonObject json = new JsonObject();
    json.addProperty("type", "about:blank");
    json.addProperty("title", problem.title());
    json.addProperty("status", problem.status());
    json.addProperty("detail", problem.detail());
    return GSON.toJson(json);
  }

  /** A page that needs nothing but itself. */
  static String plainPage(HttpExchange exchange, HttpProblem problem) {
    return """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>%1$s</title></head>
        <body>
        <h1>%1$s</h1>
        <p>%2$s</p>
        <p><a href="/">Back to the start</a></p>
        </body>
        </html>
        """
        .formatted(escape(problem.title()), escape(problem.detail()));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
