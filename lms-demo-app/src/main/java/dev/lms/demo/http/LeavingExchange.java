// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/**
 * Says when its answer is made and begins to leave: from then on it takes as long as the client
 * reads. For the thread that handles it only.
 */
final class LeavingExchange extends PassingExchange {
  private final Runnable leaving;

  LeavingExchange(HttpExchange outer, Runnable leaving) {
    super(outer);
    this.leaving = leaving;
  }

  @Override
  public void sendResponseHeaders(int status, long length) throws IOException {
    leaving.run();
    super.sendResponseHeaders(status, length);
  }
}
