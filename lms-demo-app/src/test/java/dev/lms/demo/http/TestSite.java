// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A real server on a free port, and clients for it. */
final class TestSite implements AutoCloseable {
  final WebServer server;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  private TestSite(WebServer server) {
    this.server = server;
  }

  static TestSite serving(Route... routes) throws IOException {
    return serving(HttpProvider.JDK, routes);
  }

  static TestSite serving(HttpProvider provider, Route... routes) throws IOException {
    return with(provider, List.of(), new Router(List.of(routes)));
  }

  /** Inside the filters every site has. */
  static TestSite with(List<Filter> filters, HttpHandler handler) throws IOException {
    return with(HttpProvider.JDK, filters, handler);
  }

  static TestSite with(HttpProvider provider, List<Filter> filters, HttpHandler handler)
      throws IOException {
    List<Filter> all = new ArrayList<>();
    all.add(new SecurityHeaders());
    all.add(new ErrorFilter(failure -> Optional.empty()));
    all.addAll(filters);
    return bare(provider, all, handler);
  }

  static TestSite bare(List<Filter> filters, HttpHandler handler) throws IOException {
    return bare(HttpProvider.JDK, filters, handler);
  }

  static TestSite bare(HttpProvider provider, List<Filter> filters, HttpHandler handler)
      throws IOException {
    return new TestSite(
        WebServer.start(
            provider,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            filters,
            handler));
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.address().getPort() + path))
        .timeout(Duration.ofSeconds(30));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  HttpResponse<String> get(String path) throws IOException {
    return send(request(path));
  }

  HttpResponse<String> post(String path, String type, String body) throws IOException {
    return send(
        request(path).header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /**
   * The status of an answer to a form that may not be read to its end. Where the connection closes
   * on what nobody has read, the system may take the answer with it: then once more.
   */
  int refuse(String path, String type, String body) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return post(path, type, body).statusCode();
      } catch (IOException e) {
        if (attempt == 4) {
          throw e;
        }
      }
    }
  }

  /** Sends these bytes and returns everything until the server closes the connection. */
  String raw(String bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /** A request with this target, exactly as given. */
  String rawTarget(String method, String target) throws IOException {
    return raw(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  @Override
  public void close() {
    server.drain(Duration.ZERO);
  }
}
