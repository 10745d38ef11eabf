package dev.lms.demo.ops;

import dev.lms.demo.http.Request;
import dev.lms.demo.http.Route;
import java.io.IOException;
import java.util.List;

/**
 * {@code /metrics}: what this process counts, for Prometheus and what reads the same text. Never
 * stored by any cache. Thread-safe.
 */
public final class MetricsPage {
  /** The raw path, which answers even when the site is too busy for anything else. */
  public static final String PATH = "/metrics";

  /** A part of the site that counts something. */
  @FunctionalInterface
  public interface Source {
    /** Writes families of its own, each whole; asks nobody and waits for nothing. */
    void writeTo(MetricsWriter out);
  }

  private final List<Source> sources;

  /** A page of these sources, in this order. To add to it, add a source in {@code App}. */
  public MetricsPage(List<Source> sources) {
    this.sources = List.copyOf(sources);
  }

  /** Its route. */
  public List<Route> routes() {
    return List.of(Route.get(PATH, this::show));
  }

  private void show(Request request) throws IOException {
    MetricsWriter out = new MetricsWriter();
    sources.forEach(source -> source.writeTo(out));
    request.header("Cache-Control", "no-store");
    request.text(200, "text/plain; version=0.0.4; charset=utf-8", out.toString());
  }
}
