// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a cache did on this node since it was created. Immutable.
 *
 * @param lines counts for each route and kind of variant that was asked for, sorted by route and
 *     variant
 * @param bytes how many bytes of memory pages take in this process
 * @param sharedBytes how many bytes the pages of all nodes take in the store they share; zero
 *     without such a store
 */
public record CacheStats(List<Line> lines, long bytes, long sharedBytes) {
  /** Sorts the lines. */
  public CacheStats {
    lines =
        lines.stream()
            .sorted(Comparator.comparing(Line::route).thenComparing(Line::variant))
            .toList();
  }

  /**
   * Counts for one route and one kind of variant.
   *
   * @param route the route's {@linkplain NamedRule#route name}; empty if it has none
   * @param variant the {@linkplain Variant.Kind#token token} of the kind of variant
   * @param counts how often what happened
   * @param passed how many answers neither came from the cache nor were stored, by the token of the
   *     reason
   */
  public record Line(String route, String variant, Counts counts, Map<String, Long> passed) {
    /** Copies the map. */
    public Line {
      passed = Map.copyOf(passed);
    }
  }

  /** How often what happened. Immutable; equal if all counts are. */
  public static final class Counts {
    /** All counts are zero. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO);

    private final long hits;
    private final long stale;
    private final long collapsed;
    private final long misses;
    private final long stored;
    private final long refused;
    private final long bypassed;
    private final long bytesServed;
    private final Duration renderTimeSaved;

    /**
     * Creates counts from names, to add those of another node.
     *
     * @param counts how many {@code hits}, {@code stale}, {@code collapsed}, {@code misses}, {@code
     *     stored}, {@code refused}, {@code bypassed} and {@code bytesServed}; missing ones are zero
     * @param renderTimeSaved how long it would have taken to render the hits
     * @return the counts
     */
    public static Counts of(Map<String, Long> counts, Duration renderTimeSaved) {
      return new Counts(
          counts.getOrDefault("hits", 0L),
          counts.getOrDefault("stale", 0L),
          counts.getOrDefault("collapsed", 0L),
          counts.getOrDefault("misses", 0L),
          counts.getOrDefault("stored", 0L),
          counts.getOrDefault("refused", 0L),
          counts.getOrDefault("bypassed", 0L),
          counts.getOrDefault("bytesServed", 0L),
          renderTimeSaved);
    }

    Counts(
        long hits,
        long stale,
        long collapsed,
        long misses,
        long stored,
        long refused,
        long bypassed,
        long bytesServed,
        Duration renderTimeSaved) {
      this.hits = hits;
      this.stale = stale;
      this.collapsed = collapsed;
      this.misses = misses;
      this.stored = stored;
      this.refused = refused;
      this.bypassed = bypassed;
      this.bytesServed = bytesServed;
      this.renderTimeSaved = renderTimeSaved;
    }

    /** {@return how many requests a fresh stored page answered} */
    public long hits() {
      return hits;
    }

    /** {@return how many requests a stored page answered that was no longer fresh} */
    public long stale() {
      return stale;
    }

    /** {@return how many requests another request's render answered} */
    public long collapsed() {
      return collapsed;
    }

    /** {@return how many requests were rendered} */
    public long misses() {
      return misses;
    }

    /** {@return how many renders were stored} */
    public long stored() {
      return stored;
    }

    /** {@return how many renders were not stored because the page was purged meanwhile} */
    public long refused() {
      return refused;
    }

    /** {@return how many requests were answered without asking the store} */
    public long bypassed() {
      return bypassed;
    }

    /** {@return how many bytes of bodies were sent without a render of their own} */
    public long bytesServed() {
      return bytesServed;
    }

    /**
     * {@return how long it would have taken to render the hits and stale pages, each counted with
     * the mean of its route's renders on this node; zero until this node has rendered one}
     */
    public Duration renderTimeSaved() {
      return renderTimeSaved;
    }

    /**
     * {@return the sums of these counts and others}
     *
     * @param other the counts to add, of another node for example
     */
    public Counts plus(Counts other) {
      return new Counts(
          hits + other.hits,
          stale + other.stale,
          collapsed + other.collapsed,
          misses + other.misses,
          stored + other.stored,
          refused + other.refused,
          bypassed + other.bypassed,
          bytesServed + other.bytesServed,
          renderTimeSaved.plus(other.renderTimeSaved));
    }

    private List<Object> all() {
      return List.of(
          hits, stale, collapsed, misses, stored, refused, bypassed, bytesServed, renderTimeSaved);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Counts counts && all().equals(counts.all());
    }

    @Override
    public int hashCode() {
      return all().hashCode();
    }

    @Override
    public String toString() {
      return all().toString();
    }
  }

  /**
   * {@return counts over all routes, by the token of the kind of variant; every kind has an entry}
   */
  public Map<String, Counts> byVariant() {
    Map<String, Counts> sums = sum(Line::variant);
    for (Variant.Kind kind : Variant.Kind.values()) {
      sums.putIfAbsent(kind.token(), Counts.NONE);
    }
    return sums;
  }

  /** {@return counts over all variants, by the name of the route} */
  public Map<String, Counts> byRoute() {
    return sum(Line::route);
  }

  /**
   * {@return how many answers neither came from the cache nor were stored, by the token of the
   * reason}
   */
  public Map<String, Long> passedByReason() {
    Map<String, Long> sums = new TreeMap<>();
    for (Line line : lines) {
      line.passed().forEach((reason, count) -> sums.merge(reason, count, Long::sum));
    }
    return sums;
  }

  private Map<String, Counts> sum(Function<Line, String> by) {
    Map<String, Counts> sums = new TreeMap<>();
    lines.forEach(line -> sums.merge(by.apply(line), line.counts(), Counts::plus));
    return sums;
  }
}
