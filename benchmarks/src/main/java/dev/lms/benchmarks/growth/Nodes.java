// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.pagecache.redis.NearPageStore;
import dev.lms.pagecache.redis.RedisPageStore;
import dev.lms.pagecache.store.PageKey;
import dev.lms.session.redis.RedisSessionStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.UnifiedJedis;

/** A sign-out and a purge that wait for the nodes which have copies. Each has its own client. */
final class Nodes {
  private static final String GROUP = "Nodes with near copies";
  private static final String OVER = "nodes";
  private static final String SIGN_OUT = "sign-out all must know of";
  private static final String PURGE = "purge all must know of";
  private static final int CONNECTIONS = 3;
  private static final long ROOM = 16L << 20;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private Nodes() {}

  static void measure(Scale scale, Findings findings) throws Exception {
    int most = Scale.last(scale.nodes());
    Turns turns = new Turns();
    turns.curve(GROUP, SIGN_OUT, OVER, "us");
    turns.curve(GROUP, PURGE, OVER, "us");
    List<AutoCloseable> open = new ArrayList<>();
    try (Redis redis = new Redis()) {
      try {
        List<RedisSessionStore> stores = new ArrayList<>();
        for (int i = 0; i < most; i++) {
          UnifiedJedis client = redis.connect(CONNECTIONS);
          open.add(client);
          stores.add(RedisSessionStore.withNearCopies(client, Visits.KEYS, Redis.PREFIX, ROOM));
          open.add(stores.get(i));
        }
        for (int size : scale.nodes()) {
          List<RedisSessionStore> some = stores.subList(0, size);
          turns.at(SIGN_OUT, size, Work.timed(scale.batch(), () -> signOut(some)));
          List<NearPageStore> nodes = new ArrayList<>();
          for (int i = 0; i < size; i++) {
            UnifiedJedis client = redis.connect(CONNECTIONS);
            open.add(client);
            RedisPageStore far =
                new RedisPageStore(client, "cache" + size + ':', Clock.systemUTC());
            nodes.add(NearPageStore.over(far, ROOM, Clock.systemUTC()));
            open.add(nodes.get(i));
          }
          turns.at(PURGE, size, Work.timed(scale.batch(), () -> purge(nodes)));
        }
        // The first purge in each cache waits for a second, before anything counts.
        turns.warmUp(Math.max(1, scale.warmUp()));
        findings.add(turns.run(scale.rounds()));
      } finally {
        for (AutoCloseable each : open.reversed()) {
          each.close();
        }
      }
    }
    // One node has nobody to wait for.
    int some = scale.nodes().get(1);
    findings.growth(SIGN_OUT, some, most, null);
    findings.growth(PURGE, some, most, null);
  }

  private static long signOut(List<RedisSessionStore> nodes) {
    List<Visits> visits = nodes.stream().map(Visits::new).toList();
    String cookie = visits.get(0).signIn("student", Visits.DATA);
    for (int i = 0; i < nodes.size(); i++) {
      readUntilCopied(visits.get(i), cookie, nodes.get(i));
    }
    long start = System.nanoTime();
    visits.get(0).end(cookie);
    long nanos = System.nanoTime() - start;
    visits.get(nodes.size() - 1).expectEnded(cookie);
    return nanos;
  }

  /** A node that was not asked for a while listens first, and then makes copies. */
  private static void readUntilCopied(Visits visits, String cookie, RedisSessionStore node) {
    long before = node.nearReads().hits();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (node.nearReads().hits() == before) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("a node makes no copy");
      }
      visits.read(cookie);
    }
  }

  private static long purge(List<NearPageStore> nodes) {
    PageKey key = Pages.key("/news");
    if (!Pages.isHit(nodes.get(0), key)) {
      Pages.store(nodes.get(0), key, Pages.page(key));
    }
    // Every node is asked, so every node has a lease.
    nodes.forEach(node -> Pages.expectHit(node, key));
    String tag = Pages.page(key).tags().iterator().next();
    long start = System.nanoTime();
    nodes.get(0).purge(List.of(tag));
    long nanos = System.nanoTime() - start;
    if (Pages.isHit(nodes.get(nodes.size() - 1), key)) {
      throw new IllegalStateException("a node still has what was purged");
    }
    return nanos;
  }
}
