// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.HttpExchange;
import java.net.URI;

/**
 * The raw path and query of a request, as the client sent them.
 *
 * <p>The server parses the target as a URI, so {@code //host/path} arrives as a host and a path
 * although RFC 9112 section 3.2.1 calls all of it a path. Only an absolute target ({@code
 * http://host/path}) has a host to leave out.
 *
 * @param path never decoded, never normalised, never empty
 * @param query never decoded; empty when there is none
 */
public record RequestTarget(String path, String query) {

  /** The target of {@code exchange}. */
  public static RequestTarget of(HttpExchange exchange) {
    return of(exchange.getRequestURI());
  }

  static RequestTarget of(URI uri) {
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    if (uri.isAbsolute()) {
      String path = uri.getRawPath();
      return new RequestTarget(path == null || path.isEmpty() ? "/" : path, query);
    }
    String target = uri.toString();
    int end = 0;
    while (end < target.length() && target.charAt(end) != '?' && target.charAt(end) != '#') {
      end++;
    }
    return new RequestTarget(end == 0 ? "/" : target.substring(0, end), query);
  }
}
