package dev.lms.session;

import java.util.Map;

/**
 * What happened to sessions in this process since its {@link Sessions} was made. Immutable. For how
 * many are live, see {@link SessionCensus}.
 *
 * @param created sessions that began
 * @param rotated sessions that got a new id
 * @param reused ids that came back after their rotation
 * @param ended sessions that ended, by reason
 * @param conflicts commits refused because of somebody else's change
 * @param gone commits that met a session which had ended
 * @param tampered cookies that were not made with our keys
 * @param unreadable sessions met that could not be read
 * @param outages how often the breaker opened
 * @param inOutage whether it is open now: the store is asked by one probe at a time only
 * @param refused calls that it kept from the store
 * @param operations what the store was asked
 */
public record SessionStatistics(
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
  /** Copies the maps. */
  public SessionStatistics {
    ended = Map.copyOf(ended);
    operations = Map.copyOf(operations);
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
}
