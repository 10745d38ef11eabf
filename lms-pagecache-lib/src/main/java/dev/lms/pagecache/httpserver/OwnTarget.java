// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * Request targets in absolute form (RFC 9112 section 3.2.2), as some servers show all of them:
 * where one says what the request says anyway, its path and query are the whole of it.
 */
final class OwnTarget {
  private OwnTarget() {}

  /** Path and query of a target of this server and host; any other stays as it is. */
  static URI of(HttpExchange exchange, URI sent) {
    String path = sent.getRawPath();
    String authority = sent.getRawAuthority();
    if (path == null || path.startsWith("//") || authority == null) {
      return sent; // As a path alone it would read as something else.
    }
    String scheme = exchange instanceof HttpsExchange ? "https" : "http";
    List<String> hosts = ServerRequest.lines(exchange.getRequestHeaders(), "Host");
    if (!scheme.equalsIgnoreCase(sent.getScheme())
        || hosts.size() != 1
        || !plain(hosts.get(0), scheme).equals(plain(authority, scheme))
        || sent.getRawFragment() != null) {
      return sent;
    }
    String query = sent.getRawQuery();
    return URI.create((path.isEmpty() ? "/" : path) + (query == null ? "" : '?' + query));
  }

  /** In lower case, and without the port that goes without saying. */
  private static String plain(String host, String scheme) {
    String lower = host.toLowerCase(Locale.ROOT);
    String port = scheme.equals("https") ? ":443" : ":80";
    return lower.endsWith(port) ? lower.substring(0, lower.length() - port.length()) : lower;
  }
}
