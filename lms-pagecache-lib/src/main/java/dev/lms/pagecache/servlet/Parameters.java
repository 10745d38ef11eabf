// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.servlet;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parameters of a query, in UTF-8. */
final class Parameters {
  private Parameters() {}

  /**
   * All parameters with their values, in order.
   *
   * @param queries raw queries; those of the first come first
   */
  static Map<String, String[]> of(List<@Nullable String> queries) {
    Map<String, List<String>> found = new LinkedHashMap<>();
    for (String query : queries) {
      if (query != null && !query.isEmpty()) {
        for (String parameter : query.split("&", -1)) {
          int equals = parameter.indexOf('=');
          String name = equals < 0 ? parameter : parameter.substring(0, equals);
          String value = equals < 0 ? "" : parameter.substring(equals + 1);
          if (!parameter.isEmpty()) {
            found.computeIfAbsent(decoded(name), first -> new ArrayList<>()).add(decoded(value));
          }
        }
      }
    }
    Map<String, String[]> parameters = new LinkedHashMap<>();
    found.forEach((name, values) -> parameters.put(name, values.toArray(new String[0])));
    return parameters;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
