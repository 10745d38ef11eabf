// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.log.LogFormat;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line for each request: the Combined Log Format, and after it the seconds it took, the request's
 * id, {@code Cache-Status}, the worker's port and the trace it belongs to; or an object with these.
 * Never a session id: cookies are not written.
 *
 * <p>The id is the one that a trusted proxy gave it, or a new one; it is in the answer, too.
 */
public final class AccessLog extends Filter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String ID = "X-Request-Id";
  private static final Pattern GOOD_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern TRACE =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
  private static final int LONGEST_FIELD = 2000;

  private final LogFormat format;
  private final Proxies proxies;
  private final InstantSource clock;
  private final Consumer<String> lines;
  private final Predicate<HttpExchange> unlogged;
  private final AtomicLong next;

  /**
   * A log.
   *
   * @param lines takes each line
   * @param unlogged what no visitor asks for: programs that watch the site, and the site itself
   */
  public AccessLog(
      LogFormat format,
      Proxies proxies,
      InstantSource clock,
      Consumer<String> lines,
      Predicate<HttpExchange> unlogged) {
    this.format = format;
    this.proxies = proxies;
    this.clock = clock;
    this.lines = lines;
    this.unlogged = unlogged;
    // Ids differ between workers and their restarts; nothing is hidden by them.
    this.next =
        new AtomicLong(clock.instant().toEpochMilli() << 20 ^ ProcessHandle.current().pid() << 44);
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    if (unlogged.test(exchange)) {
      chain.doFilter(exchange);
      return;
    }
    long begun = System.nanoTime();
    Instant time = clock.instant();
    boolean trusted = proxies.trusted().contains(exchange.getRemoteAddress().getAddress());
    String id =
        given(exchange, trusted, ID, GOOD_ID)
            .orElseGet(() -> Long.toHexString(next.incrementAndGet()));
    try {
      // Set when it leaves: a page that is stored must not carry the id of whoever came first.
      chain.doFilter(
          new LeavingExchange(exchange, () -> exchange.getResponseHeaders().set(ID, id)));
    } finally {
      lines.accept(
          line(
              exchange,
              time,
              Duration.ofNanos(System.nanoTime() - begun),
              id,
              given(exchange, trusted, "traceparent", TRACE)));
    }
  }

  private static Optional<String> given(
      HttpExchange exchange, boolean trusted, String name, Pattern good) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name))
        .filter(value -> trusted && good.matcher(value).matches());
  }

  private String line(
      HttpExchange exchange, Instant time, Duration took, String id, Optional<String> trace) {
    Headers answer = exchange.getResponseHeaders();
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("address", proxies.client(exchange));
    fields.put("method", exchange.getRequestMethod());
    fields.put("target", exchange.getRequestURI().toString());
    fields.put("protocol", exchange.getProtocol());
    fields.put("status", status(exchange));
    fields.put("bytes", bytes(exchange, answer));
    fields.put("referer", first(exchange.getRequestHeaders(), "Referer"));
    fields.put("agent", first(exchange.getRequestHeaders(), "User-Agent"));
    fields.put("seconds", String.format(Locale.ROOT, "%.3f", took.toNanos() / 1e9));
    fields.put("request", id);
    fields.put("cache", first(answer, "Cache-Status"));
    fields.put("worker", Integer.toString(exchange.getLocalAddress().getPort()));
    fields.put("trace", trace.orElse(""));
    fields.replaceAll((name, value) -> harmless(value));
    return format.access(time, combined(time, fields), fields);
  }

  /** 000 for a connection that was closed without an answer. */
  private static String status(HttpExchange exchange) {
    int status = exchange.getResponseCode();
    return status < 0 ? "000" : Integer.toString(status);
  }

  private static String bytes(HttpExchange exchange, Headers answer) {
    boolean none = exchange.getRequestMethod().equals("HEAD") || exchange.getResponseCode() == 304;
    return none ? "0" : first(answer, "Content-Length");
  }

  private static String first(Headers headers, String name) {
    return Optional.ofNullable(headers.getFirst(name)).orElse("");
  }

  private static String combined(Instant time, Map<String, String> fields) {
    return "%s - - [%s] \"%s %s %s\" %s %s \"%s\" \"%s\" %s %s \"%s\" %s %s"
        .formatted(
            fields.get("address"),
            TIME.format(time),
            fields.get("method"),
            fields.get("target"),
            fields.get("protocol"),
            fields.get("status"),
            dash(fields.get("bytes")),
            dash(fields.get("referer")),
            dash(fields.get("agent")),
            fields.get("seconds"),
            fields.get("request"),
            dash(fields.get("cache")),
            fields.get("worker"),
            dash(fields.get("trace")));
  }

  private static String dash(@Nullable String value) {
    return value == null || value.isEmpty() ? "-" : value;
  }

  /** Nobody ends a field or a line by what they send. */
  private static String harmless(String value) {
    StringBuilder text = new StringBuilder(value.length());
    for (int i = 0; i < value.length() && i < LONGEST_FIELD; i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == '"' || c == '\\' || c >= 0x7f) {
        text.append("\\x%02x".formatted((int) c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  @Override
  public String description() {
    return "access log";
  }
}
