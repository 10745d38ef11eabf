// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver.exchange;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpsExchange;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The request half of a wrapped exchange. Attributes set on it stay with this exchange: before JDK
 * 26 those of the JDK's own are shared by all requests of a context.
 */
public abstract class DelegatingExchange extends HttpExchange {
  /** What it passes everything on to. */
  public final HttpExchange outer;

  private final Map<String, Object> attributes = new HashMap<>();
  private @Nullable InputStream requestBody;

  /**
   * Creates an exchange that passes everything on.
   *
   * @param outer the exchange it passes everything on to
   */
  protected DelegatingExchange(HttpExchange outer) {
    this.outer = outer;
  }

  /** {@return the exchange for handlers: over TLS, an {@link HttpsExchange} around this one} */
  public final HttpExchange asItWas() {
    HttpsExchange secure = secure();
    return secure == null ? this : new SecureExchange(this, secure);
  }

  private @Nullable HttpsExchange secure() {
    if (outer instanceof HttpsExchange secure) {
      return secure;
    }
    return outer instanceof DelegatingExchange further ? further.secure() : null;
  }

  /** Called when a handler looks at what no key holds: who is at the other end. */
  protected void readsConnection() {}

  /** Called when a handler gets to know who that is: a name that was proved to the server. */
  protected void readsPeer() {}

  @Override
  public Headers getRequestHeaders() {
    return outer.getRequestHeaders();
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
  public InputStream getRequestBody() {
    return requestBody == null ? outer.getRequestBody() : requestBody;
  }

  /**
   * Replaces the request body.
   *
   * @param in the new body; null changes nothing
   */
  protected final void setRequestBody(@Nullable InputStream in) {
    if (in != null) {
      requestBody = in;
    }
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return outer.getRemoteAddress();
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
    Object own = attributes.get(name);
    return own == null ? outer.getAttribute(name) : own;
  }

  @Override
  public void setAttribute(String name, @Nullable Object value) {
    if (value == null) {
      attributes.remove(name);
    } else {
      attributes.put(name, value);
    }
  }

  @Override
  public @Nullable HttpPrincipal getPrincipal() {
    return outer.getPrincipal();
  }
}
