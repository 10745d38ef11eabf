// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A single connection to Redis that all callers share, over which each sends what a store has sent
 * before, byte for byte, and looks no closer at the answer. Thread-safe.
 */
final class OneConnection implements AutoCloseable {
  private static final Long STORED = 1L;

  private final RedisClient client;
  private final RedisCommands<byte[], byte[]> commands;

  OneConnection(String url) {
    client = RedisClient.create(url);
    commands = client.connect(ByteArrayCodec.INSTANCE).sync();
  }

  /** A script that changes a session, as a store has called it. */
  static final class Change {
    private final String hash;
    private final byte[][] keys;
    private final byte[][] arguments;

    private Change(String hash, byte[][] keys, byte[][] arguments) {
      this.hash = hash;
      this.keys = keys;
      this.arguments = arguments;
    }

    /** Of what Redis has received: the command, the script's hash, how many keys, and so on. */
    static Change of(List<byte[]> words) {
      int first = 3;
      int keys = Integer.parseInt(text(words.get(2)));
      return new Change(
          text(words.get(1)),
          words.subList(first, first + keys).toArray(new byte[0][]),
          words.subList(first + keys, words.size()).toArray(new byte[0][]));
    }

    private static String text(byte[] word) {
      return new String(word, StandardCharsets.US_ASCII);
    }
  }

  void send(Change change) {
    Long answer =
        commands.evalsha(change.hash, ScriptOutputType.INTEGER, change.keys, change.arguments);
    if (!STORED.equals(answer)) {
      throw new IllegalStateException("the change was not stored");
    }
  }

  /** Reads the session first. */
  void readAndSend(Change change) {
    if (commands.get(change.keys[0]) == null) {
      throw new IllegalStateException("a session is gone");
    }
    send(change);
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
