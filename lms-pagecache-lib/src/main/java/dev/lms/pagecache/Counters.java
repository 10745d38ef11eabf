// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.engine.Observation;
import dev.lms.pagecache.observation.PageObserver;
import dev.lms.pagecache.observation.PageObserver.Verdict;
import dev.lms.pagecache.policy.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The counters behind {@link CacheStats}, and those who watch besides. Counting a hit allocates
 * nothing and waits for nobody.
 */
final class Counters {
  /** A program that names routes after what visitors send must not fill the memory with names. */
  static final int MAX_ROUTES = 1000;

  /** Where routes past {@link #MAX_ROUTES} are counted. */
  static final String OTHER = "other";

  /** Nobody watches. */
  static final Observation<Outcome> UNWATCHED = new Observation<>(List.of(), "", Outcome::verdict);

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

  private final List<PageObserver> observers;
  private final ConcurrentMap<String, Route> routes = new ConcurrentHashMap<>();

  /**
   * @param observers are told of each request besides
   */
  Counters(List<PageObserver> observers) {
    this.observers = List.copyOf(observers);
  }

  /** What is told of a request of a route. */
  Observation<Outcome> observation(String route) {
    return watched(route, Outcome::verdict);
  }

  /** What is told of a render of a page of a route that no request waits for. */
  Observation<Outcome> inBackground(String route) {
    return watched(route, outcome -> outcome.verdict("background"));
  }

  private Observation<Outcome> watched(String route, Function<Outcome, Verdict> verdicts) {
    return observers.isEmpty() ? UNWATCHED : new Observation<>(observers, nameOf(route), verdicts);
  }

  void count(String route, Outcome outcome) {
    of(route).line(outcome.who()).count(outcome);
  }

  /**
   * Notes that an answer went past the cache.
   *
   * @param route the name of the route, for statistics
   * @param who what whoever is asking has in common with others
   * @param reason why
   * @return the outcome
   */
  Outcome bypass(String route, Variant.Kind who, Reason reason) {
    Outcome outcome = Outcome.passed(Outcome.Source.BYPASS, who, Optional.empty(), reason);
    count(route, outcome);
    return outcome;
  }

  /**
   * Notes how much of an answer was sent, for statistics. Only answers that needed no render of
   * their own count.
   *
   * @param route the name of the route
   * @param outcome where the answer came from
   * @param bytes length of the body as it was sent; zero if the client had it already
   */
  void sent(String route, Outcome outcome, long bytes) {
    switch (outcome.source()) {
      case HIT, STALE, STALE_IF_ERROR, COLLAPSED -> served(route, outcome.who(), bytes);
      case MISS, EXPIRED, REQUEST, BYPASS -> {}
    }
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
    return known != null ? known : routes.computeIfAbsent(kept(name), first -> new Route());
  }

  private String kept(String name) {
    return routes.size() < MAX_ROUTES ? name : OTHER;
  }

  /** Under which name a route is counted. */
  private String nameOf(String route) {
    if (routes.containsKey(route)) {
      return route;
    }
    String kept = kept(route);
    routes.computeIfAbsent(kept, first -> new Route());
    return kept;
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
