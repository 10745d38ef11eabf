// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Fields that are about one connection or one answer (RFC 9110 section 7.6.1, RFC 9111 3.1). */
public final class PassingFields {
  private static final Set<String> OF_ONE_ANSWER =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authentication-info",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "content-length",
          "cache-status",
          "cache-tag");

  private PassingFields() {}

  /**
   * {@return the fields of an answer without those that concern one connection or one answer only}
   *
   * @param fields the fields of the answer
   * @param more lower-case names of further fields to drop
   */
  public static Fields dropped(Fields fields, Set<String> more) {
    Set<String> dropped = new HashSet<>(OF_ONE_ANSWER);
    dropped.addAll(more);
    for (String name : fields.members("Connection")) {
      dropped.add(name.toLowerCase(Locale.ROOT));
    }
    return fields.without(dropped);
  }
}
