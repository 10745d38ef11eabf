// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import dev.lms.demo.http.Request;
import dev.lms.demo.http.Route;
import dev.lms.demo.monitor.Health;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code /livez}: the process answers. {@code /readyz}, also {@code /healthz} and {@code /health}:
 * it can serve, which a load balancer wants to know; 503 while draining or when a check fails.
 * Thread-safe.
 */
final class HealthPages {
  private final Health health;

  HealthPages(Health health) {
    this.health = health;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/livez", r -> answer(r, 200, "ok", Map.of())),
        Route.get("/readyz", this::ready),
        Route.get("/healthz", this::ready),
        Route.get("/health", this::ready));
  }

  private void ready(Request request) throws IOException {
    if (health.isDraining()) {
      answer(request, 503, "draining", Map.of());
      return;
    }
    Map<String, Health.Result> results = health.check();
    boolean ok = results.values().stream().allMatch(Health.Result::ok);
    answer(request, ok ? 200 : 503, ok ? "ok" : "failed", results);
  }

  private static void answer(
      Request request, int status, String summary, Map<String, Health.Result> results)
      throws IOException {
    Map<String, String> checks = new LinkedHashMap<>();
    results.forEach((name, result) -> checks.put(name, result.ok() ? "ok" : "failed"));
    request.header("Cache-Control", "no-store");
    if (request.wantsJson()) {
      request.json(status, Map.of("status", summary, "checks", checks));
      return;
    }
    StringBuilder text = new StringBuilder(summary).append('\n');
    checks.forEach((name, result) -> text.append(name).append(": ").append(result).append('\n'));
    request.text(status, text.toString());
  }
}
