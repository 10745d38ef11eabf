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

  /** A process that reaches Redis over a link that dies. */
  interface Doomed extends AutoCloseable {
    /** Its sessions, as long as only so many writes arrive. */
    SessionPeer dyingAfter(int writes) throws Exception;
  }

  /** A library, in another process each time. */
  private record Library(DyingLink link, Function<String, SessionPeer> maker) implements Doomed {
    @Override
    public SessionPeer dyingAfter(int writes) {
      link.dieAfter(writes);
      return maker.apply(link.url());
    }

    @Override
    public void close() {
      link.close();
    }
  }

  Scenario with(String contender, boolean ours, Function<String, SessionPeer> maker) {
    return with(contender, ours, () -> new Library(new DyingLink(redis.port()), maker));
  }

  Scenario with(String contender, boolean ours, Scenario.Maker<Doomed> maker) {
    return new Scenario(
        "G5",
        "endless-key",
        "a process that dies after any of its writes leaves nothing without an end",
        contender,
        ours,
        WRITES,
        () -> {
          AtomicInteger writes = new AtomicInteger();
          Doomed doomed = maker.make();
          return new Scenario.Stage(() -> die(writes.incrementAndGet(), doomed), doomed);
        });
  }

  private Optional<String> die(int writes, Doomed doomed) throws Exception {
    try (Jedis admin = redis.jedis()) {
      admin.flushAll();
      try (SessionPeer peer = doomed.dyingAfter(writes)) {
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
