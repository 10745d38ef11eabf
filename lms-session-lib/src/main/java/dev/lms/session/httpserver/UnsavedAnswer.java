// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.session.CommitOutcome;
import java.io.IOException;

/**
 * Replaces a handler's answer that claimed a success although its changes to the session are not
 * stored. Thread-safe.
 */
@FunctionalInterface
public interface UnsavedAnswer {
  /**
   * Sends a whole answer, or throws: the exception comes out of the handler's {@code
   * sendResponseHeaders}, for an outer filter to answer. Nothing was sent yet; headers that
   * described the handler's answer are removed, and {@code Cache-Control} is {@code no-store}.
   *
   * @param exchange the exchange to answer
   * @param outcome {@link CommitOutcome#CONFLICT}, {@link CommitOutcome#REFUSED}, or {@link
   *     CommitOutcome#GONE} if something was to be kept in a session that has ended
   * @throws IOException if sending fails, or another filter should answer
   */
  void answer(HttpExchange exchange, CommitOutcome outcome) throws IOException;
}
