// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.spi.JettyHttpServerProvider;

/**
 * Jetty's, for programs that ask for any port and bring threads of their own: it does not tell the
 * port that it was given, and does not listen where an executor was set before its start.
 */
public final class JettyProvider extends HttpServerProvider {
  private final HttpServerProvider jetty = new JettyHttpServerProvider();

  @Override
  public HttpServer createHttpServer(InetSocketAddress address, int backlog) throws IOException {
    return new OwnThreads(jetty.createHttpServer(withPort(address), backlog));
  }

  @Override
  public HttpsServer createHttpsServer(InetSocketAddress address, int backlog) throws IOException {
    return new OwnThreads(jetty.createHttpsServer(withPort(address), backlog));
  }

  private static InetSocketAddress withPort(InetSocketAddress address) throws IOException {
    if (address.getPort() != 0) {
      return address;
    }
    try (ServerSocket free = new ServerSocket(0, 1, address.getAddress())) {
      return new InetSocketAddress(address.getAddress(), free.getLocalPort());
    }
  }

  /** Handlers run in its own threads, of which there are enough. */
  private static final class OwnThreads extends HttpsServer {
    private final HttpServer server;

    OwnThreads(HttpServer server) {
      this.server = server;
    }

    @Override
    public void setExecutor(Executor executor) {
      // It would stop listening.
    }

    @Override
    public Executor getExecutor() {
      return server.getExecutor();
    }

    @Override
    public void setHttpsConfigurator(HttpsConfigurator configurator) {
      ((HttpsServer) server).setHttpsConfigurator(configurator);
    }

    @Override
    public HttpsConfigurator getHttpsConfigurator() {
      return ((HttpsServer) server).getHttpsConfigurator();
    }

    @Override
    public void bind(InetSocketAddress address, int backlog) throws IOException {
      server.bind(address, backlog);
    }

    @Override
    public void start() {
      server.start();
    }

    @Override
    public void stop(int delay) {
      server.stop(delay);
    }

    @Override
    public HttpContext createContext(String path, HttpHandler handler) {
      return server.createContext(path, handler);
    }

    @Override
    public HttpContext createContext(String path) {
      return server.createContext(path);
    }

    @Override
    public void removeContext(String path) {
      server.removeContext(path);
    }

    @Override
    public void removeContext(HttpContext context) {
      server.removeContext(context);
    }

    @Override
    public InetSocketAddress getAddress() {
      return server.getAddress();
    }
  }
}
