// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.PageAnswer;
import dev.lms.pagecache.http.CutOffStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** An answer of the JDK's server; lengths are told as it takes them. */
final class ServerAnswer implements PageAnswer {
  private final HttpExchange exchange;

  ServerAnswer(HttpExchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public Set<String> names() {
    return exchange.getResponseHeaders().keySet();
  }

  @Override
  public List<String> lines(String name) {
    return ServerRequest.lines(exchange.getResponseHeaders(), name);
  }

  @Override
  public void set(String name, String line) {
    exchange.getResponseHeaders().set(name, line);
  }

  @Override
  public void replace(String name, List<String> lines) {
    exchange.getResponseHeaders().put(name, new ArrayList<>(lines));
  }

  @Override
  public void add(String name, String line) {
    exchange.getResponseHeaders().add(name, line);
  }

  @Override
  public void remove(String name) {
    exchange.getResponseHeaders().remove(name);
  }

  @Override
  public OutputStream begin(int status, long length) throws IOException {
    exchange.sendResponseHeaders(status, length);
    return length == NO_BODY ? OutputStream.nullOutputStream() : exchange.getResponseBody();
  }

  @Override
  public void end() {
    exchange.close();
  }

  @Override
  public void cutOff() {
    exchange.setStreams(null, new CutOffStream());
  }
}
