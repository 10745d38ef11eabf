// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import com.sun.net.httpserver.Headers;
import dev.lms.demo.http.Request;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The cookies of an experiment's person in the visitor's browser: under other names, and for the
 * lab alone, so that the visitor's own session is left as it is.
 */
final class Jar {
  private static final String PREFIX = "lab.";
  private static final String FOR_THE_LAB = "; Path=/lab; HttpOnly; SameSite=Lax";

  private Jar() {}

  /** The line that the person sends. */
  static String of(Request request) {
    return String.join(
        "; ", held(request).entrySet().stream().map(c -> c.getKey() + "=" + c.getValue()).toList());
  }

  /** Leaves the browser with these and no others. */
  static void fill(Request request, Map<String, String> cookies) {
    Headers headers = request.exchange().getResponseHeaders();
    cookies.forEach(
        (name, value) -> headers.add("Set-Cookie", PREFIX + name + "=" + value + FOR_THE_LAB));
    held(request).keySet().stream()
        .filter(name -> !cookies.containsKey(name))
        .forEach(name -> headers.add("Set-Cookie", PREFIX + name + "=; Max-Age=0" + FOR_THE_LAB));
  }

  /** What a browser is told when the person is told this. */
  static String inBrowser(String setCookie) {
    String pair = setCookie.substring(0, (setCookie + ";").indexOf(';'));
    return PREFIX + pair + (setCookie.contains("Max-Age=0") ? "; Max-Age=0" : "") + FOR_THE_LAB;
  }

  private static Map<String, String> held(Request request) {
    Map<String, String> held = new TreeMap<>();
    for (String line : request.exchange().getRequestHeaders().getOrDefault("Cookie", List.of())) {
      for (String pair : line.split("; ?", -1)) {
        int equals = pair.indexOf('=');
        if (pair.startsWith(PREFIX) && equals > 0) {
          held.put(pair.substring(PREFIX.length(), equals), pair.substring(equals + 1));
        }
      }
    }
    return held;
  }
}
