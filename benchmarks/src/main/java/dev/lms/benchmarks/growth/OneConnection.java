// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.Map;

/**
 * Hashes in Redis, changed by whoever shares a single connection to it: no order of writes, no end
 * of a session, no index. Thread-safe, as long as each thread has a hash of its own.
 */
final class OneConnection implements AutoCloseable {
  private static final String PREFIX = "raw:";
  private static final String COUNTER = "visits";
  private static final String SET_IF_THERE =
      """
      return redis.call('EXISTS', KEYS[1]) == 1 and redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
      """;

  private final RedisClient client;
  private final RedisCommands<String, String> commands;
  private final String script;

  OneConnection(String url) {
    client = RedisClient.create(url);
    commands = client.connect().sync();
    script = commands.scriptLoad(SET_IF_THERE);
  }

  void begin(int number, Map<String, String> data) {
    commands.hset(PREFIX + number, data);
  }

  /** Sets what it has not read. */
  void set(int number) {
    set(number, "1");
  }

  /** Reads all there is and sets one field. */
  void change(int number) {
    Map<String, String> read = commands.hgetall(PREFIX + number);
    set(number, Long.toString(Long.parseLong(read.get(COUNTER)) + 1));
  }

  private void set(int number, String value) {
    String[] keys = {PREFIX + number};
    Long added = commands.evalsha(script, ScriptOutputType.INTEGER, keys, COUNTER, value);
    if (added == null || added != 0) {
      throw new IllegalStateException("the change was not stored");
    }
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
