// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Refuses what different servers read differently, since what stands behind such a request may be
 * taken for another one (RFC 9112 section 11.2), and closes its connection with nothing more read.
 *
 * <p>Of a chunked body the server overflows on a size above 32 bits, before anybody could look at
 * it; so no request may have Transfer-Encoding. Browsers and proxies that buffer send a length.
 */
final class WellFormed extends Filter {
  private static final Set<String> VERSIONS = Set.of("HTTP/1.1", "HTTP/1.0");
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
  private static final String LENGTH_FIELD = "Content-length";
  private static final Pattern HOST =
      Pattern.compile("(?:\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::[0-9]{0,5})?");

  /** Most requests name the same one. */
  private volatile String latestGoodHost = "";

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    Optional<HttpProblem> problem = problem(exchange);
    if (problem.isPresent()) {
      throw Refusal.close(exchange, problem.get());
    }
    chain.doFilter(exchange);
  }

  private Optional<HttpProblem> problem(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    if (SparingFields.has(headers, "Transfer-encoding")) {
      return Optional.of(
          new HttpProblem(
              411,
              "Length required",
              "Send the length of the request instead of Transfer-Encoding."));
    }
    String protocol = exchange.getProtocol();
    if (!VERSIONS.contains(protocol)) {
      return bad("The request is not of HTTP/1.1 or HTTP/1.0.");
    }
    List<String> hosts = lines(headers, "Host");
    boolean missing = hosts.isEmpty() && protocol.equals("HTTP/1.1");
    if (missing || !isAtMostOneHost(hosts)) {
      return bad("The request needs one Host.");
    }
    if (SparingFields.has(headers, LENGTH_FIELD)
        && !isAtMostOne(lines(headers, LENGTH_FIELD), LENGTH)) {
      return bad("The length of the request is not a number.");
    }
    return Optional.empty();
  }

  private boolean isAtMostOneHost(List<String> lines) {
    if (lines.size() == 1 && lines.get(0).equals(latestGoodHost)) {
      return true;
    }
    boolean good = isAtMostOne(lines, HOST);
    if (good && !lines.isEmpty()) {
      latestGoodHost = lines.get(0);
    }
    return good;
  }

  private static List<String> lines(Headers headers, String name) {
    List<String> lines = headers.get(name);
    return lines == null ? List.of() : lines;
  }

  private static boolean isAtMostOne(List<String> lines, Pattern good) {
    return lines.isEmpty() || (lines.size() == 1 && good.matcher(lines.get(0)).matches());
  }

  private static Optional<HttpProblem> bad(String detail) {
    return Optional.of(new HttpProblem(400, "Bad request", detail, Map.of()));
  }

  @Override
  public String description() {
    return "requests that everybody reads alike";
  }
}
