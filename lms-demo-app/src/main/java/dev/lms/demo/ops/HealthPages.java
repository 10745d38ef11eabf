package dev.lms.demo.ops;

import dev.lms.demo.http.Request;
import dev.lms.demo.http.Route;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * {@code /livez}: the process answers. {@code /readyz}, also {@code /healthz} and {@code /health}:
 * it can serve, which a load balancer wants to know; 503 while draining or when a check fails.
 * Thread-safe.
 */
public final class HealthPages {

  /** Something the site needs. Bounded in time by whoever supplies it. */
  public interface Check {

    /**
     * Returns normally when all is well.
     *
     * @throws Exception when it is not
     */
    void run() throws Exception;
  }

  /** The raw paths, which answer even when the site is too busy for anything else. */
  public static final Set<String> PATHS = Set.of("/livez", "/readyz", "/healthz", "/health");

  private static final System.Logger LOG = System.getLogger(HealthPages.class.getName());

  private final Map<String, Check> checks;
  private final AtomicBoolean draining = new AtomicBoolean();

  /** Pages that run these checks, in this order. */
  public HealthPages(Map<String, Check> checks) {
    this.checks = new LinkedHashMap<>(checks);
  }

  /** From now on the site is not ready: it is about to stop. */
  public void drain() {
    draining.set(true);
  }

  /** The routes of these pages. */
  public List<Route> routes() {
    return List.of(
        Route.get("/livez", r -> answer(r, 200, "ok", Map.of())),
        Route.get("/readyz", this::ready),
        Route.get("/healthz", this::ready),
        Route.get("/health", this::ready));
  }

  private void ready(Request request) throws IOException {
    if (draining.get()) {
      answer(request, 503, "draining", Map.of());
      return;
    }
    Map<String, String> results = new LinkedHashMap<>();
    boolean ok = true;
    for (Map.Entry<String, Check> check : checks.entrySet()) {
      try {
        check.getValue().run();
        results.put(check.getKey(), "ok");
      } catch (Exception e) {
        // The reason may name hosts and users: it goes to the log, not to whoever asked.
        LOG.log(Level.WARNING, "not ready, {0}: {1}", check.getKey(), e);
        results.put(check.getKey(), "failed");
        ok = false;
      }
    }
    answer(request, ok ? 200 : 503, ok ? "ok" : "failed", results);
  }

  private static void answer(
      Request request, int status, String summary, Map<String, String> checks) throws IOException {
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
