// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.fuzz.Schedules;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.CommandObjects;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.csc.Cache;
import redis.clients.jedis.executors.CommandExecutor;
import redis.clients.jedis.providers.ConnectionProvider;

/** G1, G3, G11: reads that share round trips are reads; nobody is forgotten in the queue. */
@Tag("long")
class SharedReadsSchedulesTest {
  @Test
  void sharedReadsSeeWhatWasWritten() {
    Schedules.check(Register.class);
  }

  /** A session that is read through shared round trips, two at a time, and written beside them. */
  public static final class Register {
    private final AtomicInteger written = new AtomicInteger();
    private final SharedReads reads = new SharedReads(new Redis(written), Duration.ofSeconds(5));

    /** Writes. */
    @Operation
    public int write() {
      return written.incrementAndGet();
    }

    /** Reads what was written last. */
    @Operation
    public String read() {
      return ((RedisValue.Found) reads.read("key")).envelope();
    }

    /** Reads once more, so that there are more reads than writes. */
    @Operation
    public String readToo() {
      return read();
    }
  }

  /** Answers with a number, slowly enough for others to come. */
  private static final class Redis extends UnifiedJedis {
    private final AtomicInteger written;

    Redis(AtomicInteger written) {
      super(new Alone(written), (ConnectionProvider) null, RedisProtocol.RESP2, (Cache) null);
      this.written = written;
    }

    @Override
    public AbstractPipeline pipelined() {
      return new Together(written);
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // It only makes what is sought likelier.
  private static byte[] answer(AtomicInteger written) {
    Thread.yield();
    byte[] text = SessionText.of(Instant.EPOCH, Integer.toString(written.get()), Map.of());
    Thread.yield();
    return text;
  }

  private record Alone(AtomicInteger written) implements CommandExecutor {
    @Override
    public <T> T executeCommand(CommandObject<T> command) {
      return command.getBuilder().build(answer(written));
    }

    @Override
    public void close() {}
  }

  private static final class Together extends AbstractPipeline {
    private final AtomicInteger written;

    Together(AtomicInteger written) {
      super(new CommandObjects(RedisProtocol.RESP2));
      this.written = written;
    }

    @Override
    protected <T> Response<T> appendCommand(CommandObject<T> command) {
      Response<T> response = new Response<>(command.getBuilder());
      response.set(answer(written));
      return response;
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
  }
}
