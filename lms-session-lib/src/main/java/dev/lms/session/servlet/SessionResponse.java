// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.servlet;

import dev.lms.session.CommitOutcome;
import dev.lms.session.Session;
import dev.lms.session.SessionStoreException;
import dev.lms.session.TokenHeader.AnswerField;
import dev.lms.session.answer.Instead;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A response that commits its session wherever the container might send its first byte. */
final class SessionResponse extends HttpServletResponseWrapper {
  private static final System.Logger LOG = System.getLogger(SessionFilter.class.getName());

  private final SessionFilter filter;
  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final Session session;
  private final Thread thread = Thread.currentThread();
  private @Nullable CommittingStream stream;
  private @Nullable PrintWriter writer;
  private List<AnswerField> told = List.of();
  private long written;
  private long announced = -1;
  private boolean replaced;
  private volatile boolean handled;

  SessionResponse(
      SessionFilter filter,
      HttpServletRequest request,
      HttpServletResponse response,
      Session session) {
    super(response);
    this.filter = filter;
    this.request = request;
    this.response = response;
    this.session = session;
  }

  /** Ours, however it is wrapped. */
  static Optional<SessionResponse> in(ServletResponse response) {
    ServletResponse inner = response;
    while (inner instanceof ServletResponseWrapper wrapper) {
      if (inner instanceof SessionResponse ours) {
        return Optional.of(ours);
      }
      inner = wrapper.getResponse();
    }
    return Optional.empty();
  }

  /** To be called when the chain has returned; the response may go on in other threads. */
  void handled() {
    handled = true;
  }

  boolean isReplaced() {
    return replaced;
  }

  /** Whether what is written goes to the client. Commits what was changed since the last time. */
  boolean commit(int status) throws IOException {
    if (replaced || isCommitted()) {
      return !replaced;
    }
    Optional<CommitOutcome> unkept;
    try {
      unkept = session.commitBeforeAnswer(status);
    } catch (SessionStoreException e) {
      if (!handled && Thread.currentThread() == thread) {
        throw e; // The filter waits for it.
      }
      fails(e);
      return false;
    }
    if (unkept.isPresent()) {
      replace(Instead.of(unkept.get()));
      return false;
    }
    tell();
    return true;
  }

  /** Sets cookie or token and what goes with them; again, in the place of earlier ones. */
  void tell() {
    List<AnswerField> fields = session.answerFields();
    if (!fields.isEmpty() && !areTold(fields)) {
      tellAgain(fields);
      told = fields;
    }
    if (!fields.isEmpty() || session.treatedAsAnonymous() || session.isOnPassport()) {
      forbidStorage();
    }
  }

  private void tellAgain(List<AnswerField> fields) {
    List<String> cookies = new ArrayList<>(getHeaders("Set-Cookie"));
    told.forEach(field -> cookies.remove(field.value()));
    for (AnswerField field : fields) {
      if (field.isCookie()) {
        cookies.add(field.value());
      } else {
        response.setHeader(field.name(), field.value());
      }
    }
    for (int i = 0; i < cookies.size(); i++) {
      if (i == 0) {
        response.setHeader("Set-Cookie", cookies.get(i));
      } else {
        response.addHeader("Set-Cookie", cookies.get(i));
      }
    }
  }

  private boolean areTold(List<AnswerField> fields) {
    return told.equals(fields)
        && fields.stream().allMatch(field -> getHeaders(field.name()).contains(field.value()));
  }

  private void forbidStorage() {
    for (String name : getHeaderNames()) {
      if (Instead.overridesCacheControl(name)) {
        response.setHeader(name, name.equalsIgnoreCase("X-Accel-Expires") ? "0" : "no-store");
      }
    }
    response.setHeader("Cache-Control", "no-store");
  }

  void fails(SessionStoreException outage) throws IOException {
    // That the store is not even asked is told once, where the outage begins.
    Level level = outage.getCause() == null ? Level.DEBUG : Level.WARNING;
    LOG.log(level, "answered with 503: {0}", outage.getMessage());
    replace(Instead.UNAVAILABLE);
  }

