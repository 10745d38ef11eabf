// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * Request targets in absolute form (RFC 9112 section 3.2.2), as some servers show all of them:
 * where one says what the request says anyway, its path and query are the whole of it.
 */
public final class OwnTarget {
  private OwnTarget() {}

  /**
   * {@return path and query of a target of this server and host; any other target as it is}
   *
   * @param sent the target
   * @param scheme by which the request came: {@code http} or {@code https}
   * @param hosts the lines of its {@code Host}
   */
  public static URI of(URI sent, String scheme, List<String> hosts) {
    String path = sent.getRawPath();
    String authority = sent.getRawAuthority();
    if (path == null || path.startsWith("//") || authority == null) {
      return sent; // As a path alone it would read as something else.
    }
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
