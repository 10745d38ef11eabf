// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.JedisCluster;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * A command that touches one key, to be sent alone or among others.
 *
 * @param ifForeign what it answers if the key holds what this library never puts there; empty to
 *     fail
 */
record Step(
    Function<UnifiedJedis, Object> alone,
    Function<AbstractPipeline, Response<?>> pipelined,
    Optional<Object> ifForeign,
    boolean onlyReads) {

  Step(Function<UnifiedJedis, Object> alone, Function<AbstractPipeline, Response<?>> pipelined) {
    this(alone, pipelined, Optional.empty(), false);
  }

  /** This step, with an answer of its own where another program has put something. */
  private Step orIfForeign(Object answer) {
    return new Step(alone, pipelined, Optional.of(answer), onlyReads);
  }

  /** This step, of which a server that takes no writes does harm to nobody by answering it. */
  private Step asRead() {
    return new Step(alone, pipelined, ifForeign, true);
  }

  /** One command for all of these, or one each in a cluster, which has them in several places. */
  static List<Step> delete(UnifiedJedis client, List<String> keys) {
    if (keys.isEmpty()) {
      return List.of();
    }
    if (isCluster(client)) {
      return keys.stream()
          .map(key -> sent(redis -> redis.del(key), pipeline -> pipeline.del(key)))
          .toList();
    }
    String[] names = keys.toArray(String[]::new);
    return List.of(sent(redis -> redis.del(names), pipeline -> pipeline.del(names)));
  }

  /** Answers how many of these there are. Not for a cluster, which has them in several places. */
  static Step count(List<String> keys) {
    String[] names = keys.toArray(String[]::new);
    return sent(redis -> redis.exists(names), pipeline -> pipeline.exists(names)).asRead();
  }

  static Step deleteFields(String key, List<String> fields) {
    String[] names = fields.toArray(String[]::new);
    return sent(redis -> redis.hdel(key, names), pipeline -> pipeline.hdel(key, names))
        .orIfForeign(0L);
  }

  static Step push(String key, String text) {
    return sent(redis -> redis.rpush(key, text), pipeline -> pipeline.rpush(key, text));
  }

  static Step setField(String key, String field, String value) {
    return sent(
        redis -> redis.hset(key, field, value), pipeline -> pipeline.hset(key, field, value));
  }

  static Step expire(String key, Duration after) {
    long millis = after.toMillis();
    return sent(redis -> redis.pexpire(key, millis), pipeline -> pipeline.pexpire(key, millis));
  }

  /** Answers a map, or {@link RedisValue.None#FOREIGN}. */
  static Step readAll(String key) {
    return sent(redis -> redis.hgetAll(key), pipeline -> pipeline.hgetAll(key))
        .orIfForeign(RedisValue.None.FOREIGN)
        .asRead();
  }

  /** Answers a {@link RedisValue}. */
  static Step read(String key) {
    return of(RedisValue.read(key)).orIfForeign(RedisValue.None.FOREIGN).asRead();
  }

  /** Answers a {@link RedisValue} without attributes. */
  static Step head(String key) {
    return of(RedisValue.readHead(key)).orIfForeign(RedisValue.None.FOREIGN).asRead();
  }

  static Step of(CommandObject<?> command) {
    return sent(
        redis -> redis.executeCommand(command), pipeline -> pipeline.executeCommand(command));
  }

  private static Step sent(
      Function<UnifiedJedis, Object> alone, Function<AbstractPipeline, Response<?>> pipelined) {
    return new Step(redis -> Refusal.askAgainAfter(redis, () -> alone.apply(redis)), pipelined);
  }

  /**
   * Runs steps in this order and answers what each answered. One round trip where one server has
   * all keys. In a cluster one each, because nodes keep no order between them. Others may come in
   * between, in either.
   */
  static List<Object> inOrder(UnifiedJedis redis, List<Step> steps) {
    if (steps.size() < 2 || isCluster(redis)) {
      List<Object> answers = new ArrayList<>(steps.size());
      steps.forEach(step -> answers.add(step.answer(() -> step.alone().apply(redis))));
      return answers;
    }
    return Refusal.askAgainAfter(redis, () -> together(redis, steps));
  }

  private static List<Object> together(UnifiedJedis redis, List<Step> steps) {
    List<Response<?>> responses = new ArrayList<>(steps.size());
    try (AbstractPipeline pipeline = redis.pipelined()) {
      steps.forEach(step -> responses.add(step.pipelined().apply(pipeline)));
      pipeline.sync();
    }
    List<Object> answers = new ArrayList<>(steps.size());
    List<JedisDataException> errors = new ArrayList<>();
    boolean isSomethingDone = false;
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      try {
        answers.add(step.answer(responses.get(i)));
        isSomethingDone |= !step.onlyReads();
      } catch (JedisNoScriptException e) {
        // Those behind it were run before it: once more, or they know nothing of what it does.
        answers.add(step.alone().apply(redis));
        answers.addAll(together(redis, steps.subList(i + 1, steps.size())));
        isSomethingDone = true;
        break;
      } catch (JedisDataException e) {
        errors.add(e);
      }
    }
    if (errors.isEmpty()) {
      return answers;
    }
    JedisDataException first = errors.get(0);
    if (Refusal.is(first) && (isSomethingDone || !errors.stream().allMatch(Refusal::is))) {
      // It began to take commands in the middle, or ceased to: not to be asked for all again.
      throw new JedisException(first.getMessage(), first);
    }
    throw first;
  }

  private Object answer(Supplier<?> command) {
    try {
      return command.get();
    } catch (JedisDataException e) {
      if (ifForeign.isPresent() && Failure.isWrongType(e)) {
        return ifForeign.get();
      }
      throw e;
    }
  }

  @SuppressWarnings("deprecation") // JedisCluster is, but a program may still hand us one.
  static boolean isCluster(UnifiedJedis redis) {
    return redis instanceof RedisClusterClient || redis instanceof JedisCluster;
  }
}
