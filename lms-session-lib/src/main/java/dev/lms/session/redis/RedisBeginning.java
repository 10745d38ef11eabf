package dev.lms.session.redis;

import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.UnifiedJedis;

/**
 * A session that is about to be written for the first time.
 *
 * @param timeToLive in milliseconds
 * @param fields field, value, field, value
 */
record RedisBeginning(String key, String timeToLive, List<String> fields) {
  private static final Script CREATE = Script.named("create.lua");

  /** Writes it, unless it was revoked before it began. */
  Step unlessRevoked() {
    List<String> arguments = new ArrayList<>(1 + fields.size());
    arguments.add(timeToLive);
    arguments.addAll(fields);
    return CREATE.step(List.of(key), arguments);
  }

  /** Writes it, looking at nothing: only in one step with what lets others revoke it, if any. */
  List<CommandArguments> commands() {
    return List.of(
        new CommandArguments(Protocol.Command.HSET).key(key).addObjects(fields),
        new CommandArguments(Protocol.Command.PEXPIRE).key(key).add(timeToLive));
  }

  /** Writes a session that is in no index, so that nobody can revoke it before it began. */
  Object write(UnifiedJedis redis) {
    return Step.isCluster(redis)
        ? unlessRevoked().alone().apply(redis)
        : Multi.run(redis, commands());
  }
}
