// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.session.SessionStoreException;
import java.io.IOException;

/** Answers a request that failed because the session store cannot be reached. Thread-safe. */
@FunctionalInterface
public interface OutageAnswer {
  /**
   * Sends a whole answer, or throws for an outer filter to answer. Nothing was sent yet; headers
   * that described the handler's answer are removed, and {@code Cache-Control} is {@code no-store}.
   *
   * @param exchange the exchange to answer
   * @param outage what is known; for the log, not for the visitor
   * @throws IOException if sending fails, or another filter should answer
   */
  void answer(HttpExchange exchange, SessionStoreException outage) throws IOException;
}
