// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.servlet;

import dev.lms.pagecache.PageAnswer;
import dev.lms.pagecache.PageRender;
import dev.lms.pagecache.page.Answer;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.UnsupportedEncodingException;
import java.lang.reflect.Proxy;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A response whose body goes where the cache wants it. */
final class ShownResponse extends ShownHead {
  /** What is held while another servlet is included, when a container takes no fields. */
  private static final int MOST_INCLUDED = 1 << 20;

  private final ContainerAnswer answer;
  private final PageRender render;
  private final boolean isOfHead;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
  private final Listener listener = new Listener();
  private BooleanSupplier included = () -> false;
  private @Nullable ShownStream stream;
  private @Nullable ShownWriter text;
  private @Nullable PrintWriter writer;
  private int bufferSize;
  private boolean discards;
  private boolean begun;
  private boolean hidden;
  private boolean whenReady;
  private volatile boolean ended;
  private volatile boolean over;

  /**
   * @param keyed whether the answer may be stored
   */
  ShownResponse(
      HttpServletRequest request, ContainerAnswer answer, PageRender render, boolean keyed) {
    super(answer, keyed);
    this.answer = answer;
    this.render = render;
    this.isOfHead = request.getMethod().equals("HEAD");
    this.bufferSize = answer.response().getBufferSize();
  }

  /** Ours, however it is wrapped. */
  static Optional<ShownResponse> in(ServletResponse response) {
    ServletResponse inner = response;
    while (inner instanceof ServletResponseWrapper wrapper) {
      if (inner instanceof ShownResponse ours) {
        return Optional.of(ours);
      }
      inner = wrapper.getResponse();
    }
    return Optional.empty();
  }

  /** Tells how to find out whether a servlet is just included. */
  void isIncluded(BooleanSupplier asked) {
    included = asked;
  }

  /** What was written before a forward is not sent; some containers do not ask wrappers. */
  void forwards() {
    hidden = false;
    if (!isCommitted()) {
      resetBuffer();
    }
  }

  /**
   * Tomcat looks beneath all wrappers for its own response when a forward has returned, and lets
   * nobody write to it any more. The cache has not sent the answer by then.
   */
  void hideFromContainer() {
    hidden = true;
  }

