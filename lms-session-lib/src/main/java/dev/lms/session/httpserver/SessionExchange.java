// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpsExchange;
import dev.lms.session.CommitOutcome;
import dev.lms.session.Session;
import dev.lms.session.SessionStoreException;
import dev.lms.session.TokenHeader.AnswerField;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The exchange with a session. Its attributes are its own: before JDK 26 the server's are shared by
 * all exchanges of a context, which would show one person another's. So are streams that filters
 * further in put around the bodies: what is sent instead of the handler's answer does not pass
 * through them.
 */
final class SessionExchange extends HttpExchange {
  static final String SESSION = SessionExchange.class.getName();

  private final SessionFilter filter;
  private final HttpExchange exchange;
  private final Session session;
  private final Thread thread = Thread.currentThread();
  private final Map<String, Object> attributes = new HashMap<>();
  private final SessionBody answer;
  private OutputStream responseBody;
  private @Nullable InputStream requestBody;
  private List<AnswerField> fieldsSent = List.of();
  private final int codeAtFirst;
  private boolean begun;
  private boolean begunInTime;
  private boolean replaced;
  private volatile boolean handled;

  SessionExchange(SessionFilter filter, HttpExchange exchange, Session session) {
    this.filter = filter;
    this.exchange = exchange;
    this.session = session;
    this.answer = new SessionBody(exchange);
    this.responseBody = answer;
    this.codeAtFirst = exchange.getResponseCode();
  }

  /** What handlers get: over TLS, one that tells so. */
  HttpExchange asItWas() {
    return exchange instanceof HttpsExchange secure ? new SecureExchange(this, secure) : this;
  }

  @Override
  public void sendResponseHeaders(int status, long length) throws IOException {
    if (begun) {
      throw new IOException("the headers were sent already");
    }
    if (isInterim(status)) {
      exchange.sendResponseHeaders(status, length);
      return;
    }
    Optional<CommitOutcome> unkept;
    try {
      unkept = session.commitBeforeAnswer(status);
    } catch (SessionStoreException e) {
      if (isForeseen()) {
        throw e;
      }
      // Nobody would see it who can answer.
      replace(() -> filter.answer(exchange, session, e));
      return;
    }
    if (unkept.isPresent()) {
      replace(() -> filter.answer(exchange, session, unkept.get()));
      return;
    }
    fieldsSent = session.answerFields();
    InsteadOfAnswer.tell(getResponseHeaders(), fieldsSent);
    if (!fieldsSent.isEmpty() || session.treatedAsAnonymous() || session.isOnPassport()) {
      InsteadOfAnswer.forbidStorage(getResponseHeaders());
    }
    begin();
    exchange.sendResponseHeaders(status, length);
  }

  /** Those before the answer, such as Early Hints (RFC 8297); a 101 is one. */
  private static boolean isInterim(int status) {
    return status >= 100 && status < 200 && status != 101;
  }

  private void begin() {
    begun = true;
    begunInTime = isForeseen();
  }

  private interface Answering {
    void run() throws IOException;
  }

  private void replace(Answering other) throws IOException {
    fieldsSent = session.answerFields();
    other.run();
    begin();
    replaced = true;
    answer.ignore();
  }

  /** Whether what this thread throws comes out where the filter waits for it. */
  private boolean isForeseen() {
    return !handled && Thread.currentThread() == thread;
  }

  /** To be called when the handler has returned; it may go on in other threads. */
  void handled() {
    handled = true;
  }

  /** Whether a whole answer was sent, and not the handler's. */
  boolean isReplaced() {
    return replaced;
  }

  /**
   * Whether the answer was begun, through this exchange or past it. Some servers tell a code before
   * there is one.
   */
  boolean isBegun() {
    return begun || exchange.getResponseCode() != codeAtFirst;
  }

  /** Whether there are changes that came after the commit, or a token after the headers. */
  boolean wasChangedTooLate() {
    return begunInTime && (session.hasChanges() || !session.answerFields().equals(fieldsSent));
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
    return requestBody == null ? exchange.getRequestBody() : requestBody;
  }

  @Override
  public OutputStream getResponseBody() {
    return responseBody;
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return exchange.getRemoteAddress();
  }

  @Override
  public int getResponseCode() {
    return isBegun() ? exchange.getResponseCode() : -1;
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
  public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
    if (in != null) {
      requestBody = in;
    }
    if (out != null) {
      responseBody = out;
    }
  }

  @Override
  public HttpPrincipal getPrincipal() {
    return exchange.getPrincipal();
  }
}
