// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.log.LogFormat;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
  private static final String[] QUICK = {"0.000", "0.001", "0.002", "0.003"};

  private final LogFormat format;
  private final Proxies proxies;
  private final InstantSource clock;
  private final Consumer<String> lines;
  private final Predicate<HttpExchange> unlogged;
  private final AtomicLong next;
  private volatile Second second = new Second(Long.MIN_VALUE, "");

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
    boolean told = !unlogged.test(exchange);
    long begun = System.nanoTime();
    Instant time = clock.instant();
    boolean trusted = proxies.trusted().contains(exchange.getRemoteAddress().getAddress());
    String id =
        given(exchange, trusted, ID, GOOD_ID)
            .orElseGet(() -> Long.toHexString(next.incrementAndGet()));
    try {
      // Set when it leaves: a page that is stored must not carry the id of whoever came first.
      // What is not told is wrapped too: with a second class of exchanges the JVM would compile
      // what follows once more.
      chain.doFilter(
          new LeavingExchange(exchange, () -> exchange.getResponseHeaders().set(ID, id)));
    } finally {
      if (told) {
        lines.accept(
            line(
                exchange,
                time,
                System.nanoTime() - begun,
                id,
                given(exchange, trusted, "traceparent", TRACE)));
      }
    }
  }

  private static Optional<String> given(
      HttpExchange exchange, boolean trusted, String name, Pattern good) {
    return trusted
        ? Optional.ofNullable(exchange.getRequestHeaders().getFirst(name))
            .filter(value -> good.matcher(value).matches())
        : Optional.empty();
  }

  private String line(
      HttpExchange exchange, Instant time, long tookNanos, String id, Optional<String> trace) {
    Headers request = exchange.getRequestHeaders();
    Headers answer = exchange.getResponseHeaders();
    String[] said = {
      proxies.client(exchange),
      exchange.getRequestMethod(),
      exchange.getRequestURI().toString(),
      exchange.getProtocol(),
      bytes(exchange, answer),
      text(SparingFields.first(request, "Referer")),
      text(request.getFirst("User-Agent")),
      text(answer.getFirst("Cache-Status"))
    };
    // In a loop: compiled once for each of them, it took the compiler 55 MB.
    for (int i = 0; i < said.length; i++) {
      said[i] = harmless(said[i]);
    }
    Entry entry =
        new Entry(
            said[0],
            said[1],
            said[2],
            said[3],
            status(exchange),
            said[4],
            said[5],
            said[6],
            seconds(tookNanos),
            id,
            said[7],
            Integer.toString(exchange.getLocalAddress().getPort()),
            trace.orElse(""));
    return format.access(time, () -> entry.combined(clockFace(time)), entry::fields);
  }

  /** What a line says. */
  private record Entry(
      String address,
      String method,
      String target,
      String protocol,
      String status,
      String bytes,
      String referer,
      String agent,
      String seconds,
      String request,
      String cache,
      String worker,
      String trace) {

    private static final int LIKELY_LENGTH = 320;

    String combined(String time) {
      StringBuilder line = new StringBuilder(LIKELY_LENGTH).append(address);
      line.append(" - - [").append(time).append("] \"");
      line.append(method).append(' ').append(target).append(' ').append(protocol);
      line.append("\" ").append(status).append(' ').append(dash(bytes));
      line.append(" \"").append(dash(referer)).append("\" \"").append(dash(agent)).append("\" ");
      line.append(seconds).append(' ').append(request);
      line.append(" \"").append(dash(cache)).append("\" ").append(worker);
      return line.append(' ').append(dash(trace)).toString();
    }

    Map<String, String> fields() {
      Map<String, String> fields = new LinkedHashMap<>();
      fields.put("address", address);
      fields.put("method", method);
      fields.put("target", target);
      fields.put("protocol", protocol);
      fields.put("status", status);
      fields.put("bytes", bytes);
      fields.put("referer", referer);
      fields.put("agent", agent);
      fields.put("seconds", seconds);
      fields.put("request", request);
      fields.put("cache", cache);
      fields.put("worker", worker);
      fields.put("trace", trace);
      return fields;
    }
  }

  /** A second and how it is written. */
  private record Second(long epochSecond, String text) {}

  /** Many lines belong to the same second. */
  private String clockFace(Instant time) {
    Second known = second;
    if (known.epochSecond() != time.getEpochSecond()) {
      known = new Second(time.getEpochSecond(), TIME.format(time));
      second = known;
    }
    return known.text();
  }

  /** Most pages come from the cache, in less than a thousandth or two. */
  private static String seconds(long nanos) {
    long millis = Math.round(nanos / 1e6);
    if (millis < QUICK.length) {
      return QUICK[(int) millis];
    }
    String thousandths = Long.toString(1000 + millis % 1000);
    return millis / 1000 + "." + thousandths.substring(1);
  }

  /** 000 for a connection that was closed without an answer. */
  private static String status(HttpExchange exchange) {
    int status = exchange.getResponseCode();
    return status < 0 ? "000" : Integer.toString(status);
  }

  private static String bytes(HttpExchange exchange, Headers answer) {
    boolean none = exchange.getRequestMethod().equals("HEAD") || exchange.getResponseCode() == 304;
    return none ? "0" : text(answer.getFirst("Content-Length"));
  }

  private static String text(@Nullable String value) {
    return Objects.requireNonNullElse(value, "");
  }

  private static String dash(String value) {
    return value.isEmpty() ? "-" : value;
  }

  /** Nobody ends a field or a line by what they send. */
  private static String harmless(String value) {
    int good = 0;
    while (good < value.length() && good < LONGEST_FIELD && isHarmless(value.charAt(good))) {
      good++;
    }
    if (good == value.length()) {
      return value;
    }
    StringBuilder text = new StringBuilder(value.length() + 16).append(value, 0, good);
    for (int i = good; i < value.length() && i < LONGEST_FIELD; i++) {
      char c = value.charAt(i);
      if (isHarmless(c)) {
        text.append(c);
      } else {
        text.append("\\x%02x".formatted((int) c));
      }
    }
    return text.toString();
  }

  private static boolean isHarmless(char c) {
    return c >= ' ' && c != '"' && c != '\\' && c < 0x7f;
  }

  @Override
  public String description() {
    return "access log";
  }
}
