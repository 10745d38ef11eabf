// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import dev.lms.demo.cache.CacheMetrics;
import dev.lms.demo.cache.Roster;
import dev.lms.demo.cache.Stranger;
import dev.lms.demo.cache.Workers;
import dev.lms.demo.view.BarChart;
import dev.lms.demo.view.LineChart;
import dev.lms.pagecache.CacheStats;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What {@code /ops} shows, worked out from what the workers say on {@code /metrics}.
 *
 * @param counted what their page caches did
 * @param silent ports of workers that run and do not answer
 */
record Dashboard(
    List<Row> workers,
    List<Integer> silent,
    boolean hasSilent,
    List<Variant> variants,
    List<Route> routes,
    List<Store> store,
    String storeChart,
    boolean hasStore,
    long purges,
    boolean inOutage,
    CacheStats counted) {
  /** Minutes that the table under a chart has. */
  private static final int TABLE = 10;

  /** What programs ask, which is no page. */
  private static final Pattern NO_PAGE =
      Pattern.compile(
          "/static/.*|/metrics|/livez|/readyz|/healthz?|/workers/.*|/lab/worker/.*|/(favicon|robots)\\..*");

  private static final String OPERATIONS = "lms_session_store_duration_seconds";

  /** A worker. */
  record Row(
      long pid,
      int port,
      String uptime,
      String heap,
      long inFlight,
      long queued,
      long shed,
      String breaker) {}

  /**
   * How often the page cache answered requests of a variant, and how that went in the last hour.
   */
  record Variant(
      String name,
      String ratio,
      long hits,
      long asked,
      boolean hasHistory,
      String chart,
      List<Minute> minutes) {}

  /** One minute of it, counted back from now. */
  record Minute(int ago, String ratio, long asked) {}

  /** A route, and the way to its explanation. */
  record Route(String pattern, String ratio, long asked, long bypassed, String explain) {}

  /** An operation of the session store. */
  record Store(String operation, long calls, String median, String slowest) {}

  /** Asks all workers. */
  static Dashboard of(Roster roster, Map<String, List<HitHistory.Count>> history) {
    List<Row> rows = new ArrayList<>();
    List<Integer> silent = new ArrayList<>();
    List<Readings> all = new ArrayList<>();
    List<Workers.Found> found = new ArrayList<>();
    for (Roster.Worker worker : roster.workers()) {
      try (Stranger stranger = new Stranger(roster.address(worker))) {
        String metrics = stranger.read("/metrics");
        Readings readings = Readings.of(metrics);
        found.add(new Workers.Found(worker.port(), Workers.read(metrics)));
        all.add(readings);
        rows.add(row(worker, readings));
      } catch (IOException e) {
        silent.add(worker.port());
      }
    }
    Readings together = Readings.together(all);
    List<Store> store = store(together);
    return new Dashboard(
        rows,
        silent,
        !silent.isEmpty(),
        variants(together, history),
        routes(together),
        store,
        storeChart(together, store),
        !store.isEmpty(),
        (long) together.sum(ProcessMetrics.PURGES),
        together.sum("lms_session_store_outage") > 0,
        Workers.together(found));
  }

  private static Row row(Roster.Worker worker, Readings readings) {
    return new Row(
        worker.pid(),
        worker.port(),
        uptime((long) readings.sum(ProcessMetrics.UPTIME)),
        megabytes(readings.sum(ProcessMetrics.HEAP))
            + " of "
            + megabytes(readings.sum(ProcessMetrics.HEAP_MOST))
            + " MB",
        (long) readings.sum("lms_requests_in_flight"),
        (long) readings.sum("lms_requests_queued"),
        (long) readings.sum("lms_requests_shed_total"),
        readings.sum("lms_session_store_outage") > 0 ? "open" : "closed");
  }

  private static String uptime(long seconds) {
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }

  private static String megabytes(double bytes) {
    return Long.toString((long) bytes >> 20);
  }

  private static List<Variant> variants(
      Readings together, Map<String, List<HitHistory.Count>> history) {
    List<Variant> variants = new ArrayList<>();
    for (String name : together.by(CacheMetrics.REQUESTS, "variant").keySet()) {
      Map<String, Double> results =
          together
              .where(CacheMetrics.REQUESTS, "variant", name)
              .by(CacheMetrics.REQUESTS, "result");
      long hits = answered(results);
      long asked = hits + count(results, "miss");
      if (asked > 0) {
        List<HitHistory.Count> minutes = history.getOrDefault(name, List.of());
        variants.add(
            new Variant(
                name,
                ratio(hits, asked),
                hits,
                asked,
                !minutes.isEmpty(),
                LineChart.svg(
                    minutes.stream().map(HitHistory.Count::percent).toList(), HitHistory.MOST),
                lastMinutes(minutes)));
      }
    }
    return variants;
  }

  private static List<Minute> lastMinutes(List<HitHistory.Count> minutes) {
    List<Minute> table = new ArrayList<>();
    for (int i = minutes.size() - 1; i >= Math.max(0, minutes.size() - TABLE); i--) {
      HitHistory.Count minute = minutes.get(i);
      table.add(
          new Minute(minutes.size() - i, ratio(minute.hits(), minute.asked()), minute.asked()));
    }
    return table;
  }

  private static List<Route> routes(Readings together) {
    return together.by(CacheMetrics.REQUESTS, "route").keySet().stream()
        .filter(route -> route.startsWith("/") && !NO_PAGE.matcher(route).matches())
        .map(
            route -> {
              Map<String, Double> results =
                  together
                      .where(CacheMetrics.REQUESTS, "route", route)
                      .by(CacheMetrics.REQUESTS, "result");
              long hits = answered(results);
              long asked = hits + count(results, "miss");
              return new Route(
                  route,
                  ratio(hits, asked),
                  asked,
                  count(results, "bypass"),
                  "/ops/explain?url=" + URLEncoder.encode(example(route), StandardCharsets.UTF_8));
            })
        .toList();
  }

  /** An address of the route. */
  private static String example(String pattern) {
    return switch (pattern) {
      case "/program/{code}" -> "/program/webdev";
      case "/resource/{id}" -> "/resource/web101-1";
      default -> pattern.replace("{code}", "web101").replace("{id}", "web101-1");
    };
  }

  private static List<Store> store(Readings together) {
    return together.by(OPERATIONS + "_count", "operation").entrySet().stream()
        .filter(operation -> operation.getValue() > 0)
        .map(
            operation ->
                new Store(
                    operation.getKey(),
                    operation.getValue().longValue(),
                    upTo(together.quantile(OPERATIONS, "operation", operation.getKey(), 0.5)),
                    upTo(together.quantile(OPERATIONS, "operation", operation.getKey(), 0.99))))
        .toList();
  }

  private static String storeChart(Readings together, List<Store> store) {
    return BarChart.svg(
        store.stream()
            .flatMap(
                line ->
                    Stream.of(
                        bar(together, line.operation(), "p50", 0.5),
                        bar(together, line.operation(), "p99", 0.99)))
            .toList());
  }

  private static BarChart.Bar bar(Readings together, String operation, String name, double part) {
    double seconds = together.quantile(OPERATIONS, "operation", operation, part);
    return new BarChart.Bar(
        operation + " " + name, Double.isFinite(seconds) ? seconds : 60, upTo(seconds));
  }

  /** Histograms say no more than the bound of the bucket. */
  private static String upTo(double seconds) {
    return Double.isFinite(seconds)
        ? String.format(Locale.ROOT, "≤ %.3g ms", seconds * 1000)
        : "more than the last bound";
  }

  private static long answered(Map<String, Double> results) {
    return count(results, "hit") + count(results, "stale") + count(results, "collapsed");
  }

  private static long count(Map<String, Double> results, String name) {
    return results.getOrDefault(name, 0.0).longValue();
  }

  private static String ratio(long hits, long asked) {
    return asked == 0 ? "–" : String.format(Locale.ROOT, "%.0f %%", 100.0 * hits / asked);
  }
}
