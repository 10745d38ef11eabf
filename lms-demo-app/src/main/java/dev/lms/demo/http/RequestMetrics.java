// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests by route, status and what the page cache made of them, and how long they took.
 * The labels hold nothing that a visitor chooses: a route is its pattern, and what has none is
 * {@code none}.
 */
public final class RequestMetrics extends Filter {
  /** Seconds: a hit takes less than a millisecond, a render some, a password half a second. */
  private static final double[] BOUNDS = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5
  };

  private final Counter requests;
  private final Histogram durations;
  private final Function<HttpExchange, String> route;
  private final Predicate<HttpExchange> uncounted;

  /**
   * Registers its families.
   *
   * @param route the name of the route of a request
   * @param uncounted what no visitor asks for
   */
  public RequestMetrics(
      PrometheusRegistry registry,
      Function<HttpExchange, String> route,
      Predicate<HttpExchange> uncounted) {
    this.route = route;
    this.uncounted = uncounted;
    this.requests =
        Counter.builder()
            .name("lms_requests_total")
            .help("Requests by route, status and what the page cache made of them.")
            .labelNames("route", "status", "cache")
            .withoutExemplars()
            .register(registry);
    this.durations =
        Histogram.builder()
            .name("lms_request_duration_seconds")
            .help("From the head of a request to the end of its answer.")
            .labelNames("route", "cache")
            .classicOnly()
            .classicUpperBounds(BOUNDS)
            .withoutExemplars()
            .register(registry);
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    if (uncounted.test(exchange)) {
      chain.doFilter(exchange);
      return;
    }
    long begun = System.nanoTime();
    try {
      chain.doFilter(exchange);
    } finally {
      double seconds = (System.nanoTime() - begun) / 1e9;
      String name = route.apply(exchange);
      String cache = cache(exchange.getResponseHeaders().getFirst("Cache-Status"));
      requests.labelValues(name, status(exchange.getResponseCode()), cache).inc();
      durations.labelValues(name, cache).observe(seconds);
    }
  }

  /** 000 for a connection that was closed without an answer. */
  private static String status(int code) {
    return code < 0 ? "000" : Integer.toString(code);
  }

  /** RFC 9211: {@code hit}, or why the request went on to the page; {@code none} without it. */
  static String cache(@Nullable String status) {
    if (status == null) {
      return "none";
    }
    if (status.contains("; hit")) {
      return "hit";
    }
    if (status.contains("; collapsed")) {
      return "collapsed";
    }
    int why = status.indexOf("; fwd=");
    if (why < 0) {
      return "none";
    }
    int end = status.indexOf(';', why + 1);
    return status.substring(why + "; fwd=".length(), end < 0 ? status.length() : end);
  }

  @Override
  public String description() {
    return "requests counted";
  }
}
