// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/**
 * For a site that is not there for people: it answers who looks, and takes no changes. Whoever
 * found it could guess passwords there, and no log would tell.
 */
public final class ReadOnlyFilter extends Filter {
  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    if (!exchange.getRequestMethod().equals("GET")) {
      throw new HttpProblem(405, "Only to be looked at", "This copy of the site takes no changes.");
    }
    chain.doFilter(exchange);
  }

  @Override
  public String description() {
    return "takes no changes";
  }
}
