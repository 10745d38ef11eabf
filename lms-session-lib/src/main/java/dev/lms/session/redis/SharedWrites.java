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
import java.util.concurrent.atomic.AtomicBoolean;
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
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * Changes sessions on one server, several in one round trip when there is much to do, as {@link
 * SharedReads} reads them: who finds one of two lanes free goes at once, as if nobody else were
 * there; while both are taken, changes queue up, and the first of them then sends what is there.
 *
 * <p>No change is sent twice. Whoever waits is either still in the queue, and whoever withdraws
 * from there was certainly not sent; or taken along with others, and then shares their fate: if
 * that round trip breaks, all of them are told, and nobody else. They are taken only once there is
 * a connection, so what goes wrong before that is the trouble of one. What the server says it has
 * not done, because it does not know the script or is no master, is asked of it once more. Nobody
 * waits longer than the patience, counted from when they asked; with a client that {@link
 * RedisConnections} did not open, a round trip has the client's own time-out. Thread-safe.
 */
final class SharedWrites {
  private static final int LANES = 2;

  /** More in one round trip would keep the first of them waiting. */
  private static final int MOST = 64;

  /** Who has less of the patience left than this share does not send for others. */
  private static final int SHARE = 4;

  /** Told to who is to send for the others. */
  private static final Object LEAD = new Object();

  private final UnifiedJedis redis;
  private final Duration patience;
  private final AtomicInteger freeLanes = new AtomicInteger(LANES);
  private final Queue<Write> waiting = new ConcurrentLinkedQueue<>();

  SharedWrites(UnifiedJedis redis, Duration patience) {
    this.redis = redis;
    this.patience = patience;
  }

  private static final class Write {
    private final Script script;
    private final List<String> keys;
    private final List<?> arguments;
    private final long deadline;

    /** Whether it has left the queue: to be sent, to lead, or because its time was up. */
    private final AtomicBoolean taken = new AtomicBoolean();

    /** What the script answered, or {@link #LEAD}. */
    private final CompletableFuture<Object> turn = new CompletableFuture<>();

    Write(Script script, List<String> keys, List<?> arguments, long deadline) {
      this.script = script;
      this.keys = keys;
      this.arguments = arguments;
      this.deadline = deadline;
    }

    private boolean take() {
      return taken.compareAndSet(false, true);
    }

    private long left() {
      return deadline - System.nanoTime();
    }
  }

  /**
   * What a script answers that changes one session.
   *
   * @throws JedisException as a call of its own would
   */
  Object run(Script script, List<String> keys, List<?> arguments) {
    if (Step.isCluster(redis)) {
      return script.call(redis, keys, arguments);
    }
    if (waiting.isEmpty() && takeLane()) {
      try {
        return script.call(redis, keys, arguments);
      } finally {
        leaveLane();
      }
    }
    Write own = new Write(script, keys, arguments, System.nanoTime() + patience.toNanos());
    waiting.add(own);
    wakeNext();
    Object answer = await(own);
    return answer == LEAD ? lead(own) : answer;
  }

  /** Those who wait need not wait for what will not come; none of them has been sent. */
  void giveUp() {
    for (Write write = poll(); write != null; write = poll()) {
      write.turn.completeExceptionally(tooLate());
    }
  }

  int waiting() {
    return waiting.size();
  }

