// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.fuzz.FuzzTarget;
import java.util.Arrays;
import java.util.List;

/** {@code Cookie} lines: read as by splitting, which says the same in other words. */
class CookiesFuzzTest extends FuzzTarget {
  private static final String NAME = "s";

  @Override
  protected void check(byte[] input) {
    List<String> lines = List.of(latin1(input).split("\n", -1));
    assertEquals(expected(lines), Cookies.values(lines, NAME));
  }

  private static List<String> expected(List<String> lines) {
    return lines.stream()
        .flatMap(line -> Arrays.stream(line.split(";", -1)))
        .map(pair -> pair.split("=", 2))
        .filter(pair -> pair.length == 2 && trimmed(pair[0]).equals(NAME))
        .map(pair -> unquoted(trimmed(pair[1])))
        .filter(value -> !value.isEmpty() && value.length() + NAME.length() <= 4096)
        .distinct()
        .limit(4)
        .toList();
  }

  private static String trimmed(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && " \t".indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    while (from < to && " \t".indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    return text.substring(from, to);
  }

  private static String unquoted(String text) {
    boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
    return quoted ? text.substring(1, text.length() - 1) : text;
  }
}
