// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Whose implementation of the JDK's server API serves. */
public enum HttpProvider {
  /** The JDK's own. */
  JDK("the JDK's own", "sun.net.httpserver.") {
    @Override
    HttpServer create(InetSocketAddress address, int backlog) throws IOException {
      // By name: any other on the class path would come first.
      System.setProperty(
          "com.sun.net.httpserver.HttpServerProvider",
          "sun.net.httpserver.DefaultHttpServerProvider");
      return HttpServer.create(address, backlog);
    }
  },

  /** {@code io.github.robaho:httpserver}: quicker, with fewer bounds. */
  ROBAHO("robaho", "robaho.net.httpserver.") {
    @Override
    HttpServer create(InetSocketAddress address, int backlog) throws IOException {
      return new robaho.net.httpserver.DefaultHttpServerProvider()
          .createHttpServer(address, backlog);
    }
  };

  private final String shown;
  private final String properties;

  HttpProvider(String shown, String properties) {
    this.shown = shown;
    this.properties = properties;
  }

  abstract HttpServer create(InetSocketAddress address, int backlog) throws IOException;

  /** What the names of its settings begin with. */
  String properties() {
    return properties;
  }

  /** Which it is, as an operator reads it at start. */
  public String sentence() {
    return "HTTP server: " + shown;
  }

  /** Whether it bounds the headers of a request while they arrive. */
  public boolean boundsHeaders() {
    return this == JDK;
  }
}
