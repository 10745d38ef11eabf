// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;

/** Gives a person back what they have typed, where the site could not take it. */
final class SentForm {
  private SentForm() {}

  /** The problem with the form that met it, if that may be sent once more and is still there. */
  static HttpProblem keptIn(HttpProblem problem, HttpExchange exchange) {
    if (!problem.isWorthRepeating()
        || problem.form().isPresent()
        || !exchange.getRequestMethod().equals("POST")
        || !(exchange.getRequestBody() instanceof ByteArrayInputStream body)) {
      return problem;
    }
    // The filter for bodies has left all of it in memory, and whoever handled it may have read it.
    body.reset();
    try {
      return problem.withForm(new Request(exchange, Map.of()).form());
    } catch (IOException | HttpProblem noForm) {
      return problem;
    }
  }
}
