// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.KeyRing;
import java.util.function.LongSupplier;
import redis.clients.jedis.UnifiedJedis;

/** Stores with copies whose leases, and whose waits for those of others, another clock measures. */
public final class SkewedStores {
  private SkewedStores() {}

  /**
   * Opens one.
   *
   * @param rate how fast its monotonic clock runs; 1.1 is a tenth too fast
   */
  public static RedisSessionStore open(UnifiedJedis redis, KeyRing keys, double rate) {
    long start = System.nanoTime();
    LongSupplier nanos = () -> start + (long) ((System.nanoTime() - start) * rate);
    return open(redis, keys, nanos);
  }

  /** Opens one whose leases last as long as this monotonic clock says. */
  public static RedisSessionStore open(UnifiedJedis redis, KeyRing keys, LongSupplier nanos) {
    return RedisSessionStore.withNearCopies(redis, keys, "session:", 1L << 20, nanos);
  }
}
