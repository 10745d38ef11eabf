package dev.lms.pagecache;

import java.time.Duration;
import java.util.Optional;

/** What {@link StoragePolicy} decided about a rendered page. */
public sealed interface Verdict {
  /**
   * It may be stored.
   *
   * @param variant for whom
   * @param ttl how long it is fresh
   * @param keptStale how much longer it is kept, to be validated or served stale
   * @param age how old it was when it came, if it says so; otherwise it is as old as its render
   */
  record Store(Variant variant, Duration ttl, Duration keptStale, Optional<Duration> age)
      implements Verdict {
    Store(Variant variant, Duration ttl) {
      this(variant, ttl, Duration.ZERO, Optional.empty());
    }
  }

  /**
   * It may not be stored.
   *
   * @param reason why
   */
  record Pass(Reason reason) implements Verdict {}
}
