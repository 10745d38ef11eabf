package dev.lms.session.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import dev.lms.session.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The exchange with a session. Its attributes are its own: before JDK 26 the server's are shared by
 * all exchanges of a context, which would show one person another's.
 */
final class SessionExchange extends HttpExchange {
  static final String SESSION = SessionExchange.class.getName();

  private final HttpExchange exchange;
  private final Session session;
  private final Map<String, Object> attributes = new HashMap<>();
  private Optional<String> cookieSent = Optional.empty();

  SessionExchange(HttpExchange exchange, Session session) {
    this.exchange = exchange;
    this.session = session;
  }

  @Override
  public void sendResponseHeaders(int status, long length) throws IOException {
    session.commit();
    cookieSent = session.setCookie();
    cookieSent.ifPresent(cookie -> getResponseHeaders().add("Set-Cookie", cookie));
    if (cookieSent.isPresent() || session.treatedAsAnonymous()) {
      getResponseHeaders().set("Cache-Control", "no-store");
    }
    exchange.sendResponseHeaders(status, length);
  }

  /** Whether there are changes that came after the commit, or a cookie after the headers. */
  boolean wasChangedTooLate() {
    return exchange.getResponseCode() != -1
        && (session.hasChanges() || !session.setCookie().equals(cookieSent));
  }

  @Override
  public @Nullable Object getAttribute(String name) {
    if (name.equals(SESSION)) {
      return session;
    }
    Object own = attributes.get(name);
    return own != null ? own : exchange.getAttribute(name);
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
  public Headers getRequestHeaders() {
    return exchange.getRequestHeaders();
  }

  @Override
  public Headers getResponseHeaders() {
    return exchange.getResponseHeaders();
  }

  @Override
  public URI getRequestURI() {
    return exchange.getRequestURI();
  }

  @Override
  public String getRequestMethod() {
    return exchange.getRequestMethod();
  }

  @Override
  public HttpContext getHttpContext() {
    return exchange.getHttpContext();
  }

  @Override
  public void close() {
    exchange.close();
  }

  @Override
  public InputStream getRequestBody() {
    return exchange.getRequestBody();
  }

  @Override
  public OutputStream getResponseBody() {
    return exchange.getResponseBody();
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return exchange.getRemoteAddress();
  }

  @Override
  public int getResponseCode() {
    return exchange.getResponseCode();
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return exchange.getLocalAddress();
  }

  @Override
  public String getProtocol() {
    return exchange.getProtocol();
  }

  @Override
  public void setStreams(InputStream in, OutputStream out) {
    exchange.setStreams(in, out);
  }

  @Override
  public HttpPrincipal getPrincipal() {
    return exchange.getPrincipal();
  }
}
