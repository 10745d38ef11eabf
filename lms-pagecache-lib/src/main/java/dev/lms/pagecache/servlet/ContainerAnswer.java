// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.servlet;

import dev.lms.pagecache.PageAnswer;
import dev.lms.pagecache.page.Answer;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The response of a servlet container. It gets its fields when the answer begins. */
final class ContainerAnswer implements PageAnswer {
  private static final String SET_COOKIE = "Set-Cookie";

  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final Map<String, List<String>> before = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, Cookie> cookies = new HashMap<>();
  private @Nullable Left left;
  private volatile boolean cutOff;

  /** What a servlet leaves to the container to answer. */
  private record Left(int status, @Nullable String message) {}

  ContainerAnswer(HttpServletRequest request, HttpServletResponse response) {
    this.request = request;
    this.response = response;
    for (String name : response.getHeaderNames()) {
      before.put(name, List.copyOf(response.getHeaders(name)));
    }
    fields.putAll(before);
  }

  HttpServletResponse response() {
    return response;
  }

  /** Whether other threads go on with the response, started past ours or not. */
  boolean isAsync() {
    return request.isAsyncStarted();
  }

  /** Remembers what a line stands for: containers have a way of their own to write cookies. */
  void cookie(String line, Cookie cookie) {
    cookies.put(line, cookie);
  }

  /** Has an answer with this status and no body be the container's. */
  void error(int status, @Nullable String message) {
    left = new Left(status, message);
  }

  boolean isCutOff() {
    return cutOff;
  }

  /** Whether the response has got cookies meanwhile, past the cache. */
  boolean hasNewCookies() {
    return response.getHeaders(SET_COOKIE).size()
        > before.getOrDefault(SET_COOKIE, List.of()).size();
  }

  /** Leaves the answer to the container, which is told what became of it. */
  void leave() {
    if (!response.isCommitted()) {
      lines("Cache-Status").forEach(line -> response.setHeader("Cache-Status", line));
      if (response.getHeader("Cache-Control") == null) {
        response.setHeader("Cache-Control", "no-store");
      }
    }
  }

  @Override
  public Set<String> names() {
    return fields.keySet();
  }

  @Override
  public List<String> lines(String name) {
    return fields.getOrDefault(name, List.of());
  }

  @Override
  public void set(String name, String line) {
    fields.put(name, List.of(line));
  }

  @Override
  public void replace(String name, List<String> lines) {
    fields.put(name, List.copyOf(lines));
  }

  @Override
  public void add(String name, String line) {
    List<String> lines = new ArrayList<>(lines(name));
    lines.add(line);
    fields.put(name, lines);
  }

  @Override
  public void remove(String name) {
    fields.remove(name);
  }

  @Override
  public OutputStream begin(int status, long length) throws IOException {
    if (!fields.keySet().containsAll(before.keySet())) {
      response.reset(); // Servlets 6.0 cannot take back a field otherwise.
      before.clear();
    }
    fields.forEach(this::write);
    Left error = left;
    if (error != null && error.status() == status) {
      if (error.message() == null) {
        response.sendError(status);
      } else {
        response.sendError(status, error.message());
      }
      return OutputStream.nullOutputStream();
    }
    response.setStatus(status);
    if (length > 0) {
      response.setContentLengthLong(length);
    } else if (length == NO_BODY
        && !Answer.neverHasBody(status)
        && !request.getMethod().equals("HEAD")) {
      response.setContentLengthLong(0);
    }
    return length == NO_BODY
        ? OutputStream.nullOutputStream()
        : new Sent(response.getOutputStream());
  }

  private void write(String name, List<String> lines) {
    if (name.equalsIgnoreCase(SET_COOKIE)) {
      Set<String> there = new HashSet<>(response.getHeaders(SET_COOKIE));
      for (String line : lines) {
        if (cookies.containsKey(line)) {
          response.addCookie(cookies.get(line));
        } else if (!there.contains(line)) {
          response.addHeader(name, line);
        }
      }
    } else if (!lines.equals(before.get(name))) {
      boolean first = true;
      for (String line : lines) {
        if (first) {
          response.setHeader(name, line);
        } else {
          response.addHeader(name, line);
        }
        first = false;
      }
    }
  }

  @Override
  public void end() {
    // The container does when the request ends.
  }

  @Override
  public void cutOff() {
    cutOff = true;
  }

  /** The container's stream, until the answer is cut off. */
  private final class Sent extends FilterOutputStream {
    Sent(OutputStream out) {
      super(out);
    }

    private void check() throws IOException {
      if (cutOff) {
        throw new IOException("The answer was cut off");
      }
    }

    @Override
    public void write(int b) throws IOException {
      check();
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      check();
      out.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      check();
      out.flush();
    }

    @Override
    public void close() throws IOException {
      if (!cutOff) {
        out.close();
      }
    }
  }
}
