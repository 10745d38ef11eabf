package dev.lms.session;

import java.util.ArrayList;
import java.util.List;

/** Reads {@code Cookie} request headers (RFC 6265 section 4.2; several lines as RFC 9113 8.2.3). */
final class Cookies {
  /** More values of one name than this are somebody playing. */
  private static final int MOST = 4;

  private Cookies() {}

  /** The values of the cookies with this name, in the order sent. */
  static List<String> values(List<String> headers, String name) {
    List<String> values = new ArrayList<>(1);
    for (String header : headers) {
      int start = 0;
      while (start < header.length() && values.size() < MOST) {
        int end = header.indexOf(';', start);
        if (end < 0) {
          end = header.length();
        }
        int equals = header.indexOf('=', start);
        if (equals >= 0 && equals < end && isNamed(name, header, start, equals)) {
          String value = header.substring(equals + 1, end).strip();
          if (!value.isEmpty()) {
            values.add(value);
          }
        }
        start = end + 1;
      }
    }
    return values;
  }

  /** Whether the name is between these places, apart from white space; without a copy. */
  private static boolean isNamed(String name, String header, int from, int to) {
    int start = from;
    while (start < to && Character.isWhitespace(header.charAt(start))) {
      start++;
    }
    int end = to;
    while (end > start && Character.isWhitespace(header.charAt(end - 1))) {
      end--;
    }
    return end - start == name.length() && header.startsWith(name, start);
  }
}
