// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.rehearsal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Somebody with cookies. For one thread. */
final class Visitor {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern TOKEN = Pattern.compile("name=\"csrf_token\" value=\"([^\"]+)\"");

  private final Map<String, String> cookies = new TreeMap<>();
  private final Map<String, String> tags = new TreeMap<>();
  private final URI site;

  /** Of this site. */
  Visitor(URI site) {
    this.site = site;
  }

  private HttpURLConnection open(String target) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) site.resolve(target).toURL().openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout((int) PATIENCE.toMillis());
    connection.setReadTimeout((int) PATIENCE.toMillis());
    connection.setInstanceFollowRedirects(false);
    connection.setRequestProperty("Accept", "text/html");
    if (!cookies.isEmpty()) {
      connection.setRequestProperty(
          "Cookie",
          cookies.entrySet().stream()
              .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
              .collect(Collectors.joining("; ")));
    }
    return connection;
  }

  /** A page as text. */
  String read(String target) throws IOException {
    return new String(take(open(target), 200), StandardCharsets.UTF_8);
  }

  /** A page as browsers ask for it: compressed, and not again if it is the same. */
  void look(String target) throws IOException {
    HttpURLConnection connection = open(target);
    connection.setRequestProperty("Accept-Encoding", "gzip");
    take(connection, 200);
    tags.put(target, String.valueOf(connection.getHeaderField("ETag")));
  }

  /** Asks for a page that was looked at whether it has changed. */
  void lookAgain(String target) throws IOException {
    HttpURLConnection connection = open(target);
    connection.setRequestProperty("Accept-Encoding", "gzip");
    connection.setRequestProperty("If-None-Match", tags.getOrDefault(target, "\"none\""));
    take(connection, 304);
  }

  /** Sends the form of a page. */
  void send(String page, String target, Map<String, String> fields) throws IOException {
    Map<String, String> form = new TreeMap<>(fields);
    Matcher token = TOKEN.matcher(read(page));
    if (!token.find()) {
      throw new IOException(page + " has no form");
    }
    form.put("csrf_token", token.group(1));
    HttpURLConnection connection = open(target);
    connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded");
    connection.setDoOutput(true);
    try (OutputStream body = connection.getOutputStream()) {
      body.write(
          form.entrySet().stream()
              .map(field -> field.getKey() + "=" + encoded(field.getValue()))
              .collect(Collectors.joining("&"))
              .getBytes(StandardCharsets.US_ASCII));
    }
    take(connection, 303);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private byte[] take(HttpURLConnection connection, int expected) throws IOException {
    int status = connection.getResponseCode();
    // 304 of a page that was edited meanwhile is 200.
    if (status != expected && !(expected == 304 && status == 200)) {
      throw new IOException(connection.getURL() + " answered " + status);
    }
    connection.getHeaderFields().entrySet().stream()
        .filter(field -> "Set-Cookie".equalsIgnoreCase(field.getKey()))
        .flatMap(field -> field.getValue().stream())
        .forEach(this::keep);
    try (InputStream body = connection.getInputStream()) {
      return body.readAllBytes();
    }
  }

  private void keep(String cookie) {
    String pair = cookie.substring(0, (cookie + ";").indexOf(';'));
    int equals = pair.indexOf('=');
    if (cookie.contains("Max-Age=0")) {
      cookies.remove(pair.substring(0, equals));
    } else {
      cookies.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
  }
}
