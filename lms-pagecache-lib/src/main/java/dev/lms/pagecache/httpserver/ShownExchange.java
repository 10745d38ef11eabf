// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import dev.lms.pagecache.PageRender;
import dev.lms.pagecache.PageRequest;
import dev.lms.pagecache.httpserver.exchange.DelegatingExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** An exchange that shows another request, and whose answer goes where the cache wants it. */
final class ShownExchange extends DelegatingExchange {
  /** Leads from a handler's exchange, also when it was wrapped once more, to its render. */
  static final String RENDER = PageRender.class.getName();

  private final PageRequest request;
  private final Headers requestHeaders;
  private final @Nullable PageRender render;
  private final Headers headers = new Headers();
  private @Nullable OutputStream body;

  /**
   * @param render where a handler answers; null for functions, which only ask
   */
  ShownExchange(
      HttpExchange outer,
      PageRequest request,
      Headers requestHeaders,
      @Nullable PageRender render) {
    super(outer);
    this.request = request;
    this.requestHeaders = requestHeaders;
    this.render = render;
    setRequestBody(request.isOver() ? InputStream.nullInputStream() : null);
  }

  private PageRender render() {
    if (render == null) {
      throw new IllegalStateException("Rules are asked about a request and do not answer it");
    }
    return render;
  }

  @Override
  protected void readsConnection() {
    if (render != null) {
      render.readsConnection();
    }
  }

  @Override
  protected void readsPeer() {
    if (render != null) {
      render.readsPeer();
    }
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    readsConnection();
    return super.getRemoteAddress();
  }

  @Override
  public @Nullable HttpPrincipal getPrincipal() {
    readsConnection();
    HttpPrincipal principal = request.isOver() ? null : super.getPrincipal();
    if (principal != null) {
      readsPeer();
    }
    return principal;
  }

  @Override
  public Headers getRequestHeaders() {
    return requestHeaders;
  }

  @Override
  public URI getRequestURI() {
    return request.target();
  }

  @Override
  public String getRequestMethod() {
    return request.method();
  }

  @Override
  public @Nullable Object getAttribute(String name) {
    if (render != null) {
      render.readsAttribute(name);
    }
    return render != null && name.equals(RENDER) ? render : super.getAttribute(name);
  }

  @Override
  public Headers getResponseHeaders() {
    return headers;
  }

  @Override
  public void sendResponseHeaders(int status, long length) throws IOException {
    render().begin(status, headers, length);
  }

  @Override
  public OutputStream getResponseBody() {
    return body == null ? render().body() : body;
  }

  @Override
  public int getResponseCode() {
    return render == null ? -1 : render.status();
  }

  @Override
  public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
    setRequestBody(in);
    body = out == null ? body : out;
  }

  @Override
  public void close() {
    render().close();
  }
}
