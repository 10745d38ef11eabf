package dev.lms.session;

import java.time.Duration;
import java.util.List;

/**
 * How long something took, counted in buckets that double: the first ends at 1.024 µs, the last but
 * one at about 8.6 s, and the last has no end. Immutable.
 *
 * @param counts how many fell into each bucket
 * @param total of all together
 */
public record Latency(List<Long> counts, Duration total) {
  /** How many buckets there are. */
  public static final int BUCKETS = 25;

  private static final int FIRST_BITS = 10;

  /**
   * Copies the counts.
   *
   * @throws IllegalArgumentException if they are not as many as there are {@link #BUCKETS}
   */
  public Latency {
    counts = List.copyOf(counts);
    if (counts.size() != BUCKETS) {
      throw new IllegalArgumentException("there are " + BUCKETS + " buckets, not " + counts.size());
    }
  }

  /** The bucket of a duration; an upper bound belongs to its bucket. */
  static int bucketOf(long nanos) {
    long above = Math.max(0, nanos - 1) >>> FIRST_BITS;
    return Math.min(BUCKETS - 1, Long.SIZE - Long.numberOfLeadingZeros(above));
  }

  /**
   * The upper bound of a bucket, from 0 to {@link #BUCKETS} − 2; the last has none.
   *
   * @throws IllegalArgumentException for another number
   */
  public static Duration upperBound(int bucket) {
    if (bucket < 0 || bucket >= BUCKETS - 1) {
      throw new IllegalArgumentException("no bucket with an upper bound: " + bucket);
    }
    return Duration.ofNanos(1L << (FIRST_BITS + bucket));
  }

  /** How many there were. */
  public long count() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  /**
   * What a share of them did not exceed: the upper bound of the bucket in which that share is
   * reached, so at most twice too much. Zero if there were none. What falls into the last bucket
   * counts as twice the largest bound.
   *
   * @param share from 0 to 1, for example 0.99
   */
  public Duration quantile(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("a share is from 0 to 1, not " + share);
    }
    long wanted = (long) Math.ceil(share * count());
    long seen = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      seen += counts.get(bucket);
      if (seen > 0 && seen >= wanted) {
        return Duration.ofNanos(1L << (FIRST_BITS + bucket));
      }
    }
    return Duration.ZERO;
  }
}
