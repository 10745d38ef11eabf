// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.util.SafeEncoder;

/**
 * Commands that one server runs as one atomic step, sent in one round trip. Cheaper than a script
 * for writes that look at nothing. Not for a cluster, where the keys may be on several nodes.
 */
final class Multi {
  private Multi() {}

  /**
   * What each command answered.
   *
   * @throws JedisDataException of the first that failed. If it was not even taken, as by a full
   *     Redis, nothing was run; else the others were
   */
  static List<?> run(UnifiedJedis redis, List<CommandArguments> commands) {
    return Refusal.askAgainAfter(redis, () -> send(redis, commands));
  }

  private static List<?> send(UnifiedJedis redis, List<CommandArguments> commands) {
    List<Response<Object>> queued = new ArrayList<>(commands.size());
    Response<Object> answers;
    try (AbstractPipeline pipeline = redis.pipelined()) {
      pipeline.sendCommand(new CommandArguments(Protocol.Command.MULTI));
      commands.forEach(command -> queued.add(pipeline.sendCommand(command)));
      answers = pipeline.sendCommand(new CommandArguments(Protocol.Command.EXEC));
      pipeline.sync();
    }
    queued.forEach(Response::get); // What was not taken says why.
    List<?> all = (List<?>) SafeEncoder.encodeObject(answers.get());
    for (Object answer : all) {
      if (answer instanceof JedisDataException failure) {
        throw failure;
      }
    }
    return all;
  }
}
