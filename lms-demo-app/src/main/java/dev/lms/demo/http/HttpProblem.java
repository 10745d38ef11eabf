// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * An answer that is an error, said in words a person understands (and, for programs, as RFC 9457
 * says).
 *
 * <p>Thrown, not logged: it is an answer like any other. {@code detail} is shown to whoever asked,
 * so it holds nothing they may not know.
 */
public final class HttpProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String title;
  private final String detail;
  private final transient Map<String, String> headers;
  private final transient Optional<Parameters> form;
  private final boolean worthRepeating;

  /** A problem with these words. */
  public HttpProblem(int status, String title, String detail) {
    this(status, title, detail, Map.of());
  }

  /** A problem with these words and further response headers. */
  public HttpProblem(int status, String title, String detail, Map<String, String> headers) {
    this(status, title, detail, headers, Optional.empty(), false);
  }

  private HttpProblem(
      int status,
      String title,
      String detail,
      Map<String, String> headers,
      Optional<Parameters> form,
      boolean worthRepeating) {
    // An answer, not a fault: nobody reads its stack trace.
    super(status + " " + title, null, false, false);
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.headers = Map.copyOf(headers);
    this.form = form;
    this.worthRepeating = worthRepeating;
  }

  /** 400. */
  public static HttpProblem badRequest(String detail) {
    return new HttpProblem(400, "Bad request", detail);
  }

  /** 403. */
  public static HttpProblem forbidden(String detail) {
    return new HttpProblem(403, "Not allowed", detail);
  }

  /** 404. */
  public static HttpProblem notFound() {
    return new HttpProblem(404, "Not found", "There is no page at this address.");
  }

  /** 503 for too much to do, with {@code Retry-After}, in whole seconds and at least one. */
  public static HttpProblem busy(String detail, Duration retryAfter) {
    return unavailable("Busy, please try again", detail, retryAfter).worthRepeating();
  }

  /** 503 with {@code Retry-After}, in whole seconds and at least one. */
  public static HttpProblem unavailable(String title, String detail, Duration retryAfter) {
    long seconds = Math.max(1, retryAfter.plusMillis(999).toSeconds());
    return new HttpProblem(503, title, detail, Map.of("Retry-After", Long.toString(seconds)));
  }

  /** This problem with a form, so that what was typed is not lost. */
  public HttpProblem withForm(Parameters sent) {
    return new HttpProblem(status, title, detail, headers, Optional.of(sent), worthRepeating);
  }

  /** This problem of whoever may send the form that met it once more, as it is. */
  public HttpProblem worthRepeating() {
    return new HttpProblem(status, title, detail, headers, form, true);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The short summary, the same for every problem of this kind. */
  public String title() {
    return title;
  }

  /** What happened this time and what can be done about it. */
  public String detail() {
    return detail;
  }

  /** Response headers that belong to the problem. */
  public Map<String, String> headers() {
    return headers;
  }

  /** Whether the form that met it may be sent once more, as it is. */
  boolean isWorthRepeating() {
    return worthRepeating;
  }

  /** The form that was not taken, if it may be worth sending once more. */
  public Optional<Parameters> form() {
    return form;
  }
}