  /** Sends a whole answer. What filters further out have said stays. */
  private void replace(Instead instead) throws IOException {
    Map<String, List<String>> kept = new LinkedHashMap<>();
    for (String name : getHeaderNames()) {
      if (!Instead.isOfTheLostAnswer(name)) {
        kept.put(name, List.copyOf(getHeaders(name)));
      }
    }
    response.reset();
    replaced = true;
    kept.forEach((name, lines) -> lines.forEach(line -> response.addHeader(name, line)));
    told = List.of();
    tell();
    forbidStorage();
    byte[] body = instead.text().getBytes(StandardCharsets.UTF_8);
    response.setStatus(instead.status());
    if (instead.status() == 503) {
      response.setHeader("Retry-After", Instead.RETRY_AFTER);
    }
    response.setContentType("text/plain; charset=utf-8");
    response.setContentLength(body.length);
    if (!request.getMethod().equals("HEAD")) {
      response.getOutputStream().write(body);
    }
    response.flushBuffer();
  }

  /** To be called at the end: commits what no byte has made anybody commit. */
  void finish() throws IOException {
    if (!isCommitted()) {
      boolean unused = commit(getStatus());
    } else if (!replaced && (session.hasChanges() || isTokenLate())) {
      filter.warn(request);
    }
  }

  private boolean isTokenLate() {
    return !session.answerFields().isEmpty() && !session.answerFields().equals(told);
  }

  /** The request failed: whoever answers it says so. */
  void abandon() {
    session.dropChanges();
  }

  /** To be called before bytes go on to the container, which sends when its buffer is full. */
  boolean isWritten(long bytes) throws IOException {
    written += bytes;
    boolean leaves =
        written >= response.getBufferSize() || (announced >= 0 && written >= announced);
    return leaves ? commit(getStatus()) : !replaced;
  }

  private void announces(long length) throws IOException {
    announced = length;
    if (length == 0) {
      boolean unused = commit(getStatus()); // Whole, and some containers send it at once.
    }
  }

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    if (stream == null) {
      stream =
          new CommittingStream(
              this, replaced ? null : super.getOutputStream()); // Throws if there is a writer.
    }
    return stream;
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    if (writer == null) {
      writer =
          new PrintWriter(new CommittingWriter(this, replaced ? null : super.getWriter()), false);
    }
    return writer;
  }

  @Override
  public void flushBuffer() throws IOException {
    if (commit(getStatus())) {
      super.flushBuffer();
    }
  }

  @Override
  public void sendError(int status) throws IOException {
    if (commit(status)) {
      super.sendError(status);
    }
  }

  @Override
  public void sendError(int status, String message) throws IOException {
    if (commit(status)) {
      super.sendError(status, message);
    }
  }

  @Override
  public void sendRedirect(String location) throws IOException {
    if (commit(SC_FOUND)) {
      super.sendRedirect(location);
    }
  }

  /**
   * The same of Servlet 6.1, whose other redirects come to this one.
   *
   * @param location where to
   * @param status the status code
   * @param clearBuffer whether what was written is dropped
   * @throws IOException if the client has gone
   */
  public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
    if (commit(status)) {
      if (clearBuffer) {
        super.resetBuffer();
      }
      super.setStatus(status);
      super.setHeader("Location", location);
      super.flushBuffer();
    }
  }

  @Override
  public void setContentLength(int length) {
    setContentLengthLong(length);
  }

  @Override
  public void setContentLengthLong(long length) {
    if (!replaced) {
      unchecked(() -> announces(length));
      if (!replaced) {
        super.setContentLengthLong(length);
      }
    }
  }

  @Override
  public void setHeader(String name, String value) {
    announcedBy(name, value);
    if (!replaced) {
      super.setHeader(name, value);
    }
  }

  @Override
  public void addHeader(String name, String value) {
    announcedBy(name, value);
    if (!replaced) {
      super.addHeader(name, value);
    }
  }

  @Override
  public void setIntHeader(String name, int value) {
    setHeader(name, Integer.toString(value));
  }

  @Override
  public void addIntHeader(String name, int value) {
    addHeader(name, Integer.toString(value));
  }

  private void announcedBy(String name, @Nullable String value) {
    if (name.equalsIgnoreCase("Content-Length") && value != null && value.matches("\\d{1,18}")) {
      unchecked(() -> announces(Long.parseLong(value)));
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void unchecked(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void reset() {
    if (!replaced) {
      super.reset();
      written = 0;
      announced = -1;
      stream = null;
      writer = null;
      if (!told.isEmpty()) {
        told = List.of();
        tell();
      }
    }
  }

  @Override
  public void resetBuffer() {
    if (!replaced) {
      super.resetBuffer();
      written = 0;
    }
  }
}
