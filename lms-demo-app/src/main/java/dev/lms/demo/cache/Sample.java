// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the Prometheus text format. Read in one pass: whatever listens on a worker's port may
 * have written it.
 *
 * @param labels in their order, without the escapes
 */
public record Sample(String name, Map<String, String> labels, String value) {

  /** The sample in a line without a timestamp; empty for a comment, or what is none. */
  public static Optional<Sample> parse(String line) {
    int end = nameEnd(line, 0);
    if (end == 0) {
      return Optional.empty();
    }
    Map<String, String> labels = new LinkedHashMap<>();
    int at = end;
    if (at < line.length() && line.charAt(at) == '{') {
      at = readLabels(line, at + 1, labels);
    }
    if (at < 0 || at + 1 >= line.length() || line.charAt(at) != ' ') {
      return Optional.empty();
    }
    String value = line.substring(at + 1);
    return value.indexOf(' ') < 0
        ? Optional.of(new Sample(line.substring(0, end), labels, value))
        : Optional.empty();
  }

  /** Reads labels up to the closing brace; returns what is after it, or -1 if they are none. */
  private static int readLabels(String line, int start, Map<String, String> labels) {
    int at = start;
    while (at < line.length() && line.charAt(at) != '}') {
      int end = nameEnd(line, at);
      if (end == at || !line.startsWith("=\"", end)) {
        return -1;
      }
      StringBuilder value = new StringBuilder();
      int after = readValue(line, end + 2, value);
      if (after < 0) {
        return -1;
      }
      labels.put(line.substring(at, end), value.toString());
      at = line.startsWith(",", after) ? after + 1 : after;
      if (at == after && !line.startsWith("}", after)) {
        return -1;
      }
    }
    return at < line.length() ? at + 1 : -1;
  }

  /** Reads a value up to the closing quote; returns what is after it, or -1 if there is none. */
  private static int readValue(String line, int start, StringBuilder value) {
    for (int at = start; at < line.length(); at++) {
      char c = line.charAt(at);
      if (c == '"') {
        return at + 1;
      }
      if (c == '\\' && at + 1 < line.length()) {
        at++;
        c = line.charAt(at) == 'n' ? '\n' : line.charAt(at);
      }
      value.append(c);
    }
    return -1;
  }

  private static int nameEnd(String line, int start) {
    int end = start;
    while (end < line.length() && isNamePart(line.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isNamePart(char c) {
    return c == '_' || c == ':' || (c < 128 && Character.isLetterOrDigit(c));
  }
}
