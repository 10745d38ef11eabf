// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Another exchange, unchanged. */
final class PassedOn extends HttpExchange {
  private final HttpExchange outer;

  PassedOn(HttpExchange outer) {
    this.outer = outer;
  }

  @Override
  public Headers getRequestHeaders() {
    return outer.getRequestHeaders();
  }

  @Override
  public Headers getResponseHeaders() {
    return outer.getResponseHeaders();
  }

  @Override
  public URI getRequestURI() {
    return outer.getRequestURI();
  }

  @Override
  public String getRequestMethod() {
    return outer.getRequestMethod();
  }

  @Override
  public HttpContext getHttpContext() {
    return outer.getHttpContext();
  }

  @Override
  public void close() {
    outer.close();
  }

  @Override
  public InputStream getRequestBody() {
    return outer.getRequestBody();
  }

  @Override
  public OutputStream getResponseBody() {
    return outer.getResponseBody();
  }

  @Override
  public void sendResponseHeaders(int status, long length) throws IOException {
    outer.sendResponseHeaders(status, length);
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return outer.getRemoteAddress();
  }

  @Override
  public int getResponseCode() {
    return outer.getResponseCode();
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return outer.getLocalAddress();
  }

  @Override
  public String getProtocol() {
    return outer.getProtocol();
  }

  @Override
  public @Nullable Object getAttribute(String name) {
    return outer.getAttribute(name);
  }

  @Override
  public void setAttribute(String name, @Nullable Object value) {
    outer.setAttribute(name, value);
  }

  @Override
  public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
    outer.setStreams(in, out);
  }

  @Override
  public @Nullable HttpPrincipal getPrincipal() {
    return outer.getPrincipal();
  }
}
