// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.HttpExchange;

/** Tells clients apart: by their address, as far as it is known. */
@FunctionalInterface
public interface Clients {
  /** By the connection alone. */
  Clients BY_CONNECTION = exchange -> exchange.getRemoteAddress().getAddress().getHostAddress();

  /** A name that all requests of one client have in common. */
  String of(HttpExchange exchange);
}
