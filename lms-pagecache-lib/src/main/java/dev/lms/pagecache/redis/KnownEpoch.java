// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * The epoch this process knows, and since when by a clock that is never set. An epoch that is known
 * for as long as the longest lease is <em>settled</em>: leases from before it have run out, since
 * they began before Redis first named it. That stays true, so one process may tell the others, by
 * way of Redis. Thread-safe.
 */
final class KnownEpoch {
  /**
   * An epoch and when this process first saw it.
   *
   * @param number how many epochs it has seen, this one included
   */
  private record Era(String epoch, long since, int number) {}

  private final long longestLease;
  private final LongSupplier nanos;
  private final AtomicReference<Era> era;

  KnownEpoch(Duration longestLease, LongSupplier nanos) {
    this.longestLease = longestLease.toNanos();
    this.nanos = nanos;
    this.era = new AtomicReference<>(new Era("", nanos.getAsLong(), 0));
  }

  /** Redis has answered in this epoch. */
  void saw(String epoch) {
    if (!era.get().epoch().equals(epoch)) {
      long since = nanos.getAsLong();
      era.updateAndGet(
          last -> last.epoch().equals(epoch) ? last : new Era(epoch, since, last.number() + 1));
    }
  }

  /** The epoch, if this process itself knows that it is settled; otherwise nothing. */
  String settled() {
    Era now = era.get();
    return nanos.getAsLong() - now.since() >= longestLease ? now.epoch() : "";
  }

  /**
   * Whether no lease from before this epoch is left.
   *
   * @param told whether Redis says so. Who has seen another epoch does not believe it: this may be
   *     a server with an older memory than the one before, and the epoch not the newest
   */
  boolean isSettled(String epoch, boolean told) {
    Era now = era.get();
    return now.epoch().equals(epoch)
        && ((told && now.number() == 1) || nanos.getAsLong() - now.since() >= longestLease);
  }
}
