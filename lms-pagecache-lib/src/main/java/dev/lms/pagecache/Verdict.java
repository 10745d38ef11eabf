package dev.lms.pagecache;

import java.time.Duration;

/** What {@link StoragePolicy} decided about a rendered page. */
public sealed interface Verdict {
  /**
   * It may be stored.
   *
   * @param variant for whom
   * @param ttl for how long
   */
  record Store(Variant variant, Duration ttl) implements Verdict {}

  /**
   * It may not be stored.
   *
   * @param reason why
   */
  record Pass(Reason reason) implements Verdict {}
}
