// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;
import redis.clients.jedis.util.Pool;

/**
 * All keys of a pattern, from one server after the other, in batches ({@code SCAN}). Jedis has such
 * an iteration, which passes over a server when a batch of it is asked for again.
 */
final class KeyScan {
  private final RedisCalls calls;
  private final ScanParams params;
  private final Queue<Pool<Connection>> servers;
  private String cursor = ScanParams.SCAN_POINTER_START;

  /** About so many keys a batch. */
  KeyScan(RedisCalls calls, String pattern, int batch) {
    this.calls = calls;
    this.params = new ScanParams().match(pattern).count(batch);
    this.servers = new ArrayDeque<>(Node.pools(calls.redis()));
  }

  boolean hasNext() {
    return !servers.isEmpty();
  }

  List<String> next() {
    Pool<Connection> server = servers.element();
    ScanResult<String> batch =
        calls.repeatable(() -> Refusal.askAgainAfter(calls.redis(), () -> scan(server)));
    cursor = batch.getCursor();
    if (batch.isCompleteIteration()) {
      cursor = ScanParams.SCAN_POINTER_START;
      servers.remove();
    }
    return batch.getResult();
  }

  private ScanResult<String> scan(Pool<Connection> server) {
    CommandArguments scan =
        new CommandArguments(Protocol.Command.SCAN)
            .add(cursor.getBytes(StandardCharsets.US_ASCII))
            .addParams(params);
    try (Connection connection = Node.take(server)) {
      return connection.executeCommand(new CommandObject<>(scan, BuilderFactory.SCAN_RESPONSE));
    }
  }
}
