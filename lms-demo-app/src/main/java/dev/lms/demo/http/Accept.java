// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Headers;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What the client would rather have (RFC 9110 section 12.5.1): a page, or JSON. */
final class Accept {
  /** RFC 9110 section 12.4.2. Java reads more as a number: 1d, 0x1p3, NaN. */
  private static final Pattern WEIGHT = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");

  private Accept() {}

  /** Whether JSON is wanted more than HTML; a client that does not care gets HTML. */
  static boolean prefersJson(Headers request) {
    double json = -1;
    double html = -1;
    int jsonPrecision = -1;
    int htmlPrecision = -1;
    for (String line : request.getOrDefault("Accept", List.of())) {
      for (String range : line.split(",", -1)) {
        String[] parts = range.split(";", -1);
        String type = parts[0].strip().toLowerCase(Locale.ROOT);
        double quality = quality(parts);
        int forJson = precision(type, "application/json", "application/problem+json");
        int forHtml = precision(type, "text/html", "application/xhtml+xml");
        // The most precise range rules; between equals (two JSON types) the better quality.
        if (forJson > jsonPrecision
            || (forJson >= 0 && forJson == jsonPrecision && quality > json)) {
          json = quality;
          jsonPrecision = forJson;
        }
        if (forHtml > htmlPrecision
            || (forHtml >= 0 && forHtml == htmlPrecision && quality > html)) {
          html = quality;
          htmlPrecision = forHtml;
        }
      }
    }
    if (json <= 0) {
      return false;
    }
    return json > html || (json == html && jsonPrecision > htmlPrecision);
  }

  private static int precision(String range, String type, String otherType) {
    if (range.equals(type) || range.equals(otherType)) {
      return 2;
    }
    if (range.equals(type.substring(0, type.indexOf('/')) + "/*")) {
      return 1;
    }
    return range.equals("*/*") ? 0 : -1;
  }

  private static double quality(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
      if (parameter.startsWith("q=")) {
        String number = parameter.substring(2);
        return WEIGHT.matcher(number).matches() ? Double.parseDouble(number) : 0;
      }
    }
    return 1;
  }
}
