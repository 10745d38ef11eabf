// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.HttpExchange;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * The proxies whose word is taken on where a request comes from. Immutable.
 *
 * @param trusted their addresses
 */
public record Proxies(Set<InetAddress> trusted) {
  private static final String HEADER = "X-Forwarded-For";

  /** Copies the addresses. */
  public Proxies {
    trusted = Set.copyOf(trusted);
  }

  /** The address a request comes from, as far as a trusted proxy or the connection says. */
  public String client(HttpExchange exchange) {
    return address(exchange).getHostAddress();
  }

  /** The address a request comes from, as {@link #client} tells it, but not as text. */
  public InetAddress address(HttpExchange exchange) {
    InetAddress connection = exchange.getRemoteAddress().getAddress();
    if (!trusted.contains(connection)) {
      return connection;
    }
    return client(connection, exchange.getRequestHeaders().getOrDefault(HEADER, List.of()));
  }

  /**
   * Each proxy adds whom it was asked by, so the list is read from its end, and no further than
   * trusted proxies wrote it: anyone can claim anything in what stands before.
   */
  InetAddress client(InetAddress connection, List<String> forwarded) {
    Deque<String> hops = new ArrayDeque<>();
    forwarded.forEach(line -> hops.addAll(List.of(line.split(",", -1))));
    InetAddress client = connection;
    while (trusted.contains(client) && !hops.isEmpty()) {
      try {
        client = InetAddress.ofLiteral(hops.removeLast().strip());
      } catch (IllegalArgumentException e) {
        return client;
      }
    }
    return client;
  }
}
