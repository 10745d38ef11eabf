// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import dev.lms.pagecache.Warmer;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Visits one worker over HTTP, without cookies. Thread-safe. The older of the JDK's clients: the
 * newer reads all certificates of the machine before its first request, though none is needed here,
 * and that is a good part of what the start of a worker costs.
 */
public final class Stranger implements Warmer.Visitor, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** RFC 9211: the page was in the cache, or is now. */
  private static final Pattern WARM = Pattern.compile("lms; (hit|fwd=miss; (stored|collapsed)).*");

  private final Set<HttpURLConnection> underWay = ConcurrentHashMap.newKeySet();
  private final URI worker;
  private final Map<String, String> fields;
  private volatile boolean closed;

  /** Of the worker at this address. */
  public Stranger(URI worker) {
    this(worker, Map.of());
  }

  /** Of the worker at this address, with more header fields in each request. */
  public Stranger(URI worker, Map<String, String> fields) {
    this.worker = worker;
    this.fields = Map.copyOf(fields);
  }

  @Override
  public void visit(String target) throws IOException {
    String status = get(target).status();
    if (!WARM.matcher(status).matches()) {
      throw new IOException(target + " was answered 200, " + status);
    }
  }

  /** The text of a page. */
  public String read(String target) throws IOException {
    return get(target).body();
  }

  /** What a page says, and what the cache says of it. */
  private record Answer(String body, String status) {}

  private Answer get(String target) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) worker.resolve(target).toURL().openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout((int) PATIENCE.toMillis());
    connection.setReadTimeout((int) PATIENCE.toMillis());
    connection.setInstanceFollowRedirects(false);
    connection.setRequestProperty("User-Agent", "lmsctl");
    connection.setRequestProperty("Accept", "*/*");
    fields.forEach(connection::setRequestProperty);
    underWay.add(connection);
    try {
      if (closed) {
        throw new IOException("no more visits");
      }
      int code = connection.getResponseCode();
      String status = Objects.requireNonNullElse(connection.getHeaderField("Cache-Status"), "");
      if (code != 200) {
        throw new IOException(target + " was answered " + code + ", " + status);
      }
      try (InputStream body = connection.getInputStream()) {
        return new Answer(new String(body.readAllBytes(), StandardCharsets.UTF_8), status);
      }
    } finally {
      underWay.remove(connection);
    }
  }

  /** Gives up what is under way, and begins no more. */
  @Override
  public void close() {
    closed = true;
    underWay.forEach(HttpURLConnection::disconnect);
  }
}
