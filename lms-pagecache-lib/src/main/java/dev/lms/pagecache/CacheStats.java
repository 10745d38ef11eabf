package dev.lms.pagecache;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What a cache did since it was made, on this node.
 *
 * @param lines counts for each route and kind of variant that was asked for, by route and variant
 * @param bytes memory that pages take in this process
 * @param sharedBytes memory that the pages of all nodes take in the store they share; zero without
 *     one
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
   * What one kind of variant got from one route.
   *
   * @param route the name the filter was told; empty if none
   * @param variant the token of the variant's kind
   * @param counts how often what happened
   * @param passed answers that did not come from the cache and were not stored, by the token of the
   *     reason
   */
  public record Line(String route, String variant, Counts counts, Map<String, Long> passed) {
    /** Copies the map. */
    public Line {
      passed = Map.copyOf(passed);
    }
  }

  /**
   * How often what happened.
   *
   * @param hits answered from the store, with a fresh page
   * @param stale answered from the store, with a page that was no longer fresh
   * @param collapsed answered by another request's render
   * @param misses rendered
   * @param stored rendered and stored
   * @param refused rendered but purged in the meantime
   * @param bypassed answered without asking the store
   * @param bytesServed bytes of bodies sent without a render of their own
   * @param renderTimeSaved what the hits and stale pages would have taken to render, each counted
   *     with the mean of its route's renders on this node; zero as long as this node has rendered
   *     none
   */
  public record Counts(
      long hits,
      long stale,
      long collapsed,
      long misses,
      long stored,
      long refused,
      long bypassed,
      long bytesServed,
      Duration renderTimeSaved) {
    /** Nothing happened. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO);

    /**
     * Adds up.
     *
     * @param other what happened elsewhere
     * @return both together
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
  }

  /**
   * Counts of each kind of variant, whatever the route.
   *
   * @return by the token of the kind; every kind is there
   */
  public Map<String, Counts> byVariant() {
    Map<String, Counts> sums = sum(Line::variant);
    for (Variant.Kind kind : Variant.Kind.values()) {
      sums.putIfAbsent(kind.token(), Counts.NONE);
    }
    return sums;
  }

  /**
   * Counts of each route, whoever asked.
   *
   * @return by the name of the route
   */
  public Map<String, Counts> byRoute() {
    return sum(Line::route);
  }

  /**
   * Why answers did not come from the cache and were not stored.
   *
   * @return how many, by the token of the reason
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
