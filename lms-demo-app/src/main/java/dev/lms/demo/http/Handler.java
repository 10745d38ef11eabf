// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import java.io.IOException;

/** Answers one request. */
@FunctionalInterface
public interface Handler {

  /**
   * Answers {@code request} by calling exactly one of its answering methods.
   *
   * @throws HttpProblem when the answer is an error a person or a program can understand
   * @throws IOException when the client went away
   */
  void handle(Request request) throws IOException;
}
