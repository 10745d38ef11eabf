// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;

/**
 * The JDK's, where a filter before all others passes an exchange of its own on, as frameworks do
 * that put filters of this API behind their own. Servers for HTTPS are the JDK's alone.
 */
public final class WrappingProvider extends HttpServerProvider {
  private final HttpServerProvider jdk;

  /** Whoever names this provider exports the package of the JDK's. */
  public WrappingProvider() throws ReflectiveOperationException {
    jdk =
        Class.forName("sun.net.httpserver.DefaultHttpServerProvider")
            .asSubclass(HttpServerProvider.class)
            .getDeclaredConstructor()
            .newInstance();
  }

  @Override
  public HttpServer createHttpServer(InetSocketAddress address, int backlog) throws IOException {
    return new Wrapping(jdk.createHttpServer(address, backlog));
  }

  @Override
  public HttpsServer createHttpsServer(InetSocketAddress address, int backlog) throws IOException {
    return jdk.createHttpsServer(address, backlog);
  }

  private static final class First extends Filter {
    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
      chain.doFilter(new PassedOn(exchange));
    }

    @Override
    public String description() {
      return "passes its own exchange on";
    }
  }

  private static final class Wrapping extends HttpServer {
    private final HttpServer server;

    Wrapping(HttpServer server) {
      this.server = server;
    }

    private static HttpContext wrapped(HttpContext context) {
      context.getFilters().add(new First());
      return context;
    }

    @Override
    public HttpContext createContext(String path, HttpHandler handler) {
      return wrapped(server.createContext(path, handler));
    }

    @Override
    public HttpContext createContext(String path) {
      return wrapped(server.createContext(path));
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
    public void bind(InetSocketAddress address, int backlog) throws IOException {
      server.bind(address, backlog);
    }

    @Override
    public void start() {
      server.start();
    }

    @Override
    public void setExecutor(Executor executor) {
      server.setExecutor(executor);
    }

    @Override
    public Executor getExecutor() {
      return server.getExecutor();
    }

    @Override
    public void stop(int delay) {
      server.stop(delay);
    }

    @Override
    public InetSocketAddress getAddress() {
      return server.getAddress();
    }
  }
}
