// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Refuses what the JDK's server refuses by itself, for a server that does not: too many headers, or
 * too long ones, and names that are none. It sees headers when they are whole, so it does not bound
 * those without end.
 */
public final class HeaderRules extends Filter {
  /** What the JDK's server counts for each field besides its name and value. */
  private static final int PER_FIELD = 32;

  private static final int MOST_FIELDS = 200;
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private final int bytes;

  /** A filter that lets so many bytes pass, those of the target included. */
  public HeaderRules(int bytes) {
    this.bytes = bytes;
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    Optional<HttpProblem> problem = problem(exchange);
    if (problem.isPresent()) {
      throw Refusal.close(exchange, problem.get());
    }
    chain.doFilter(exchange);
  }

  private Optional<HttpProblem> problem(HttpExchange exchange) {
    long size = exchange.getRequestURI().toString().length();
    int fields = 0;
    for (Map.Entry<String, List<String>> field : exchange.getRequestHeaders().entrySet()) {
      if (!TOKEN.matcher(field.getKey()).matches()) {
        return Optional.of(HttpProblem.badRequest("The name of a header is not a token."));
      }
      fields += field.getValue().size();
      for (String value : field.getValue()) {
        size += field.getKey().length() + value.length() + PER_FIELD;
      }
    }
    if (size > bytes || fields > MOST_FIELDS) {
      return Optional.of(
          new HttpProblem(
              431,
              "Headers too large",
              "A request may have %d headers of %d bytes.".formatted(MOST_FIELDS, bytes)));
    }
    // The server takes all that follows for the body of such a request, whatever its length.
    if ("upgrade".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Connection"))) {
      return Optional.of(HttpProblem.badRequest("This site upgrades no connections."));
    }
    return Optional.empty();
  }

  @Override
  public String description() {
    return "headers of a bounded size";
  }
}
