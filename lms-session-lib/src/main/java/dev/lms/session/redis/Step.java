package dev.lms.session.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.JedisCluster;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;

/** A command that touches one key, to be sent alone or among others. */
record Step(
    Function<UnifiedJedis, Object> alone, Function<AbstractPipeline, Response<?>> pipelined) {

  static Step delete(String key) {
    return new Step(redis -> redis.del(key), pipeline -> pipeline.del(key));
  }

  static Step deleteFields(String key, List<String> fields) {
    String[] names = fields.toArray(String[]::new);
    return new Step(redis -> redis.hdel(key, names), pipeline -> pipeline.hdel(key, names));
  }

  static Step readAll(String key) {
    return new Step(redis -> redis.hgetAll(key), pipeline -> pipeline.hgetAll(key));
  }

  /** Answers a {@link RedisValue}. */
  static Step read(String key) {
    return of(RedisValue.read(key));
  }

  static Step of(CommandObject<?> command) {
    return new Step(
        redis -> redis.executeCommand(command), pipeline -> pipeline.executeCommand(command));
  }

  /**
   * Runs steps in this order and answers what each answered. One round trip where one server has
   * all keys. In a cluster one each, because nodes keep no order between them. Others may come in
   * between, in either.
   */
  static List<Object> inOrder(UnifiedJedis redis, List<Step> steps) {
    List<Object> answers = new ArrayList<>(steps.size());
    if (steps.size() < 2 || isCluster(redis)) {
      steps.forEach(step -> answers.add(step.alone().apply(redis)));
      return answers;
    }
    try (AbstractPipeline pipeline = redis.pipelined()) {
      List<Response<?>> responses = new ArrayList<>(steps.size());
      steps.forEach(step -> responses.add(step.pipelined().apply(pipeline)));
      pipeline.sync();
      responses.forEach(response -> answers.add(response.get()));
    }
    return answers;
  }

  @SuppressWarnings("deprecation") // JedisCluster is, but a program may still hand us one.
  static boolean isCluster(UnifiedJedis redis) {
    return redis instanceof RedisClusterClient || redis instanceof JedisCluster;
  }
}
