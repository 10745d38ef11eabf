// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The conditions of a request (RFC 9110 section 13), as far as a stored page can judge them. */
public final class Conditions {
  private Conditions() {}

  /**
   * Whether one of the tags is that of the page.
   *
   * @param ifNoneMatch the lines of {@code If-None-Match}
   * @param etag the page's entity tag
   * @return true if the client has the page already; false if there are more tags than anybody
   *     reads
   */
  public static boolean matches(List<String> ifNoneMatch, String etag) {
    if (ListScanner.isExcessive(ifNoneMatch)) {
      return false;
    }
    String opaque = etag.startsWith("W/") ? etag.substring(2) : etag;
    for (String line : ifNoneMatch) {
      if (line.equals(etag) || line.strip().equals("*")) {
        return true; // What browsers send is the tag, and nothing else.
      }
      if (holds(line, opaque)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a tag of a list is this one, weak or not (RFC 9110 section 8.8.3.2). */
  private static boolean holds(String line, String opaque) {
    int begin = line.indexOf('"');
    while (begin >= 0) {
      int end = line.indexOf('"', begin + 1);
      if (end < 0) {
        return false;
      }
      int length = end + 1 - begin;
      if (length == opaque.length() && line.startsWith(opaque, begin)) {
        return true;
      }
      begin = line.indexOf('"', end + 1);
    }
    return false;
  }

  /**
   * Whether a page has not changed since a date. A page that does not say when it changed has not
   * changed since it was sent (RFC 9111 section 4.3.2).
   *
   * @param ifModifiedSince the lines of {@code If-Modified-Since}
   * @param answer the fields of the page
   * @param now the time
   * @return true if it has not; false if the date cannot be read
   */
  public static boolean isUnchanged(List<String> ifModifiedSince, Fields answer, Instant now) {
    if (ifModifiedSince.size() != 1) {
      return false;
    }
    Optional<Instant> changed =
        HttpDate.of(answer, "Last-Modified", now).or(() -> HttpDate.of(answer, "Date", now));
    return changed.isPresent()
        && HttpDate.parse(ifModifiedSince.get(0), now)
            .filter(since -> !changed.get().isAfter(since))
            .isPresent();
  }

  /**
   * Whether a range may be taken out of this page (RFC 9110 section 13.1.5): only with its own
   * strong tag, or its own date of change.
   *
   * @param ifRange the lines of {@code If-Range}
   * @param etag the page's entity tag
   * @param answer the fields of the page
   * @return true if it may, also where the request sets no condition
   */
  public static boolean allowsRange(List<String> ifRange, String etag, Fields answer) {
    return ifRange.isEmpty()
        || (ifRange.size() == 1
            && ((etag.startsWith("\"") && ifRange.get(0).strip().equals(etag))
                || answer.first("Last-Modified").filter(ifRange.get(0)::equals).isPresent()));
  }
}
