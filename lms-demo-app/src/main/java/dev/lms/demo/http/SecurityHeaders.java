// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/**
 * Puts the headers on every answer that tell a browser to trust it with nothing more than it needs
 * (OWASP ASVS 5, 3.4): no foreign or inline code, no framing, no guessing of types.
 */
public final class SecurityHeaders extends Filter {

  static void addTo(Headers headers) {
    headers.set(
        "Content-Security-Policy",
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self';"
            + " frame-ancestors 'none'");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    headers.set("Referrer-Policy", "same-origin");
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
