package dev.lms.pagecache;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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

  /** How often what happened. Immutable; equal if all counts are. */
  public static final class Counts {
    /** Nothing happened. */
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
     * Counts by their names, as of another node.
     *
     * @param counts how many {@code hits}, {@code stale}, {@code collapsed}, {@code misses}, {@code
     *     stored}, {@code refused}, {@code bypassed} and {@code bytesServed}; those left out are
     *     zero
     * @param renderTimeSaved what the hits would have taken to render
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

    /**
     * Answered from the store, with a fresh page.
     *
     * @return how many
     */
    public long hits() {
      return hits;
    }

    /**
     * Answered from the store, with a page that was no longer fresh.
     *
     * @return how many
     */
    public long stale() {
      return stale;
    }

    /**
     * Answered by another request's render.
     *
     * @return how many
     */
    public long collapsed() {
      return collapsed;
    }

    /**
     * Rendered.
     *
     * @return how many
     */
    public long misses() {
      return misses;
    }

    /**
     * Rendered and stored.
     *
     * @return how many
     */
    public long stored() {
      return stored;
    }

    /**
     * Rendered but purged in the meantime.
     *
     * @return how many
     */
    public long refused() {
      return refused;
    }

    /**
     * Answered without asking the store.
     *
     * @return how many
     */
    public long bypassed() {
      return bypassed;
    }

    /**
     * Bytes of bodies sent without a render of their own.
     *
     * @return bytes
     */
    public long bytesServed() {
      return bytesServed;
    }

    /**
     * What the hits and stale pages would have taken to render, each counted with the mean of its
     * route's renders on this node.
     *
     * @return zero as long as this node has rendered none
     */
    public Duration renderTimeSaved() {
      return renderTimeSaved;
    }

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
