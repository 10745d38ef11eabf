// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.servlet;

import jakarta.servlet.http.HttpServletResponseWrapper;
import java.nio.charset.Charset;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The half of a response that is no body: status and fields, which wait for it. */
abstract class ShownHead extends HttpServletResponseWrapper {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final String CONTENT_LENGTH = "Content-Length";

  private final AnswerHead head = new AnswerHead();
  private final boolean keyed;
  private long announced = -1;

  ShownHead(ContainerAnswer answer, boolean keyed) {
    super(answer.response());
    this.keyed = keyed;
  }

  /** Whether the servlet may still set any. */
  abstract boolean takesFields();

  final AnswerHead head() {
    return head;
  }

  /** The length that the servlet has announced, or less than zero. It is not sent as such. */
  final long announced() {
    return announced;
  }

  final void announce(long length) {
    announced = length;
  }

  final void clear() {
    head.clear();
    announced = -1;
  }

  @Override
  public int getStatus() {
    return head.status();
  }

  @Override
  public void setStatus(int status) {
    if (takesFields()) {
      head.status(status);
    }
  }

  @Override
  public void setContentLength(int length) {
    setContentLengthLong(length);
  }

  @Override
  public void setContentLengthLong(long length) {
    if (takesFields()) {
      announced = length;
    }
  }

  @Override
  public boolean containsHeader(String name) {
    return !lines(name).isEmpty();
  }

  private List<String> lines(String name) {
    return name.equalsIgnoreCase(CONTENT_LENGTH) && announced >= 0
        ? List.of(Long.toString(announced))
        : head.lines(name);
  }

  @Override
  public @Nullable String getHeader(String name) {
    List<String> lines = lines(name);
    return lines.isEmpty() ? null : lines.get(0);
  }

  @Override
  public Collection<String> getHeaders(String name) {
    return List.copyOf(lines(name));
  }

  @Override
  public Collection<String> getHeaderNames() {
    return Set.copyOf(head.fields().keySet());
  }

  @Override
  public void setHeader(String name, @Nullable String value) {
    if (takesFields() && !isLength(name, value)) {
      head.set(name, value);
    }
  }

  @Override
  public void addHeader(String name, @Nullable String value) {
    if (takesFields() && !isLength(name, value)) {
      head.add(name, value);
    }
  }

  private boolean isLength(String name, @Nullable String value) {
    if (!name.equalsIgnoreCase(CONTENT_LENGTH)) {
      return false;
    }
    announced = value != null && value.matches("\\d{1,18}") ? Long.parseLong(value) : -1;
    return true;
  }

  @Override
  public void setIntHeader(String name, int value) {
    setHeader(name, Integer.toString(value));
  }

  @Override
  public void addIntHeader(String name, int value) {
    addHeader(name, Integer.toString(value));
  }

  @Override
  public void setDateHeader(String name, long millis) {
    setHeader(name, DATE.format(Instant.ofEpochMilli(millis)));
  }

  @Override
  public void addDateHeader(String name, long millis) {
    addHeader(name, DATE.format(Instant.ofEpochMilli(millis)));
  }

  /** Trailers of one answer would not come with a stored one. */
  @Override
  public void setTrailerFields(Supplier<Map<String, String>> trailers) {
    if (!keyed) {
      super.setTrailerFields(trailers);
    }
  }

  @Override
  public @Nullable String getContentType() {
    return head.type();
  }

  @Override
  public void setContentType(@Nullable String type) {
    if (takesFields()) {
      head.type(type);
    }
  }

  /** As the container would have it for such a type, if the servlet did not say. */
  @Override
  public String getCharacterEncoding() {
    String said = head.charset();
    if (said != null) {
      return said;
    }
    String type = head.plainType();
    if (type == null) {
      return super.getCharacterEncoding();
    }
    String before = super.getContentType();
    super.setContentType(type);
    String charset = super.getCharacterEncoding();
    super.setContentType(before);
    return charset;
  }

  @Override
  public void setCharacterEncoding(@Nullable String charset) {
    if (takesFields()) {
      head.charset(charset);
    }
  }

  /**
   * The same of Servlet 6.1.
   *
   * @param charset the charset
   */
  public void setCharacterEncoding(@Nullable Charset charset) {
    setCharacterEncoding(charset == null ? null : charset.name());
  }

  @Override
  public Locale getLocale() {
    Locale said = head.locale();
    return said == null ? super.getLocale() : said;
  }

  @Override
  public void setLocale(@Nullable Locale locale) {
    if (takesFields() && locale != null) {
      head.locale(locale);
    }
  }

  /** Early hints of Servlet 6.1 would carry fields that are not known yet: none are sent. */
  public void sendEarlyHints() {}

  /** With a session's id it would be one person's. */
  @Override
  public String encodeURL(String url) {
    return keyed ? url : super.encodeURL(url);
  }

  @Override
  public String encodeRedirectURL(String url) {
    return keyed ? url : super.encodeRedirectURL(url);
  }
}
