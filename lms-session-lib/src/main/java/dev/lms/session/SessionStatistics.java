package dev.lms.session;

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
}
