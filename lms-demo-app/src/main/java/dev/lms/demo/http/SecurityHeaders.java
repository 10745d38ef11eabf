// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;

/**
 * Puts the headers on every answer that tell a browser to trust it with nothing more than it needs
 * (OWASP ASVS 5, 3.4): no foreign or inline code, no framing, no guessing of types.
 */
public final class SecurityHeaders extends Filter {
  private static final String POLICY = "Content-Security-Policy";
  private static final String OURS_ALONE =
      "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self';";

  static void addTo(Headers headers) {
    headers.set(POLICY, OURS_ALONE + " frame-ancestors 'none'");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    headers.set("Referrer-Policy", "same-origin");
  }

  /** This answer may have pages of these origins in frames. */
  public static void allowFramesOf(Headers headers, List<String> origins) {
    String policy = OURS_ALONE + " frame-ancestors 'none'; frame-src " + listed(origins);
    headers.set(POLICY, policy);
  }

  /** This answer may stand in frames of pages of these origins. */
  public static void letIntoFramesOf(Headers headers, List<String> origins) {
    headers.set(POLICY, OURS_ALONE + " frame-ancestors " + listed(origins));
    // For browsers of before; whoever knows the policy looks at nothing else.
    headers.set("X-Frame-Options", "SAMEORIGIN");
  }

  private static String listed(List<String> origins) {
    return origins.isEmpty() ? "'none'" : String.join(" ", origins);
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    addTo(exchange.getResponseHeaders());
    chain.doFilter(exchange);
  }

  @Override
  public String description() {
    return "security headers";
  }
}
