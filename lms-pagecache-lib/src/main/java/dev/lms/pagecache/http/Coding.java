// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.util.List;
import java.util.Locale;

/** The content codings a page is kept ready in (RFC 9110 section 8.4). */
public enum Coding {
  /** As it was rendered. */
  IDENTITY,
  /** RFC 1952. */
  GZIP;

  private static final double UNSAID = -1;

  /** What a client may say something about that matters here. */
  private static final List<String> NAMES = List.of("gzip", "x-gzip", "*", "identity");

  private static final int LONGEST_NAME = 8;

  /**
   * The coding a client likes best of those there are (RFC 9110 section 12.5.3).
   *
   * @param acceptEncoding the lines of the request's {@code Accept-Encoding}
   * @return gzip if the client takes it and does not rank it below identity; identity if it says
   *     more than anybody reads
   */
  public static Coding accepted(List<String> acceptEncoding) {
    if (acceptEncoding.size() == 1 && isUsual(acceptEncoding.get(0))) {
      return GZIP;
    }
    return ListScanner.isExcessive(acceptEncoding) ? IDENTITY : best(acceptEncoding);
  }

  /** What browsers send; spares them the parsing. */
  private static boolean isUsual(String line) {
    return line.startsWith("gzip,") || line.equals("gzip");
  }

  static Coding best(List<? extends CharSequence> lines) {
    double[] weights = {UNSAID, UNSAID, UNSAID, UNSAID};
    for (CharSequence line : lines) {
      ListScanner members = new ListScanner(line);
      while (members.next()) {
        int end = endOfName(line, members.from(), members.to());
        int coding = indexOf(line, members.from(), end);
        if (coding >= 0) {
          weights[coding] = Math.max(weights[coding], weight(line, end, members.to()));
        }
      }
    }
    double gzip = first(weights[0], weights[1], weights[2]);
    return gzip > 0 && gzip >= weights[3] ? GZIP : IDENTITY;
  }

  private static double first(double... weights) {
    for (double weight : weights) {
      if (weight != UNSAID) {
        return weight;
      }
    }
    return UNSAID;
  }

  private static int endOfName(CharSequence text, int from, int to) {
    int end = from;
    while (end < to && text.charAt(end) != ';' && !ListScanner.isSpace(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static int indexOf(CharSequence text, int from, int to) {
    return to - from > LONGEST_NAME
        ? -1
        : NAMES.indexOf(text.subSequence(from, to).toString().toLowerCase(Locale.ROOT));
  }

  /** The first {@code q} among the parameters (RFC 9110 section 12.4.2). */
  private static double weight(CharSequence text, int from, int to) {
    boolean begins = false;
    for (int at = from; at < to; at++) {
      char c = text.charAt(at);
      if (begins && (c == 'q' || c == 'Q') && at + 1 < to && text.charAt(at + 1) == '=') {
        return number(text, at + 2, to);
      }
      begins = c == ';' || (begins && ListScanner.isSpace(c));
    }
    return 1;
  }

  /** From 0 to 1; 0 if it is no number. */
  private static double number(CharSequence text, int from, int to) {
    double value = 0;
    double place = 1;
    boolean isFraction = false;
    boolean hasDigits = false;
    for (int at = from; at < to && text.charAt(at) != ';'; at++) {
      char c = text.charAt(at);
      if (ListScanner.isDigit(c)) {
        hasDigits = true;
        place = isFraction ? place / 10 : 1;
        value = isFraction ? value + place * (c - '0') : 10 * value + (c - '0');
      } else if (c == '.' && !isFraction) {
        isFraction = true;
      } else if (!ListScanner.isSpace(c)) {
        return 0;
      }
    }
    return hasDigits ? Math.min(1, value) : 0;
  }
}
