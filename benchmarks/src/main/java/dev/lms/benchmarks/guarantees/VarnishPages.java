// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.benchmarks.http.Background;
import dev.lms.benchmarks.http.Peers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Varnish with its built-in rules, for which a request with a cookie is nobody else's, and with
 * purging as its users' guide sets it up.
 */
final class VarnishPages implements PagePeer {
  private static final String COOKIE = "Cookie";
  private static final String RULES =
      """
      acl purgers { "127.0.0.1"; }
      sub vcl_recv {
        if (req.method == "PURGE") {
          if (client.ip !~ purgers) { return (synth(405, "Not allowed")); }
          return (purge);
        }
      }
      sub vcl_backend_response { set beresp.ttl = 1h; }
      """;

  private final RenderServer server;
  private final Background varnish;
  private final Client client = new Client();

  VarnishPages(Path folder, Renderer renderer) throws IOException {
    server = new RenderServer(renderer, VarnishPages::who, List.of());
    varnish = Peers.varnish(folder, server.port(), RULES);
  }

  private static String who(HttpExchange exchange) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(COOKIE))
        .map(cookie -> cookie.replace("person=", ""))
        .orElse("");
  }

  @Override
  public String get(String path, String person) throws Exception {
    String cookie = person.isEmpty() ? "" : "person=" + person;
    return client.ask("GET", varnish.url(path), COOKIE, cookie);
  }

  @Override
  public void purge(String path) throws Exception {
    client.ask("PURGE", varnish.url(path), "", "");
  }

  @Override
  public void close() {
    client.close();
    varnish.close();
    server.close();
  }
}
