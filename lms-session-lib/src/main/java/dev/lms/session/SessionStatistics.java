package dev.lms.session;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What happened to sessions in this process since its {@link Sessions} was made. Immutable. For how
 * many are live, see {@link SessionCensus}.
 */
public final class SessionStatistics {
  private final Counts counts;

  SessionStatistics(Counts counts) {
    this.counts = counts;
  }

  /** All of them; the maps are copied. */
  record Counts(
      long created,
      long rotated,
      long reused,
      Map<EndReason, Long> ended,
      long conflicts,
      long gone,
      long tampered,
      long unreadable,
      long outages,
      boolean inOutage,
      long refused,
      Map<StoreOperation, Operation> operations) {
    Counts {
      ended = Map.copyOf(ended);
      operations = Map.copyOf(operations);
    }
  }

  /** Sessions that began. */
  public long created() {
    return counts.created();
  }

  /** Sessions that got a new id. */
  public long rotated() {
    return counts.rotated();
  }

  /** Ids that came back after their rotation. */
  public long reused() {
    return counts.reused();
  }

  /** Sessions that ended, by reason. */
  public Map<EndReason, Long> ended() {
    return counts.ended();
  }

  /** Commits refused because of somebody else's change. */
  public long conflicts() {
    return counts.conflicts();
  }

  /** Commits that met a session which had ended. */
  public long gone() {
    return counts.gone();
  }

  /** Cookies that were not made with our keys. */
  public long tampered() {
    return counts.tampered();
  }

  /** Sessions met that could not be read. */
  public long unreadable() {
    return counts.unreadable();
  }

  /** How often the breaker opened. */
  public long outages() {
    return counts.outages();
  }

  /** Whether it is open now: the store is asked by one probe at a time only. */
  public boolean inOutage() {
    return counts.inOutage();
  }

  /** Calls that it kept from the store. */
  public long refused() {
    return counts.refused();
  }

  /** What the store was asked. */
  public Map<StoreOperation, Operation> operations() {
    return counts.operations();
  }

  /**
   * One operation of the store. Forged tokens, for which it is not asked, do not count.
   *
   * @param failures of those in {@code latency}, the ones that threw {@link SessionStoreException}
   * @param latency how long each took, failures included
   */
  public record Operation(long failures, Latency latency) {
    /** How often it was asked. */
    public long count() {
      return latency.count();
    }
  }

  @Override
  public String toString() {
    return "SessionStatistics" + counts.toString().substring("Counts".length());
  }

  /** What a store is asked to do. */
  public enum StoreOperation {
    /** To find a session by its token. */
    LOAD,
    /** To begin one. */
    CREATE,
    /** To commit changes, or to move the deadline. */
    UPDATE,
    /** To give one a new id. */
    ROTATE,
    /** To end one. */
    DELETE,
    /** To list a person's sessions. */
    LIST,
    /** To end a person's sessions. */
    REVOKE,
    /** To change a person's roles in all their sessions. */
    CHANGE_ROLES,
    /** To count those that are live. */
    STATS,
    /** To end everybody's. */
    PURGE
  }

  /**
   * How long something took, counted in buckets that double: the first ends at 1.024 µs, the last
   * but one at about 8.6 s, and the last has no end. Immutable.
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
        throw new IllegalArgumentException(
            "there are " + BUCKETS + " buckets, not " + counts.size());
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
}
