// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.log;

import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Supplier;

/** How a line is written. */
public enum LogFormat {
  /** For people: {@code 2026-01-31T12:00:00.000Z AUDIT sign-in-failed account=ada address=::1}. */
  TEXT {
    @Override
    String line(Instant time, String kind, String event, Map<String, String> fields) {
      StringBuilder line = new StringBuilder(120);
      line.append(time.truncatedTo(ChronoUnit.MILLIS))
          .append(' ')
          .append(kind)
          .append(' ')
          .append(event);
      fields.forEach(
          (name, value) -> line.append(' ').append(name).append('=').append(word(value)));
      return line.toString();
    }

    @Override
    public String access(
        Instant time, Supplier<String> combined, Supplier<Map<String, String>> fields) {
      return combined.get();
    }
  },
  /** For programs: an object a line. */
  JSON {
    @Override
    String line(Instant time, String kind, String event, Map<String, String> fields) {
      JsonObject line = new JsonObject();
      line.addProperty("time", time.truncatedTo(ChronoUnit.MILLIS).toString());
      line.addProperty("kind", kind.toLowerCase(java.util.Locale.ROOT));
      line.addProperty("event", event);
      fields.forEach(line::addProperty);
      return line.toString();
    }

    @Override
    public String access(
        Instant time, Supplier<String> combined, Supplier<Map<String, String>> fields) {
      return line(time, "ACCESS", "request", fields.get());
    }
  };

  /**
   * A line of the access log.
   *
   * @param combined how it is written for people
   * @param fields what is in it, for programs
   */
  public abstract String access(
      Instant time, Supplier<String> combined, Supplier<Map<String, String>> fields);

  abstract String line(Instant time, String kind, String event, Map<String, String> fields);

  /** Nobody forges a field or a line by what they send. */
  static String word(String value) {
    if (value.isEmpty()) {
      return "-";
    }
    StringBuilder word = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      word.append(c <= ' ' || c == '"' || c == '=' || c >= 0x7f ? '_' : c);
    }
    return word.toString();
  }
}
