// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What happened to sessions in this process since its {@link Sessions} was created. {@link
 * SessionCensus} counts the live sessions of a whole site. Immutable.
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
      long onPassport,
      boolean inOutage,
      long refused,
      Map<StoreOperation, Operation> operations) {
    Counts {
      ended = Map.copyOf(ended);
      operations = Map.copyOf(operations);
    }
  }

  /** {@return how many sessions began} */
  public long created() {
    return counts.created();
  }

  /** {@return how many times a session got a new id} */
  public long rotated() {
    return counts.rotated();
  }

  /** {@return how many times an id came back after its rotation and grace} */
  public long reused() {
    return counts.reused();
  }

  /** {@return how many sessions ended, for each reason} */
  public Map<EndReason, Long> ended() {
    return counts.ended();
  }

  /** {@return how many commits were refused because of another request's change} */
  public long conflicts() {
    return counts.conflicts();
  }

  /** {@return how many commits met a session that had ended} */
  public long gone() {
    return counts.gone();
  }

  /** {@return how many cookies came that were not made with this site's keys} */
  public long tampered() {
    return counts.tampered();
  }

  /** {@return how many sessions were met that could not be read} */
  public long unreadable() {
    return counts.unreadable();
  }

  /** {@return how many times the breaker opened} */
  public long outages() {
    return counts.outages();
  }

  /** {@return how many requests went on by a passport, because the store could not be asked} */
  public long onPassport() {
    return counts.onPassport();
  }

  /**
   * {@return whether the breaker is open now: one probe at a time asks the store, and nothing else}
   */
  public boolean inOutage() {
    return counts.inOutage();
  }

  /** {@return how many calls the open breaker kept from the store} */
  public long refused() {
    return counts.refused();
  }

  /**
   * {@return failures and latencies of the calls to the store; an operation that was never called
   * may be absent}
   */
  public Map<StoreOperation, Operation> operations() {
    return counts.operations();
  }

  /**
   * Calls of one operation of the store. Forged tokens, which never reach it, do not count.
   *
   * @param failures how many calls threw {@link SessionStoreException}; their latency counts too
   * @param latency how long the calls took, failed ones included
   */
  public record Operation(long failures, Latency latency) {
    /** {@return how many calls there were} */
    public long count() {
      return latency.count();
    }
  }

  @Override
  public String toString() {
    return "SessionStatistics" + counts.toString().substring("Counts".length());
  }

  /** An operation of the store. */
  public enum StoreOperation {
    /** Finds a session by its token. */
    LOAD,
    /** Begins a session. */
    CREATE,
    /** Commits changes, or moves the deadline. */
    UPDATE,
    /** Gives a session a new id. */
    ROTATE,
    /** Ends a session. */
    DELETE,
    /** Lists a person's sessions. */
    LIST,
    /** Ends a person's sessions. */
    REVOKE,
    /** Changes a person's roles in all their sessions. */
    CHANGE_ROLES,
    /** Counts live sessions. */
    STATS,
    /** Ends everybody's sessions. */
    PURGE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** {@return its name in meters and traces: in lower case} */
    public String label() {
      return label;
    }
  }

  /**
   * A histogram of durations in buckets that double: the first ends at 1.024 µs, the last but one
   * at about 8.6 s, and the last has no end. Immutable.
   *
   * @param counts how many durations fell into each bucket
   * @param total the sum of all durations
   */
  public record Latency(List<Long> counts, Duration total) {
    /** The number of buckets. */
    public static final int BUCKETS = 25;

    private static final int FIRST_BITS = 10;

    /**
     * Copies the counts.
     *
     * @throws IllegalArgumentException unless there are {@link #BUCKETS} of them
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
     * {@return the upper bound of a bucket, which belongs to the bucket}
     *
     * @param bucket from 0 to {@link #BUCKETS} − 2; the last bucket has no bound
     * @throws IllegalArgumentException for another number
     */
    public static Duration upperBound(int bucket) {
      if (bucket < 0 || bucket >= BUCKETS - 1) {
        throw new IllegalArgumentException("no bucket with an upper bound: " + bucket);
      }
      return Duration.ofNanos(1L << (FIRST_BITS + bucket));
    }

    /** {@return how many durations were counted} */
    public long count() {
      return counts.stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Estimates the duration that a share of all durations did not exceed.
     *
     * @param share from 0 to 1, for example 0.99
     * @return the upper bound of the bucket in which that share is reached, so at most twice too
     *     much; zero if nothing was counted. The last bucket counts as twice the largest bound
     * @throws IllegalArgumentException if the share is not from 0 to 1
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