  private Object await(Write own) {
    try {
      return own.turn.get(Math.max(0, own.left()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return withdraw(own, tooLate());
    } catch (InterruptedException e) {
      return withdraw(own, new JedisException("interrupted while waiting for a turn", e));
    } catch (ExecutionException e) {
      throw thrown(e);
    }
  }

  /** Out of the queue, unsent; or, once taken, off without waiting for what becomes of it. */
  private Object withdraw(Write own, JedisException why) {
    if (own.take() || own.turn.completeExceptionally(why)) {
      throw why;
    }
    Object answer = answer(own);
    if (answer == LEAD) {
      leaveLane();
      throw why;
    }
    return answer;
  }

  private static Object answer(Write done) {
    try {
      return done.turn.join();
    } catch (CompletionException e) {
      throw thrown(e);
    }
  }

  private static RuntimeException thrown(Exception e) {
    return e.getCause() instanceof RuntimeException failure ? failure : new CompletionException(e);
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
      Write next = nextLeader();
      if (next != null && next.turn.complete(LEAD)) {
        return;
      }
      // Another lane took all of them; who has come since must not be overlooked.
      freeLanes.incrementAndGet();
    }
  }

  /** The others' answers would be due when its own is: so one that has time, if any has. */
  private @Nullable Write nextLeader() {
    List<Write> late = new ArrayList<>(0);
    Write next = waiting.poll();
    while (next != null && (isLate(next) || !next.take())) {
      late.add(next);
      next = waiting.poll();
    }
    while (next == null && !late.isEmpty()) {
      Write last = late.remove(late.size() - 1);
      next = last.take() ? last : null;
    }
    late.stream().filter(write -> !write.taken.get()).forEach(waiting::add);
    return next;
  }

  private boolean isLate(Write write) {
    return write.left() < patience.toNanos() / SHARE;
  }

  /** The next that has not withdrawn, taken. */
  private @Nullable Write poll() {
    Write write = waiting.poll();
    while (write != null && !write.take()) {
      write = waiting.poll();
    }
    return write;
  }

  private Object lead(Write own) {
    Write first = new Write(own.script, own.keys, own.arguments, own.deadline);
    List<Write> batch = new ArrayList<>();
    batch.add(first);
    try {
      send(batch);
    } catch (RuntimeException | Error e) {
      first.turn.completeExceptionally(e);
      Throwable told = Failure.isInterrupt(e) ? new CutOff() : e;
      batch.forEach(write -> write.turn.completeExceptionally(told));
    } finally {
      leaveLane();
    }
    return answer(first);
  }

  /** Whoever led a round trip was interrupted in it, which is no trouble of the server's. */
  static final class CutOff extends JedisConnectionException {
    private static final long serialVersionUID = 1;

    CutOff() {
      super("a round trip that was shared was cut off");
    }
  }

  /** A change that was certainly not made, and what the server said. */
  private record Undone(Write write, JedisDataException why) {}

  /** Takes others along, and gives each what became of their change. */
  private void send(List<Write> batch) {
    long asked = System.nanoTime();
    List<Undone> undone = new ArrayList<>(0);
    List<Response<Object>> answers = roundTrip(batch, true);
    for (int i = 0; i < batch.size(); i++) {
      settle(batch.get(i), answers.get(i), undone);
    }
    if (undone.isEmpty()) {
      return;
    }
    if (undone.stream().anyMatch(one -> Refusal.is(one.why()))) {
      Failure.forgetIdleConnections(redis);
      if (!Refusal.isSoonAfter(asked)) {
        undone.forEach(one -> one.write().turn.completeExceptionally(one.why()));
        return;
      }
    }
    List<Write> again = undone.stream().map(Undone::write).toList();
    List<Undone> still = new ArrayList<>(0);
    answers = roundTrip(again, false);
    for (int i = 0; i < again.size(); i++) {
      settle(again.get(i), answers.get(i), still);
    }
    still.forEach(one -> one.write().turn.completeExceptionally(one.why()));
  }

  private static void settle(Write write, Response<Object> answer, List<Undone> undone) {
    try {
      write.turn.complete(answer.get());
    } catch (JedisDataException e) {
      if (e instanceof JedisNoScriptException || Refusal.is(e)) {
        undone.add(new Undone(write, e));
      } else {
        write.turn.completeExceptionally(e);
      }
    }
  }

  /**
   * One round trip.
   *
   * @param isFirst whether others may come along, and Redis should know their scripts
   */
  private List<Response<Object>> roundTrip(List<Write> batch, boolean isFirst) {
    List<Response<Object>> answers = new ArrayList<>(batch.size());
    try (Connection connection = Node.lend(redis, batch.get(0).deadline);
        AbstractPipeline pipeline =
            connection == null ? redis.pipelined() : new Pipeline(connection)) {
      // Not before there is a connection: until then they are in nobody's hands.
      while (isFirst && batch.size() < MOST) {
        Write next = poll();
        if (next == null) {
          break;
        }
        batch.add(next);
      }
      for (Write write : batch) {
        answers.add(
            pipeline.executeCommand(write.script.command(write.keys, write.arguments, isFirst)));
      }
      pipeline.sync();
    }
    return answers;
  }
}
