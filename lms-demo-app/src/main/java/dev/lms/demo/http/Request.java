// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One request and the ways to answer it. For the thread that handles it only. */
public final class Request {
  /** The largest form body that is read, in bytes. */
  public static final int MAX_FORM_BYTES = 64 * 1024;

  /** A path on this site: browsers read {@code //}, {@code /\} and control characters as a host. */
  private static final Pattern LOCAL = Pattern.compile("/(?![/\\\\])[\\x21-\\x7e]*");

  private final HttpExchange exchange;
  private final Map<String, String> variables;
  private @Nullable Parameters query;
  private @Nullable Parameters form;

  Request(HttpExchange exchange, Map<String, String> variables) {
    this.exchange = exchange;
    this.variables = variables;
  }

  /** The exchange beneath, as the filters handed it on. */
  public HttpExchange exchange() {
    return exchange;
  }

  /** {@code GET}, {@code POST}, … */
  public String method() {
    return exchange.getRequestMethod();
  }

  /** The decoded value of the variable {@code name} of the route's pattern. */
  public String path(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route's pattern has no variable {" + name + "}");
    }
    return value;
  }

  /**
   * The first value of the query parameter {@code name}.
   *
   * @throws HttpProblem 400 when the query is not percent-encoded UTF-8
   */
  public Optional<String> query(String name) {
    return query().get(name);
  }

  /**
   * Every value of the query parameter {@code name}, in the order sent.
   *
   * @throws HttpProblem 400 when the query is not percent-encoded UTF-8
   */
  public List<String> queries(String name) {
    return query().all(name);
  }

  private Parameters query() {
    if (query == null) {
      query = Parameters.parse(RequestTarget.of(exchange).query());
    }
    return query;
  }

  /**
   * The form in the body, read once.
   *
   * @throws HttpProblem 415 when the body is something else, 413 when it is larger than {@link
   *     #MAX_FORM_BYTES}, 400 when it is not percent-encoded UTF-8
   */
  public Parameters form() throws IOException {
    if (form == null) {
      form = readForm();
    }
    return form;
  }

  private Parameters readForm() throws IOException {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    if (length != null && Long.parseLong(length) > MAX_FORM_BYTES) {
      throw tooLarge();
    }
    byte[] body;
    try (InputStream in = exchange.getRequestBody()) {
      body = in.readNBytes(MAX_FORM_BYTES + 1);
    } catch (IOException e) {
      throw new NothingToAnswerException(e);
    }
    if (body.length > MAX_FORM_BYTES) {
      throw tooLarge();
    }
    if (body.length > 0 && !isForm(exchange.getRequestHeaders().getFirst("Content-Type"))) {
      throw new HttpProblem(
          415, "Unsupported form", "Send the form as application/x-www-form-urlencoded in UTF-8.");
    }
    // Percent-encoded text is ASCII; anything else is refused when it is decoded.
    return Parameters.parse(new String(body, StandardCharsets.ISO_8859_1));
  }

  private static HttpProblem tooLarge() {
    return new HttpProblem(
        413, "Form too large", "A form may hold at most " + MAX_FORM_BYTES / 1024 + " KiB.");
  }

  private static boolean isForm(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().replace("\"", "");
      if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
        return false;
      }
    }
    return parts[0].strip().equals("application/x-www-form-urlencoded");
  }

  /** Whether the client would rather have JSON than a page. */
  public boolean wantsJson() {
    return Accept.prefersJson(exchange.getRequestHeaders());
  }

  /** Sets a header of the answer; call it before answering. */
  public Request header(String name, String value) {
    exchange.getResponseHeaders().set(name, value);
    return this;
  }

  /** Answers with a page. */
  public void html(int status, String body) throws IOException {
    Answer.send(exchange, status, "text/html; charset=utf-8", body);
  }

  /** Answers with {@code value} as Gson writes it; null fields are written. */
  public void json(int status, Object value) throws IOException {
    Answer.send(exchange, status, "application/json", Answer.GSON.toJson(value));
  }

  /** Answers with plain text. */
  public void text(int status, String body) throws IOException {
    text(status, "text/plain; charset=utf-8", body);
  }

  /** Answers with text of another type; it is sent as UTF-8. */
  public void text(int status, String contentType, String body) throws IOException {
    Answer.send(exchange, status, contentType, body);
  }

  /**
   * Answers 303: the client goes on to {@code location} with GET.
   *
   * @param location an encoded path on this site; anything that could leave it is refused, so that
   *     no input can turn a redirect into an open one
   * @throws IllegalArgumentException when it is not such a path
   */
  public void redirect(String location) throws IOException {
    if (!LOCAL.matcher(location).matches()) {
      throw new IllegalArgumentException("not a path on this site: " + location);
    }
    exchange.getResponseHeaders().set("Location", location);
    exchange.sendResponseHeaders(303, -1);
  }
}
