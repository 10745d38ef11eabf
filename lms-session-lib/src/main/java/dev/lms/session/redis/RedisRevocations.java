// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.store.Revocations;
import java.time.Instant;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/**
 * Keeps a revocation list that all workers on one Redis share, with one small key per revocation.
 * Thread-safe.
 */
public final class RedisRevocations implements Revocations {
  private final UnifiedJedis redis;
  private final String prefix;

  /**
   * Creates the list over a client.
   *
   * @param redis the client, which the caller closes
   * @param prefix what every key starts with, for example {@code session:}
   */
  public RedisRevocations(UnifiedJedis redis, String prefix) {
    this.redis = redis;
    this.prefix = prefix + "revoked:";
  }

  @Override
  public boolean revoke(String handle, Instant until, Instant now) {
    // As late as a session's own key, for workers whose clock is behind ours.
    long millis = Long.parseLong(RedisKeys.timeToLive(until, now));
    try {
      SetParams once = SetParams.setParams().nx().px(millis);
      return Refusal.askAgainAfter(redis, () -> redis.set(prefix + handle, "", once)) != null;
    } catch (JedisException e) {
      throw Failure.of(e);
    }
  }

  @Override
  public boolean isRevoked(String handle) {
    try {
      return Refusal.askAgainAfter(redis, () -> redis.exists(prefix + handle));
    } catch (JedisException e) {
      if (!Failure.isBrokenConnection(e)) {
        throw Failure.of(e);
      }
      Failure.forgetIdleConnections(redis);
      return isRevokedOnFreshConnection(handle);
    }
  }

  /** Redis may have been restarted, and a look may be repeated. */
  private boolean isRevokedOnFreshConnection(String handle) {
    try {
      return redis.exists(prefix + handle);
    } catch (JedisException e) {
      throw Failure.of(e);
    }
  }
}
