// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.policy.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * The counters behind {@link CacheStats}. Counting a hit allocates nothing and waits for nobody.
 */
final class Counters {
  /** A program that names routes after what visitors send must not fill the memory with names. */
  static final int MAX_ROUTES = 1000;

  /** Where routes past {@link #MAX_ROUTES} are counted. */
  static final String OTHER = "other";

  /** What one kind of variant got from one route. */
  private static final class Line {
    private final LongAdder hits = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder collapsed = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder stored = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder bypassed = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final ConcurrentMap<Reason, LongAdder> reasons = new ConcurrentHashMap<>();

    void count(Outcome outcome) {
      switch (outcome.source()) {
        case HIT -> hits.increment();
        case STALE, STALE_IF_ERROR -> stale.increment();
        case COLLAPSED -> collapsed.increment();
        case MISS, EXPIRED, REQUEST -> misses.increment();
        case BYPASS -> bypassed.increment();
      }
      if (outcome.stored()) {
        stored.increment();
      }
      outcome.reason().ifPresent(this::count);
    }

    private void count(Reason reason) {
      reasons.computeIfAbsent(reason, first -> new LongAdder()).increment();
      if (reason == Reason.PURGED) {
        refused.increment();
      }
    }

    CacheStats.Counts counts(Duration meanRender) {
      return new CacheStats.Counts(
          hits.sum(),
          stale.sum(),
          collapsed.sum(),
          misses.sum(),
          stored.sum(),
          refused.sum(),
          bypassed.sum(),
          bytes.sum(),
          meanRender.multipliedBy(hits.sum() + stale.sum()));
    }

    Map<String, Long> passed() {
      return reasons.entrySet().stream()
          .collect(Collectors.toMap(e -> e.getKey().token(), e -> e.getValue().sum()));
    }
  }

  private static final class Route {
    private final Map<Variant.Kind, Line> lines = new EnumMap<>(Variant.Kind.class);
    private final LongAdder renders = new LongAdder();
    private final LongAdder renderNanos = new LongAdder();

    Route() {
      for (Variant.Kind kind : Variant.Kind.values()) {
        lines.put(kind, new Line());
      }
    }

    Line line(Variant.Kind kind) {
      Line line = lines.get(kind);
      if (line == null) {
        throw new IllegalStateException("No counters for " + kind);
      }
      return line;
    }

    Duration meanRender() {
      long count = renders.sum();
      return count == 0 ? Duration.ZERO : Duration.ofNanos(renderNanos.sum() / count);
    }
  }

  private final ConcurrentMap<String, Route> routes = new ConcurrentHashMap<>();

  void count(String route, Outcome outcome) {
    of(route).line(outcome.who()).count(outcome);
  }

  /** A page was rendered that may be stored. */
  void rendered(String route, Duration took) {
    Route counters = of(route);
    counters.renders.increment();
    counters.renderNanos.add(took.toNanos());
  }

  /** So many bytes of a body went out without a render of their own. */
  void served(String route, Variant.Kind kind, long bytes) {
    of(route).line(kind).bytes.add(bytes);
  }

  private Route of(String name) {
    Route known = routes.get(name);
    if (known != null) {
      return known;
    }
    String kept = routes.size() < MAX_ROUTES ? name : OTHER;
    return routes.computeIfAbsent(kept, first -> new Route());
  }

  CacheStats snapshot(long bytes, long sharedBytes) {
    List<CacheStats.Line> lines = new ArrayList<>();
    routes.forEach(
        (name, route) -> {
          Duration meanRender = route.meanRender();
          route.lines.forEach(
              (kind, line) -> {
                CacheStats.Counts counts = line.counts(meanRender);
                if (!counts.equals(CacheStats.Counts.NONE)) {
                  lines.add(new CacheStats.Line(name, kind.token(), counts, line.passed()));
                }
              });
        });
    return new CacheStats(lines, bytes, sharedBytes);
  }
}
