// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import dev.lms.session.redis.server.RedisServer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import redis.clients.jedis.Jedis;

/** A process that dies in the middle of a sign-in: does it leave something that lives for ever? */
record EndlessKey(RedisServer redis) {
  /** Its first writes are greetings; a sign-in is over after these at the latest. */
  private static final int WRITES = 12;

  Scenario with(String contender, boolean ours, Function<String, SessionPeer> maker) {
    return new Scenario(
        "G5",
        "endless-key",
        "a process that dies after any of its writes leaves nothing without an end",
        contender,
        ours,
        WRITES,
        () -> {
          AtomicInteger writes = new AtomicInteger();
          return new Scenario.Stage(() -> die(writes.incrementAndGet(), maker), () -> {});
        });
  }

  private Optional<String> die(int writes, Function<String, SessionPeer> maker) throws Exception {
    try (Jedis admin = redis.jedis()) {
      admin.flushAll();
      try (DyingLink link = new DyingLink(redis.port(), writes);
          SessionPeer peer = maker.apply(link.url())) {
        peer.begin();
      } catch (Exception e) {
        // It has died.
        return endless(admin, writes);
      }
      return endless(admin, writes);
    }
  }

  private static Optional<String> endless(Jedis admin, int writes) {
    return admin.keys("*").stream()
        .filter(key -> admin.ttl(key) == -1)
        .findFirst()
        .map(key -> "after " + writes + " writes a " + admin.type(key) + " has no deadline");
  }
}
