// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.http.Request;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a browser finds the workers: by the host that it knows this one by, on their own ports. */
final class Origins {
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9.-]+|\\[[0-9a-fA-F:.]+])(:[0-9]+)?");

  private Origins() {}

  /** The origin of the worker on this port; empty if the browser names a host that is none. */
  static Optional<String> of(Request request, int port) {
    String host = request.exchange().getRequestHeaders().getFirst("Host");
    return Optional.ofNullable(host)
        .map(HOST::matcher)
        .filter(Matcher::matches)
        .map(found -> "http://" + found.group(1) + ":" + port);
  }

  /** Those of all of them. */
  static List<String> of(Request request, List<Integer> ports) {
    return ports.stream().flatMap(port -> of(request, port).stream()).toList();
  }
}
