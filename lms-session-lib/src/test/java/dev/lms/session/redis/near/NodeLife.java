// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.near;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.lms.session.WriteOptions;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import redis.clients.jedis.UnifiedJedis;

/**
 * One life of one session, and what must be seen of it: no less than was acknowledged, or seen by
 * anybody, before somebody asked; no more than was begun before they had their answer; nothing once
 * its end has returned; and until then, while its deadline lies ahead by the clock of who asks, the
 * session itself. Thread-safe.
 */
final class NodeLife {
  private static final Instant BASE = Instant.parse("2026-11-26T12:00:00Z");
  private static final Duration SKEW = Duration.ofMinutes(7);

  /**
   * By the clock that is fast: there a session ends again and again, and is prolonged by others.
   */
  private static final Duration LASTS = Duration.ofMillis(60);

  private final String token;
  private final Queue<String> violations;
  private final long start = System.nanoTime();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger acknowledged = new AtomicInteger();

  /** The most that was acknowledged or seen. */
  private final AtomicInteger known = new AtomicInteger();

  private final AtomicInteger roleBegun = new AtomicInteger();
  private final AtomicInteger roleKnown = new AtomicInteger();
  private final AtomicLong deadlineBegun = new AtomicLong();
  private final AtomicLong deadlineKnown = new AtomicLong();
  private volatile boolean endBegun;
  private volatile boolean ended;

  /** Begins it. */
  NodeLife(String url, Queue<String> violations) {
    this.violations = violations;
    try (UnifiedJedis redis = RedisConnections.open(url, 1)) {
      long deadline = nextDeadline();
      deadlineKnown.set(deadline);
      Instant now = Instant.ofEpochMilli(now(0));
      this.token =
          new RedisSessionStore(redis, NearNode.KEYS, "session:")
              .create(
                  NearNode.envelope(now, 0),
                  Map.of(NearNode.COUNTER, "0"),
                  WriteOptions.at(now, Instant.ofEpochMilli(deadline)))
              .orElseThrow();
    }
  }

  boolean hasEnded() {
    return ended;
  }

  /** The first node's wall clock is right, the second's is fast, and all others' are slow. */
  private long now(int node) {
    long millis = BASE.toEpochMilli() + NANOSECONDS.toMillis(System.nanoTime() - start);
    return node == 0 ? millis : millis + (node == 1 ? 1 : -1) * SKEW.toMillis();
  }

  private long nextDeadline() {
    long next = now(1) + LASTS.toMillis();
    return deadlineBegun.accumulateAndGet(next, Math::max);
  }

  /** Whoever began with this may say of the session only what fits. */
  private final class Seen {
    private final long now;
    private final boolean wasEnded = ended;
    private final int least = known.get();
    private final int leastRole = roleKnown.get();
    private final long deadline = deadlineKnown.get();

    Seen(long now) {
      this.now = now;
    }

    private void check(boolean fits, String otherwise) {
      if (!fits) {
        violations.add(otherwise);
      }
    }

    void absent() {
      check(endBegun || now >= deadline, "absent by itself before its deadline");
    }

    void there(String[] words) {
      check(!wasEnded, "there after its end had returned");
      int most = Integer.parseInt(words[3]);
      check(Integer.parseInt(words[2]) >= least, words[2] + " is less than " + least);
      check(most <= begun.get(), most + " is more than was begun");
      int mostRole = Integer.parseInt(words[5]);
      check(Integer.parseInt(words[4]) >= leastRole, "role " + words[4] + " came back");
      check(mostRole <= roleBegun.get(), "role " + mostRole + " was never given");
      check(Long.parseLong(words[6]) <= deadlineBegun.get(), "a deadline that nobody set");
      known.accumulateAndGet(most, Math::max);
      roleKnown.accumulateAndGet(mostRole, Math::max);
    }
  }

  CompletableFuture<?> look(NearProcess node, int index, int times) {
    Seen seen = new Seen(now(index));
    return node.ask("look", token, seen.now, 0, times)
        .thenAccept(
            answer -> {
              String[] words = answer.split(" ", -1);
              if (!answer.equals(NearProcess.UNKNOWN) && !words[0].equals("0")) {
                seen.there(words);
              }
              if (!answer.equals(NearProcess.UNKNOWN) && !words[1].equals("0")) {
                seen.absent();
              }
            });
  }

  /**
   * Waits until that node reads it from a copy; not for long, because there may be reasons not to.
   */
  void copy(NearProcess node, int index) throws Exception {
    node.ask("copy", token, now(index), 0, 0).get(60, TimeUnit.SECONDS);
  }

  /** Adds one, or only moves the deadline. */
  CompletableFuture<?> update(NearProcess node, int index, String what) {
    int one = what.equals("add") ? 1 : 0;
    Seen seen = new Seen(now(index));
    long deadline = nextDeadline();
    begun.addAndGet(one);
    return node.ask(what, token, seen.now, deadline, 0)
        .thenAccept(
            answer -> {
              if (answer.equals("done")) {
                seen.check(!seen.wasEnded, "changed after its end had returned");
                acknowledged.addAndGet(one);
                known.accumulateAndGet(acknowledged.get(), Math::max);
                deadlineKnown.accumulateAndGet(deadline, Math::max);
              } else if (!answer.equals(NearProcess.UNKNOWN)) {
                seen.absent();
              }
            });
  }

  void changeRoles(NearProcess node, int index) throws Exception {
    if (index == 1) {
      return; // By its clock the session may have ended, and is left alone.
    }
    int role = roleBegun.incrementAndGet();
    String answer =
        node.ask("roles", token, now(index), 0, NearNode.ROLE + role).get(60, TimeUnit.SECONDS);
    if (answer.equals("1")) {
      roleKnown.accumulateAndGet(role, Math::max);
    } else if (!answer.equals(NearProcess.UNKNOWN)) {
      violations.add("roles changed in " + answer + " sessions");
    }
  }

  /** Whether its end was acknowledged. */
  boolean end(NearProcess node, int index, String how) throws Exception {
    endBegun = true;
    String answer =
        node.ask(how, token, now(index), deadlineBegun.get(), roleBegun.get())
            .get(60, TimeUnit.SECONDS);
    // Who signs in by a clock by which the session has ended gets none, and ends none.
    ended = !Set.of(NearProcess.UNKNOWN, "absent", "gone").contains(answer);
    return ended;
  }
}
