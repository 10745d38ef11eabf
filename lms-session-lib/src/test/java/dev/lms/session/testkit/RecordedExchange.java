// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.testkit;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request without a server, which keeps what it was answered: handlers and filters are tested
 * without a port.
 *
 * <pre>{@code
 * RecordedExchange answer =
 *     RecordedExchange.get("/cart")
 *         .with("Cookie", SignedIn.cookie(sessions, "ann"))
 *         .through(new CartPage(), new SessionFilter(sessions));
 * assertEquals(200, answer.status());
 * }</pre>
 *
 * <p>Like the server, it takes one answer, and a body only after its header. Make one for each
 * request. For one thread at a time. On the module path a program that uses it requires {@code
 * jdk.httpserver}.
 */
public final class RecordedExchange extends HttpExchange {
  private final String method;
  private final URI target;
  private final Headers asked = new Headers();
  private final Headers answered = new Headers();
  private final Map<String, Object> attributes = new HashMap<>();
  private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
  private InputStream requestBody;
  private OutputStream responseBody = new Body();
  private @Nullable HttpContext context;
  private int status = -1;

  private RecordedExchange(String method, String target, String body) {
    this.method = method;
    this.target = URI.create(target);
    this.requestBody = new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));
  }

  /** A GET of a path, with a query if there is one. */
  public static RecordedExchange get(String target) {
    return of("GET", target, "");
  }

  /** A POST of a form that is encoded already: {@code name=value&other=value}. */
  public static RecordedExchange post(String target, String form) {
    return of("POST", target, form).with("Content-Type", "application/x-www-form-urlencoded");
  }

  /** Any request; the body is sent as UTF-8. */
  public static RecordedExchange of(String method, String target, String body) {
    return new RecordedExchange(method, target, body);
  }

  /** Adds a header field to the request. */
  public RecordedExchange with(String name, String value) {
    asked.add(name, value);
    return this;
  }

  /**
   * Has it answered.
   *
   * @param handler what answers
   * @param filters what stands before the handler, the outermost first
   * @return this, which then knows its answer
   * @throws IOException if the handler throws it
   */
  public RecordedExchange through(HttpHandler handler, Filter... filters) throws IOException {
    context = new Context(target.getPath(), handler, List.of(filters));
    new Filter.Chain(List.of(filters), handler).doFilter(this);
    return this;
  }

  /** The status it was answered with; -1 if it was not answered. */
  public int status() {
    return status;
  }

  /** The body it was answered with, read as UTF-8. */
  public String body() {
    return answer.toString(StandardCharsets.UTF_8);
  }

  /** A header field of the answer, the first of its name. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(answered.getFirst(name));
  }

  /** Name and value of the cookie that the answer sets, the first one: for the next request. */
  public Optional<String> cookie() {
    return header("Set-Cookie").map(cookie -> cookie.split(";", 2)[0]);
  }

  private final class Body extends FilterOutputStream {
    Body() {
      super(answer);
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (status == -1) {
        throw new IOException("sendResponseHeaders comes before the body");
      }
      out.write(bytes, offset, length);
    }
  }

  private static final class Context extends HttpContext {
    private final String path;
    private final List<Filter> filters;
    private final Map<String, Object> attributes = new HashMap<>();
    private HttpHandler handler;

    Context(String path, HttpHandler handler, List<Filter> filters) {
      this.path = path;
      this.handler = handler;
      this.filters = filters;
    }

    @Override
    public HttpHandler getHandler() {
      return handler;
    }

    @Override
    public void setHandler(HttpHandler other) {
      handler = other;
    }

    @Override
    public String getPath() {
      return path;
    }

    @Override
    public @Nullable HttpServer getServer() {
      return null;
    }

    @Override
    public Map<String, Object> getAttributes() {
      return attributes;
    }

    @Override
    public List<Filter> getFilters() {
      return filters;
    }

    @Override
    public @Nullable Authenticator setAuthenticator(@Nullable Authenticator authenticator) {
      throw new UnsupportedOperationException("there is no server to ask for a password");
    }

    @Override
    public @Nullable Authenticator getAuthenticator() {
      return null;
    }
  }

  @Override
  public void sendResponseHeaders(int code, long length) throws IOException {
    if (status != -1) {
      throw new IOException("the headers were sent already");
    }
    status = code;
  }

  @Override
  public Headers getRequestHeaders() {
    return asked;
  }

  @Override
  public Headers getResponseHeaders() {
    return answered;
  }

  @Override
  public URI getRequestURI() {
    return target;
  }

  @Override
  public String getRequestMethod() {
    return method;
  }

  @Override
  public @Nullable HttpContext getHttpContext() {
    return context;
  }

  @Override
  public void close() {}

  @Override
  public InputStream getRequestBody() {
    return requestBody;
  }

  @Override
  public OutputStream getResponseBody() {
    return responseBody;
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 49_152);
  }

  @Override
  public int getResponseCode() {
    return status;
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
  }

  @Override
  public String getProtocol() {
    return "HTTP/1.1";
  }

  @Override
  public @Nullable Object getAttribute(String name) {
    return attributes.get(name);
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
  public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
    requestBody = in == null ? requestBody : in;
    responseBody = out == null ? responseBody : out;
  }

  @Override
  public @Nullable HttpPrincipal getPrincipal() {
    return null;
  }
}
