package dev.lms.session.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Reads sessions from one server, several in one round trip when there is much to do. There are two
 * lanes, each a round trip under way. Who finds one free goes at once; while both are taken, reads
 * queue up, and the first of them then sends what all of them ask. System calls and context
 * switches are what a round trip costs, so a busy site saves most of them.
 *
 * <p>What a read answers was always read after it was asked for. A lane that gets no answer holds
 * up those behind it for as long as the client waits. Thread-safe.
 */
final class SharedReads {
  private static final int LANES = 2;

  /** More in one round trip would keep the first of them waiting. */
  private static final int MOST = 64;

  private final UnifiedJedis redis;
  private final AtomicInteger freeLanes = new AtomicInteger(LANES);
  private final Queue<Read> waiting = new ConcurrentLinkedQueue<>();

  SharedReads(UnifiedJedis redis) {
    this.redis = redis;
  }

  private static final class Read {
    private final String key;

    /** Completed by who has the answer; without one, when it is this one's turn to lead. */
    private final CompletableFuture<@Nullable RedisValue> turn = new CompletableFuture<>();

    Read(String key) {
      this.key = key;
    }
  }

  /**
   * What is under a key.
   *
   * @throws JedisException as a command of its own would
   */
  RedisValue read(String key) {
    if (waiting.isEmpty() && takeLane()) {
      try {
        return redis.executeCommand(RedisValue.read(key));
      } finally {
        leaveLane();
      }
    }
    Read own = new Read(key);
    waiting.add(own);
    wakeNext();
    RedisValue answer = await(own);
    return answer != null ? answer : lead(own);
  }

  int waiting() {
    return waiting.size();
  }

  private static @Nullable RedisValue await(Read own) {
    try {
      return own.turn.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof JedisException failure) {
        throw failure;
      }
      throw e;
    }
  }

  private boolean takeLane() {
    return freeLanes.getAndUpdate(free -> Math.max(0, free - 1)) > 0;
  }

  private void leaveLane() {
    freeLanes.incrementAndGet();
    wakeNext();
  }

  /** A free lane goes to who has waited longest. */
  private void wakeNext() {
    while (!waiting.isEmpty() && takeLane()) {
      Read next = waiting.poll();
      if (next != null) {
        next.turn.complete(null);
        return;
      }
      // Another lane took all of them; who has come since must not be overlooked.
      freeLanes.incrementAndGet();
    }
  }

  private RedisValue lead(Read own) {
    List<Read> followers = new ArrayList<>();
    try {
      for (Read read = waiting.poll(); read != null; read = waiting.poll()) {
        followers.add(read);
        if (followers.size() == MOST - 1) {
          break;
        }
      }
      return followers.isEmpty()
          ? redis.executeCommand(RedisValue.read(own.key))
          : readTogether(own, followers);
    } catch (RuntimeException | Error e) {
      if (Failure.isInterrupt(e)) {
        // Somebody wants this thread to stop, which is no reason for the others to fail.
        followers.stream().filter(read -> !read.turn.isDone()).forEach(waiting::add);
      } else {
        followers.forEach(read -> read.turn.completeExceptionally(e));
      }
      throw e;
    } finally {
      leaveLane();
    }
  }

  private RedisValue readTogether(Read own, List<Read> followers) {
    List<Response<RedisValue>> answers = new ArrayList<>(followers.size());
    Response<RedisValue> ownAnswer;
    try (AbstractPipeline pipeline = redis.pipelined()) {
      ownAnswer = pipeline.executeCommand(RedisValue.read(own.key));
      for (Read read : followers) {
        answers.add(pipeline.executeCommand(RedisValue.read(read.key)));
      }
      pipeline.sync();
    }
    for (int i = 0; i < answers.size(); i++) {
      handOver(answers.get(i), followers.get(i));
    }
    return ownAnswer.get();
  }

  /** What Redis says no to is only that reader's trouble. */
  private static void handOver(Response<RedisValue> answer, Read read) {
    try {
      read.turn.complete(answer.get());
    } catch (JedisException e) {
      read.turn.completeExceptionally(e);
    }
  }
}
