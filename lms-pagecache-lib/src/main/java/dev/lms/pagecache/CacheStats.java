package dev.lms.pagecache;

import java.util.Map;

/**
 * What a cache did since it was made, on this node.
 *
 * @param byVariant counts by the token of the variant
 * @param passedByReason answers that did not come from the cache and were not stored, by the token
 *     of the reason
 * @param bytes memory that pages take in this process
 */
public record CacheStats(
    Map<String, Counts> byVariant, Map<String, Long> passedByReason, long bytes) {
  /** Copies the maps. */
  public CacheStats {
    byVariant = Map.copyOf(byVariant);
    passedByReason = Map.copyOf(passedByReason);
  }

  /**
   * Counts of one variant.
   *
   * @param hits answered from the store
   * @param collapsed answered by another request's render
   * @param misses rendered
   * @param stored rendered and stored
   * @param refused rendered but purged in the meantime
   * @param bypassed answered without asking the store
   */
  public record Counts(
      long hits, long collapsed, long misses, long stored, long refused, long bypassed) {}
}
