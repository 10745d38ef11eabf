// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code Cookie} request headers (RFC 6265 sections 4.2 and 5.4; several lines as RFC 9113
 * section 8.2.3), in time that grows with their length and no faster.
 *
 * <p>Clients of RFC 2965, the JDK's own among them, put values in quotes and send {@code $Version}
 * and the like between cookies. Those are pairs like any other, and no cookie of ours is named so.
 */
public final class Cookies {
  /** More values of one name than this are somebody playing. */
  private static final int MOST = 4;

  /** What browsers take for name and value together (RFC 6265bis section 5.6). */
  private static final int LONGEST = 4096;

  private Cookies() {}

  /**
   * {@return the values of the cookies of a name, in the order sent, each once}
   *
   * @param headers every {@code Cookie} header of a request
   * @param name the cookie's name
   */
  public static List<String> values(List<String> headers, String name) {
    List<String> values = new ArrayList<>(1);
    for (String header : headers) {
      int start = 0;
      while (start < header.length() && values.size() < MOST) {
        int end = header.indexOf(';', start);
        if (end < 0) {
          end = header.length();
        }
        int value = valueOf(name, header, start, end);
        if (value >= 0) {
          add(values, header, value, end, LONGEST - name.length());
        }
        start = end + 1;
      }
    }
    return values;
  }

  /** Where the value begins, if the pair between these places has that name; -1 if not. */
  private static int valueOf(String name, String header, int from, int to) {
    int start = skipSpace(header, from, to);
    if (!header.startsWith(name, start)) {
      return -1;
    }
    int equals = skipSpace(header, start + name.length(), to);
    return equals < to && header.charAt(equals) == '=' ? equals + 1 : -1;
  }

  private static void add(List<String> values, String header, int from, int to, int longestValue) {
    int start = skipSpace(header, from, to);
    int end = to;
    while (end > start && isSpace(header.charAt(end - 1))) {
      end--;
    }
    // One pair of quotes is a spelling (RFC 6265 section 4.1.1).
    if (end - start >= 2 && header.charAt(start) == '"' && header.charAt(end - 1) == '"') {
      start++;
      end--;
    }
    if (start < end && end - start <= longestValue) {
      String value = header.substring(start, end);
      if (!values.contains(value)) {
        values.add(value);
      }
    }
  }

  private static int skipSpace(String header, int from, int to) {
    int at = from;
    while (at < to && isSpace(header.charAt(at))) {
      at++;
    }
    return at;
  }

  /**
   * Nothing else is white space to a browser: it sends a cookie whose name begins with any other
   * character freely, also where it would not send one named as ours ({@code __Host-}).
   */
  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }
}
