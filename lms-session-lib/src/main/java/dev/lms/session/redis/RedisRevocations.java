package dev.lms.session.redis;

import dev.lms.session.Revocations;
import java.time.Duration;
import java.time.Instant;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/** A revocation list that every worker on one Redis shares: one small key each. Thread-safe. */
public final class RedisRevocations implements Revocations {
  private final UnifiedJedis redis;
  private final String prefix;

  /**
   * A list over a client that the caller opened and closes.
   *
   * @param prefix what every key starts with, for example {@code session:}
   */
  public RedisRevocations(UnifiedJedis redis, String prefix) {
    this.redis = redis;
    this.prefix = prefix + "revoked:";
  }

  @Override
  public boolean revoke(String handle, Instant until, Instant now) {
    long millis = Math.max(1, Duration.between(now, until).toMillis());
    try {
      return redis.set(prefix + handle, "", SetParams.setParams().nx().px(millis)) != null;
    } catch (JedisException e) {
      throw Failure.outage(e);
    }
  }

  @Override
  public boolean isRevoked(String handle) {
    try {
      return redis.exists(prefix + handle);
    } catch (JedisException e) {
      throw Failure.outage(e);
    }
  }
}
