package dev.lms.pagecache;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** The counters behind {@link CacheStats}. */
final class Counters {
  private static final class Line {
    private final LongAdder hits = new LongAdder();
    private final LongAdder collapsed = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder stored = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder bypassed = new LongAdder();

    CacheStats.Counts counts() {
      return new CacheStats.Counts(
          hits.sum(), collapsed.sum(), misses.sum(), stored.sum(), refused.sum(), bypassed.sum());
    }
  }

  private final Map<Variant.Kind, Line> lines = new EnumMap<>(Variant.Kind.class);
  private final Map<Reason, LongAdder> reasons = new EnumMap<>(Reason.class);

  Counters() {
    for (Variant.Kind kind : Variant.Kind.values()) {
      lines.put(kind, new Line());
    }
    for (Reason reason : Reason.values()) {
      reasons.put(reason, new LongAdder());
    }
  }

  void count(Outcome outcome) {
    Line line = get(lines, outcome.variant().kind());
    switch (outcome.source()) {
      case HIT, STALE, STALE_IF_ERROR -> line.hits.increment();
      case COLLAPSED -> line.collapsed.increment();
      case MISS, EXPIRED, REQUEST -> line.misses.increment();
      case BYPASS -> line.bypassed.increment();
    }
    if (outcome.stored()) {
      line.stored.increment();
    }
    outcome
        .reason()
        .ifPresent(
            reason -> {
              get(reasons, reason).increment();
              if (reason == Reason.PURGED) {
                line.refused.increment();
              }
            });
  }

  private static <K extends Enum<K>, V> V get(Map<K, V> all, K key) {
    V value = all.get(key);
    if (value == null) {
      throw new IllegalStateException("No counter for " + key);
    }
    return value;
  }

  CacheStats snapshot(long bytes) {
    return new CacheStats(
        lines.entrySet().stream()
            .collect(Collectors.toMap(e -> e.getKey().token(), e -> e.getValue().counts())),
        Arrays.stream(Reason.values())
            .filter(reason -> get(reasons, reason).sum() > 0)
            .collect(Collectors.toMap(Reason::token, r -> get(reasons, r).sum())),
        bytes);
  }
}
