// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Reads sessions from one server, several in one round trip when there is much to do. There are two
 * lanes, each a round trip under way. Who finds one free goes at once; while both are taken, reads
 * queue up, and the first of them then sends what all of them ask. System calls and context
 * switches are what a round trip costs, so a busy site saves most of them.
 *
 * <p>What a read answers was always read after it was asked for. Nobody waits longer than the
 * patience, counted from when they asked, in the queue and for the answer together; with a client
 * that {@link RedisConnections} did not open, the answer has the client's own time-out. A round
 * trip that gets no answer in time fails, with those who sent it, all who have waited since before
 * it. Thread-safe.
 */
final class SharedReads {
  private static final int LANES = 2;

  /** More in one round trip would keep the first of them waiting. */
  private static final int MOST = 64;

  /** Who has less of the patience left than this share does not send for others. */
  private static final int SHARE = 4;

  private final UnifiedJedis redis;
  private final Duration patience;
  private final AtomicInteger freeLanes = new AtomicInteger(LANES);
  private final Queue<Read> waiting = new ConcurrentLinkedQueue<>();

  SharedReads(UnifiedJedis redis, Duration patience) {
    this.redis = redis;
    this.patience = patience;
  }

  private static final class Read {
    private final String key;
    private final long asked;
    private final long deadline;

    /** Completed by who has the answer; without one, when it is this one's turn to lead. */
    private final CompletableFuture<@Nullable RedisValue> turn = new CompletableFuture<>();

    Read(String key, long asked, long deadline) {
      this.key = key;
      this.asked = asked;
      this.deadline = deadline;
    }

    private long left() {
      return deadline - System.nanoTime();
    }
  }

  /**
   * What is under a key.
   *
   * @throws JedisException as a command of its own would
   */
  RedisValue read(String key) {
    long now = System.nanoTime();
    long deadline = now + patience.toNanos();
    if (waiting.isEmpty() && takeLane()) {
      try {
        return readAlone(key, deadline);
      } finally {
        leaveLane();
      }
    }
    Read own = new Read(key, now, deadline);
    waiting.add(own);
    wakeNext();
    RedisValue answer = await(own);
    return answer != null ? answer : lead(own);
  }

  /** Those who wait need not wait for what will not come. */
  void giveUp() {
    failAll(waiting, tooLate());
    waiting.removeIf(read -> read.turn.isDone());
  }

  int waiting() {
    return waiting.size();
  }

  /** Null if it is this one's turn to lead. */
  private @Nullable RedisValue await(Read own) {
    try {
      return own.turn.get(Math.max(0, own.left()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return withdraw(own, tooLate());
    } catch (InterruptedException e) {
      return withdraw(own, new JedisException("interrupted while waiting for a turn", e));
    } catch (ExecutionException e) {
      throw thrown(e.getCause());
    }
  }

  /** Whoever has the answer, or hands over a lane, may be quicker. */
  private RedisValue withdraw(Read own, JedisException why) {
    if (own.turn.completeExceptionally(why)) {
      throw why;
    }
    RedisValue answer;
    try {
      answer = own.turn.join();
    } catch (CompletionException e) {
      throw thrown(e.getCause());
    }
    if (answer == null) {
      leaveLane();
      throw why;
    }
    return answer;
  }

  private static RuntimeException thrown(@Nullable Throwable failure) {
    return failure instanceof RuntimeException e ? e : new CompletionException(failure);
  }

  private static JedisException tooLate() {
    return new JedisConnectionException(new SocketTimeoutException("no answer in time"));
  }

  private boolean takeLane() {
    return freeLanes.getAndUpdate(free -> Math.max(0, free - 1)) > 0;
  }

  private void leaveLane() {
    freeLanes.incrementAndGet();
    wakeNext();
  }

  /** A free lane goes to who has waited longest and has time. */
  private void wakeNext() {
    while (!waiting.isEmpty() && takeLane()) {
      Read next = nextLeader();
      if (next != null && next.turn.complete(null)) {
        return;
      }
      // Another lane took all of them; who has come since must not be overlooked.
      freeLanes.incrementAndGet();
    }
  }

  /** The others' answers would be due when its own is: so one that has time, if any has. */
  private @Nullable Read nextLeader() {
    List<Read> late = new ArrayList<>(0);
    Read next = poll();
    while (next != null && next.left() < patience.toNanos() / SHARE) {
      late.add(next);
      next = poll();
    }
    if (next == null && !late.isEmpty()) {
      next = late.remove(late.size() - 1);
    }
    waiting.addAll(late);
    return next;
  }

  /** Passes over those who have withdrawn. */
  private @Nullable Read poll() {
    Read read = waiting.poll();
    while (read != null && read.turn.isDone()) {
      read = waiting.poll();
    }
    return read;
  }

  private RedisValue lead(Read own) {
    List<Read> followers = new ArrayList<>();
    long began = System.nanoTime();
    try {
      for (Read read = poll(); read != null; read = poll()) {
        followers.add(read);
        if (followers.size() == MOST - 1) {
          break;
        }
      }
      return followers.isEmpty() ? readAlone(own.key, own.deadline) : readTogether(own, followers);
    } catch (RuntimeException | Error e) {
      if (Failure.isInterrupt(e)) {
        // Somebody wants this thread to stop, which is no reason for the others to fail.
        followers.stream().filter(read -> !read.turn.isDone()).forEach(waiting::add);
      } else {
        failAll(followers, e);
        if (Failure.isTimeout(e)) {
          waiting.removeIf(read -> read.asked - began < 0 && fail(read, e));
        }
      }
      throw e;
    } finally {
      leaveLane();
    }
  }

  private static void failAll(Iterable<Read> reads, Throwable e) {
    for (Read read : reads) {
      fail(read, e);
    }
  }

  private static boolean fail(Read read, Throwable e) {
    return read.turn.completeExceptionally(e);
  }

  private RedisValue readAlone(String key, long deadline) {
    return Refusal.askAgainAfter(
        redis,
        () -> {
          try (Connection connection = Node.lend(redis, deadline)) {
            return connection == null
                ? redis.executeCommand(RedisValue.read(key))
                : connection.executeCommand(RedisValue.read(key));
          }
        });
  }

  private RedisValue readTogether(Read own, List<Read> followers) {
    List<Response<RedisValue>> answers = Refusal.askAgainAfter(redis, () -> send(own, followers));
    for (int i = 0; i < followers.size(); i++) {
      handOver(answers.get(i + 1), followers.get(i));
    }
    return answers.get(0).get();
  }

  private List<Response<RedisValue>> send(Read own, List<Read> followers) {
    List<Response<RedisValue>> answers = new ArrayList<>(followers.size() + 1);
    try (Connection connection = Node.lend(redis, own.deadline);
        AbstractPipeline pipeline =
            connection == null ? redis.pipelined() : new Pipeline(connection)) {
      answers.add(pipeline.executeCommand(RedisValue.read(own.key)));
      for (Read read : followers) {
        answers.add(pipeline.executeCommand(RedisValue.read(read.key)));
      }
      pipeline.sync();
    }
    answers.forEach(SharedReads::throwRefusal);
    return answers;
  }

  private static void throwRefusal(Response<RedisValue> answer) {
    try {
      answer.get();
    } catch (JedisDataException e) {
      if (Refusal.is(e)) {
        throw e;
      }
    }
  }

  /** What Redis says no to is only that reader's trouble. */
  private static void handOver(Response<RedisValue> answer, Read read) {
    try {
      read.turn.complete(answer.get());
    } catch (JedisException e) {
      fail(read, e);
    }
  }
}
