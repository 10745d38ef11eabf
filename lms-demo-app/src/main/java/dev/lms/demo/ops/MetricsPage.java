// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import dev.lms.demo.http.Request;
import dev.lms.demo.http.Route;
import dev.lms.demo.monitor.Metrics;
import java.io.IOException;
import java.util.List;

/**
 * {@code /metrics}: what this process counts, for Prometheus and what reads the same text. Never
 * stored by any cache. Thread-safe.
 */
final class MetricsPage {
  private final SharedText text;

  MetricsPage(Metrics metrics) {
    // Not bounded by admission, so by this.
    this.text = new SharedText(metrics::text);
  }

  List<Route> routes() {
    return List.of(Route.get("/metrics", this::show));
  }

  private void show(Request request) throws IOException {
    request.header("Cache-Control", "no-store");
    request.text(200, "text/plain; version=0.0.4; charset=utf-8", text.get());
  }
}
