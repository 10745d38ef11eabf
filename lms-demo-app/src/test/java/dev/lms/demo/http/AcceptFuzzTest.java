// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.net.httpserver.Headers;
import dev.lms.session.fuzz.FuzzTarget;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code Accept} lines: the rules of RFC 9110 section 12.5.1 once more, by sorting. */
class AcceptFuzzTest extends FuzzTarget {
  private static final Pattern Q = Pattern.compile("(?i)q=(.*)", Pattern.DOTALL);
  private static final Pattern NUMBER = Pattern.compile("0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?");

  private record Range(int precision, double quality) {}

  @Override
  protected void check(byte[] input) {
    String text = latin1(input).replace('\r', ' ').replace('\n', ' ');
    List<String> lines = List.of(text);
    boolean json = Accept.prefersJson(headers(lines));
    Optional<Range> ofJson = best(lines, List.of("application/json", "application/problem+json"));
    Optional<Range> ofHtml = best(lines, List.of("text/html", "application/xhtml+xml"));
    assertEquals(isPreferred(ofJson, ofHtml), json);
    if (json) {
      assertFalse(Accept.prefersJson(headers(List.of(text, "text/html, application/json"))));
    }
  }

  private static boolean isPreferred(Optional<Range> json, Optional<Range> html) {
    if (json.isEmpty() || json.get().quality() == 0) {
      return false;
    }
    return html.isEmpty()
        || Comparator.comparingDouble(Range::quality)
                .thenComparingInt(Range::precision)
                .compare(json.get(), html.get())
            > 0;
  }

  private static Headers headers(List<String> lines) {
    return Headers.of(Map.of("Accept", lines));
  }

  private static Optional<Range> best(List<String> lines, List<String> types) {
    return lines.stream()
        .flatMap(line -> Arrays.stream(line.split(",", -1)))
        .flatMap(range -> range(range.split(";", -1), types).stream())
        .max(Comparator.comparingInt(Range::precision).thenComparingDouble(Range::quality));
  }

  private static Optional<Range> range(String[] parts, List<String> types) {
    String type = parts[0].strip().toLowerCase(Locale.ROOT);
    String all = types.getFirst().split("/", -1)[0] + "/*";
    int precision = types.contains(type) ? 2 : type.equals(all) ? 1 : type.equals("*/*") ? 0 : -1;
    return precision < 0 ? Optional.empty() : Optional.of(new Range(precision, quality(parts)));
  }

  private static double quality(String[] parts) {
    for (String parameter : Arrays.copyOfRange(parts, 1, parts.length)) {
      Matcher q = Q.matcher(parameter.strip());
      if (q.matches()) {
        String number = q.group(1);
        return NUMBER.matcher(number).matches() ? Double.parseDouble(number) : 0;
      }
    }
    return 1;
  }
}
