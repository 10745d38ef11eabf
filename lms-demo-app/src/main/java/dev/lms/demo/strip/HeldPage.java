// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.strip;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.http.PassingExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An exchange that holds an HTML answer back until it is whole, and then puts something at its end.
 * Anything else passes as it comes. Who is inside finds no {@code Accept-Encoding}: coding is done
 * here. A person who comes back to a page gets all of it, so that the strip tells of this visit.
 */
final class HeldPage extends PassingExchange {
  private static final byte[] END = "</body>".getBytes(StandardCharsets.US_ASCII);
  private static final String STRIP = "<details data-testid=\"dev-strip\">";
  private static final List<String> CONDITIONS = List.of("If-None-Match", "If-Modified-Since");
  private static final int WORTH_COMPRESSING = 1000;

  private final Supplier<byte[]> atTheEnd;
  private final Headers request;
  private @Nullable Held held;
  private @Nullable OutputStream replaced;
  private long announced;
  private int status = -1;

  /**
   * Wraps an exchange.
   *
   * @param atTheEnd asked for when the rest of the page is there
   */
  HeldPage(HttpExchange outer, Supplier<byte[]> atTheEnd) {
    super(outer);
    this.atTheEnd = atTheEnd;
    this.request = new Headers(outer.getRequestHeaders());
    this.request.remove("Accept-Encoding");
    if (isForAPerson(outer.getRequestHeaders())) {
      // Told that nothing has changed, a browser would show the strip of the last time.
      CONDITIONS.forEach(this.request::remove);
    }
  }

  /**
   * Whether a browser will show the answer as a page. It says so where it trusts the address, as
   * that of this machine; elsewhere without TLS it still asks for pages to be upgraded, which it
   * asks for nothing else.
   */
  private static boolean isForAPerson(Headers request) {
    String destination = request.getFirst("Sec-Fetch-Dest");
    return destination == null
        ? "1".equals(request.getFirst("Upgrade-Insecure-Requests"))
        : destination.equals("document");
  }

  @Override
  public void sendResponseHeaders(int code, long length) throws IOException {
    if (status != -1) {
      throw new IOException("the headers were sent already");
    }
    if (code < 200) {
      outer.sendResponseHeaders(code, length);
      return;
    }
    status = code;
    announced = length;
    Headers headers = outer.getResponseHeaders();
    String tag = headers.getFirst("ETag");
    if (tag != null && tag.startsWith("\"")) {
      headers.set("ETag", "W/" + tag);
    }
    if (!isHtml(headers)) {
      outer.sendResponseHeaders(code, length);
    } else if (length < 0) {
      // The page that goes with these headers is longer than whoever wrote them knows.
      headers.remove("Content-Length");
      outer.sendResponseHeaders(code, length);
    } else {
      held = new Held();
    }
  }

  private static boolean isHtml(Headers headers) {
    String type = headers.getFirst("Content-Type");
    return type != null && type.startsWith("text/html") && !headers.containsKey("Content-Encoding");
  }

  /** Holds what is written, and sends it when it is closed. */
  private final class Held extends ByteArrayOutputStream {
    private boolean sent;

    @Override
    public void close() throws IOException {
      if (sent) {
        return;
      }
      sent = true;
      byte[] page = toByteArray();
      if (announced > 0 && page.length < announced) {
        send(page, announced); // The server notices that it is cut short.
        return;
      }
      byte[] whole = withTheEnd(page);
      Headers headers = outer.getResponseHeaders();
      if (whole.length >= WORTH_COMPRESSING && acceptsGzip(outer.getRequestHeaders())) {
        whole = gzip(whole);
        headers.set("Content-Encoding", "gzip");
        varyByCoding(headers);
      }
      send(whole, whole.length);
    }

    private void send(byte[] bytes, long length) throws IOException {
      outer.sendResponseHeaders(status, length == 0 ? -1 : length);
      try (OutputStream out = outer.getResponseBody()) {
        out.write(bytes);
      }
    }
  }

  private byte[] withTheEnd(byte[] page) {
    if (new String(page, StandardCharsets.ISO_8859_1).contains(STRIP)) {
      return page; // Handed on from a worker that has said where it came from.
    }
    int at = page.length;
    for (int i = page.length - END.length; i >= 0 && at == page.length; i--) {
      if (startsWith(page, i)) {
        at = i;
      }
    }
    byte[] end = atTheEnd.get();
    byte[] whole = Arrays.copyOf(page, page.length + end.length);
    System.arraycopy(end, 0, whole, at, end.length);
    System.arraycopy(page, at, whole, at + end.length, page.length - at);
    return whole;
  }

  private static boolean startsWith(byte[] page, int at) {
    for (int i = 0; i < END.length; i++) {
      if (page[at + i] != END[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean acceptsGzip(Headers request) {
    String accepted = String.join(",", request.getOrDefault("Accept-Encoding", List.of()));
    for (String coding : accepted.split(",", -1)) {
      String[] parts = coding.strip().split("\\s*;\\s*", -1);
      if (parts[0].equalsIgnoreCase("gzip")) {
        return parts.length < 2 || !parts[1].matches("(?i)q=0(\\.0*)?");
      }
    }
    return false;
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(bytes.length / 2);
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(bytes);
    }
    return compressed.toByteArray();
  }

  private static void varyByCoding(Headers headers) {
    String vary = headers.getFirst("Vary");
    if (vary == null) {
      headers.set("Vary", "Accept-Encoding");
    } else if (!vary.contains("Accept-Encoding")) {
      headers.set("Vary", vary + ", Accept-Encoding");
    }
  }

  @Override
  public OutputStream getResponseBody() {
    if (replaced != null) {
      return replaced;
    }
    return held != null ? held : outer.getResponseBody();
  }

  @Override
  public void close() {
    try {
      if (held != null) {
        held.close();
      }
    } catch (IOException e) {
      // The client is gone, or gets less than was announced: the connection ends either way.
    }
    outer.close();
  }

  @Override
  public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
    if (out != null) {
      replaced = out;
    }
    if (in != null) {
      outer.setStreams(in, null);
    }
  }

  @Override
  public Headers getRequestHeaders() {
    return request;
  }

  @Override
  public int getResponseCode() {
    return status;
  }
}
