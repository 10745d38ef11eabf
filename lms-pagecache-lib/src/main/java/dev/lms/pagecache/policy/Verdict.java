// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.policy;

import java.time.Duration;
import java.util.Optional;

/** What {@link StoragePolicy} decided about a rendered page. */
public sealed interface Verdict {
  /** Who may be given a stored page. */
  enum Reach {
    /** All whom the route declares to share it. */
    AS_DECLARED,
    /** Whoever asked for it alone. */
    ONE_PERSON
  }

  /**
   * It may be stored.
   *
   * @param reach for whom
   * @param ttl how long it is fresh
   * @param keptStale how much longer it is kept, to be validated or served stale
   * @param age how old it was when it came, if it says so; otherwise it is as old as its render
   */
  record Store(Reach reach, Duration ttl, Duration keptStale, Optional<Duration> age)
      implements Verdict {}

  /**
   * It may not be stored.
   *
   * @param reason why
   */
  record Pass(Reason reason) implements Verdict {}
}
