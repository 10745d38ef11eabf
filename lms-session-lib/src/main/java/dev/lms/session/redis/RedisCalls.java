// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.SessionStoreException;
import java.util.List;
import java.util.function.Supplier;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Says what is sent to Redis again. When a connection breaks before the answer, nobody knows
 * whether the command was run, or will be: it may still be on its way. A change that was sent again
 * could count twice, undo what somebody else has had acknowledged since, or conflict with itself.
 * So a change is sent once, and whoever asked for it learns that its fate is unknown. Thread-safe.
 */
final class RedisCalls {
  private final UnifiedJedis redis;

  RedisCalls(UnifiedJedis redis) {
    this.redis = redis;
  }

  UnifiedJedis redis() {
    return redis;
  }

  /**
   * For what does no harm however often it is run, and however late: reading, moving a deadline
   * forward, ending. Tries once more on a fresh connection: the first command after a restart of
   * Redis meets one that is dead already. What got no answer in time is not asked again: it would
   * only wait longer.
   *
   * @throws SessionStoreException if Redis cannot be asked
   */
  <T> T repeatable(Supplier<T> command) {
    long asked = System.nanoTime();
    try {
      return command.get();
    } catch (JedisException e) {
      if (Failure.isBrokenConnection(e) && Refusal.isSoonAfter(asked)) {
        Failure.forgetIdleConnections(redis);
        return once(command);
      }
      throw Failure.of(e);
    }
  }

  /**
   * {@link Step#inOrder Runs steps in this order}; all of them from the first if one must again.
   */
  List<Object> repeatable(List<Step> steps) {
    return repeatable(() -> Step.inOrder(redis, steps));
  }

  /**
   * For every other change.
   *
   * @throws SessionStoreException if Redis cannot be asked; it may have made the change, or may yet
   */
  static <T> T once(Supplier<T> command) {
    try {
      return command.get();
    } catch (JedisException e) {
      throw Failure.of(e);
    }
  }
}