  @Override
  public ServletResponse getResponse() {
    ServletResponse response = super.getResponse();
    return hidden
        ? (ServletResponse)
            Proxy.newProxyInstance(
                ShownResponse.class.getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, method, arguments) -> method.invoke(response, arguments))
        : response;
  }

  /** An included servlet sets no fields. */
  @Override
  boolean takesFields() {
    return !isCommitted() && !included.getAsBoolean();
  }

  AsyncListener listener() {
    return listener;
  }

  /** Something else answers on the same connection. */
  void goesPast() {
    ended = true;
  }

  /** To be called when the filters and the servlet have returned. */
  void chainReturned() throws IOException {
    hidden = false;
    if (answer.response().isCommitted() && !begun) {
      render.answersElsewhere();
      ended = true;
    } else if (answer.isAsync()) {
      render.answersElsewhere();
    } else {
      finish();
    }
  }

  /** Ends the answer; harmless when it has ended. */
  void finish() throws IOException {
    if (ended) {
      return;
    }
    encode();
    begin(true);
    ended = true;
    if (!isBodyless()) {
      render.body().close();
    }
    render.close();
  }

  private void encode() throws IOException {
    if (text != null) {
      text.encode();
    }
  }

  private boolean isBodyless() {
    return isOfHead || Answer.neverHasBody(getStatus());
  }

  /**
   * @param whole whether nothing comes after what is in the buffer
   */
  private void begin(boolean whole) throws IOException {
    if (begun) {
      return;
    }
    begun = true;
    if (answer.hasNewCookies()) { // Of a session that the container began, past this response.
      render.readsConnection();
      render.readsPeer();
    }
    Map<String, List<String>> fields = head().fields();
    long announced = announced();
    long length = announced;
    if (isOfHead) {
      if (announced >= 0 || (whole && buffer.size() > 0)) {
        fields.put(
            "Content-Length", List.of(Long.toString(announced >= 0 ? announced : buffer.size())));
      }
      length = PageAnswer.NO_BODY;
    } else if (announced < 0) {
      length = whole ? buffer.size() : PageAnswer.UNKNOWN_LENGTH;
    }
    boolean isEmpty = length == 0 && (whole ? buffer.size() == 0 : announced == 0);
    render.begin(getStatus(), fields, isEmpty ? PageAnswer.NO_BODY : length);
    if (!isBodyless() && buffer.size() > 0) {
      buffer.writeTo(render.body());
    }
    buffer.reset();
  }

  void write(byte[] bytes, int offset, int length) throws IOException {
    if (over) {
      throw new IOException("The request is over");
    }
    if (ended || discards || length == 0) {
      return; // As containers do after an error or a redirection.
    }
    int most = included.getAsBoolean() ? Math.max(bufferSize, MOST_INCLUDED) : bufferSize;
    if (!begun && !whenReady && buffer.size() + (long) length <= most) {
      buffer.write(bytes, offset, length);
      return;
    }
    begin(false);
    if (!isBodyless()) {
      render.body().write(bytes, offset, length);
    }
  }

  boolean isReady() {
    try {
      return !whenReady || answer.response().getOutputStream().isReady();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on each write goes to the container, which says when it takes one. */
  void writesWhenReady(WriteListener asked) {
    whenReady = true;
    try {
      answer.response().getOutputStream().setWriteListener(asked);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void flushBuffer() throws IOException {
    if (ended || included.getAsBoolean()) {
      return;
    }
    encode();
    begin(false);
    if (!isBodyless()) {
      render.body().flush();
    }
  }

  @Override
  public boolean isCommitted() {
    return begun || ended;
  }

  @Override
  public ServletOutputStream getOutputStream() {
    if (writer != null) {
      throw new IllegalStateException("The writer was asked for already");
    }
    if (stream == null) {
      stream = new ShownStream(this);
    }
    return stream;
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    if (stream != null) {
      throw new IllegalStateException("The stream was asked for already");
    }
    if (writer == null) {
      String name = getCharacterEncoding();
      try {
        text = new ShownWriter(this, Charset.forName(name));
      } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
        throw new UnsupportedEncodingException(name);
      }
      head().fixCharset(name);
      writer = new PrintWriter(text);
    }
    return writer;
  }

  @Override
  public int getBufferSize() {
    return bufferSize;
  }

  @Override
  public void setBufferSize(int size) {
    if (begun || ended || buffer.size() > 0) {
      throw new IllegalStateException("Something was written already");
    }
    bufferSize = Math.max(bufferSize, size);
  }

  @Override
  public void reset() {
    resetBuffer();
    clear();
    stream = null;
    text = null;
    writer = null;
  }

  @Override
  public void resetBuffer() {
    if (begun || ended) {
      throw new IllegalStateException("The answer was begun");
    }
    discards = true;
    try {
      encode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      discards = false;
    }
    buffer.reset();
  }

  @Override
  public void addCookie(Cookie cookie) {
    if (takesFields()) {
      String line = cookie.getName() + '=' + cookie.getValue() + "; " + cookie.getAttributes();
      answer.cookie(line, cookie);
      addHeader("Set-Cookie", line);
    }
  }

  @Override
  public void sendError(int status) throws IOException {
    sendError(status, null);
  }

  /** The container answers, later, and nobody knows what. */
  @Override
  public void sendError(int status, @Nullable String message) throws IOException {
    resetBuffer();
    head().set("Content-Type", null);
    head().set("Cache-Control", "no-store");
    answer.error(status, message);
    endWith(status);
  }

  @Override
  public void sendRedirect(String location) throws IOException {
    sendRedirect(location, SC_FOUND, true);
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
    if (begun || ended) {
      throw new IllegalStateException("The answer was begun");
    }
    if (clearBuffer) {
      resetBuffer();
    }
    head().set("Location", location);
    endWith(status);
  }

  private void endWith(int status) throws IOException {
    head().status(status);
    announce(-1);
    finish();
  }

  /** What becomes of an answer in other threads. */
  private final class Listener implements AsyncListener {
    private volatile boolean failed;

    @Override
    public void onStartAsync(AsyncEvent event) {
      event.getAsyncContext().addListener(this);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      failed = true; // Unless somebody answers, the container does.
    }

    @Override
    public void onError(AsyncEvent event) {
      failed = true;
    }

    @Override
    public void onComplete(AsyncEvent event) throws IOException {
      if (!failed && !answer.response().isCommitted()) {
        finish();
      }
      over = true;
    }
  }
}
