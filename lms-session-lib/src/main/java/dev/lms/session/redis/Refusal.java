// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * What a server answers that is not, or not yet, a master that takes writes. It has done nothing of
 * what it was asked, so that may be asked once more, of whatever server the address leads to now.
 */
final class Refusal {
  /**
   * A replica; one that has lost its master; a server that has yet to read its data; a master that
   * has lost its replicas; a node of a cluster that has lost the others.
   */
  private static final List<String> CODES =
      List.of("READONLY ", "MASTERDOWN ", "LOADING ", "NOREPLICAS ", "CLUSTERDOWN ");

  /** Who waited longer for the refusal has no time to wait for another answer. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private Refusal() {}

  /** Whether this answer is one. */
  static boolean is(JedisDataException e) {
    String message = String.valueOf(e.getMessage());
    for (String code : CODES) {
      // A script is stopped at its first write. Redis 6.2 then says so in the middle of a line.
      if (message.startsWith(code) || message.contains("-" + code)) {
        return true;
      }
    }
    return false;
  }

  /** Whether so little of anybody's patience is used up that there is time to ask again. */
  static boolean isSoonAfter(long asked) {
    return System.nanoTime() - asked < SOON.toNanos();
  }

  /** Asks once more, on a fresh connection, after a refusal of all that is sent in one go. */
  static <T> T askAgainAfter(UnifiedJedis redis, Supplier<T> roundTrip) {
    long asked = System.nanoTime();
    try {
      return roundTrip.get();
    } catch (JedisDataException e) {
      if (!is(e) || !isSoonAfter(asked)) {
        throw e;
      }
      Failure.forgetIdleConnections(redis);
      return roundTrip.get();
    }
  }
}
