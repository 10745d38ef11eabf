// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.HttpExchange;

/** Writes the page that tells a person of a problem. Must not fail. */
@FunctionalInterface
public interface ProblemPage {
  /** HTML for whoever sent the request; it is never stored. */
  String write(HttpExchange exchange, HttpProblem problem);
}
