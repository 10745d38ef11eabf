// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.fuzz.Schedules;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.CommandObjects;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.args.Rawable;
import redis.clients.jedis.csc.Cache;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.executors.CommandExecutor;
import redis.clients.jedis.providers.ConnectionProvider;

/**
 * G2, G11: writes that share round trips are done once each, and everybody gets their own answer.
 */
@Tag("long")
class SharedWritesSchedulesTest {
  @Test
  void sharedWritesAreDoneOnceAndAnsweredToWhoAsked() {
    Schedules.check(Counter.class);
  }

  /** A counter that is written through shared round trips, and read beside them. */
  public static final class Counter {
    private static final Script ADD = Script.named("push.lua");

    private final Redis redis = new Redis(new Server());
    private final SharedWrites writes = new SharedWrites(redis, Duration.ofSeconds(5));

    private String add(int delta) {
      return (String) writes.run(ADD, List.of("counter"), List.of(Integer.toString(delta)));
    }

    /** Each thread adds other numbers, so that an answer to somebody else is told apart. */
    @Operation
    public String addOne() {
      return add(1);
    }

    /** Adds ten. */
    @Operation
    public String addTen() {
      return add(10);
    }

    /** Adds a hundred. */
    @Operation
    public String addHundred() {
      return add(100);
    }

    /** Reads what the counter holds. */
    @Operation
    public int value() {
      return redis.server.counter.get();
    }
  }

  /** Adds, slowly enough for others to come, and now and then has forgotten the script. */
  private static final class Server {
    private static final int FORGETS_EACH = 5;

    private final AtomicInteger counter = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();

    /** The sum behind the number that was added. */
    @SuppressWarnings("ThreadPriorityCheck") // It only makes what is sought likelier.
    Object answer(CommandArguments command) {
      boolean byHash = command.getCommand() == Protocol.Command.EVALSHA;
      if (byHash && asked.incrementAndGet() % FORGETS_EACH == 0) {
        return new JedisNoScriptException("NOSCRIPT No matching script.");
      }
      String delta = "";
      for (Rawable argument : command) {
        delta = new String(argument.getRaw(), StandardCharsets.UTF_8);
      }
      Thread.yield();
      String answer = delta + ": " + counter.addAndGet(Integer.parseInt(delta));
      Thread.yield();
      return answer.getBytes(StandardCharsets.UTF_8);
    }
  }

  private static final class Redis extends UnifiedJedis {
    private final Server server;

    Redis(Server server) {
      super(new Alone(server), (ConnectionProvider) null, RedisProtocol.RESP2, (Cache) null);
      this.server = server;
    }

    @Override
    public AbstractPipeline pipelined() {
      return new Together(server);
    }
  }

  private record Alone(Server server) implements CommandExecutor {
    @Override
    public <T> T executeCommand(CommandObject<T> command) {
      Object answer = server.answer(command.getArguments());
      if (answer instanceof JedisNoScriptException e) {
        throw e;
      }
      return command.getBuilder().build(answer);
    }

    @Override
    public void close() {}
  }

  private static final class Together extends AbstractPipeline {
    private final Server server;

    Together(Server server) {
      super(new CommandObjects(RedisProtocol.RESP2));
      this.server = server;
    }

    @Override
    protected <T> Response<T> appendCommand(CommandObject<T> command) {
      Response<T> response = new Response<>(command.getBuilder());
      response.set(server.answer(command.getArguments()));
      return response;
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
  }
}
