// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A server on loopback whose pages a renderer makes, for who caches them. */
final class RenderServer implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  /**
   * Starts it.
   *
   * @param who asks, if the renderer looks
   */
  RenderServer(PagePeer.Renderer renderer, Function<HttpExchange, String> who, List<Filter> filters)
      throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
    server.setExecutor(threads);
    server
        .createContext("/", exchange -> answer(exchange, renderer, who))
        .getFilters()
        .addAll(filters);
    server.start();
  }

  private static void answer(
      HttpExchange exchange, PagePeer.Renderer renderer, Function<HttpExchange, String> who)
      throws IOException {
    String text = renderer.render(exchange.getRequestURI().getRawPath(), () -> who.apply(exchange));
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** The address of a page. */
  String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
