// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static dev.lms.pagecache.Pages.text;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;

/** Nodes with near copies, in a time of the test's own, on a real Redis. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class NearFixture {
  static final Duration LONGEST = Duration.ofSeconds(1);
  static final String PREFIX = RedisPageStore.DEFAULT_PREFIX;
  final ManualClock clock = new ManualClock();
  final AtomicLong time = new AtomicLong();
  RedisProcess redis;
  RedisClient client;
  Jedis admin;

  /** A process: near copies that are told each step, over a client and a memory of its own. */
  final class Node {
    final RedisPageStore far;
    final NearPageStore near;

    Node() {
      this(time::get);
    }

    Node(LongSupplier nanos) {
      far = new RedisPageStore(client, PREFIX, clock, LONGEST, nanos);
      near = new NearPageStore(far, 1 << 20, clock);
    }

    void renew() {
      while (near.lease().obey(near.lease().ask())) {
        // Until Redis has heard that all is obeyed.
      }
    }

    Stamp miss(PageKey key) {
      return assertInstanceOf(PageStore.Miss.class, near.lookup(key, Stamp.NONE)).stamp();
    }

    String hit(PageKey key) {
      return text(assertInstanceOf(PageStore.Hit.class, near.lookup(key, Stamp.NONE)).page());
    }

    void put(PageKey key, String text, String... tags) {
      assertEquals(
          PageStore.Stored.KEPT,
          near.store(key, page(key, text, clock.instant(), tags), miss(key)));
    }

    Purges.Purge begin(String... tags) {
      return far.purges().begin(List.of(tags));
    }

    boolean holds(Purges.Purge purge) {
      return far.purges().holds(purge);
    }
  }

  @BeforeAll
  void launch(@TempDir Path folder) throws IOException {
    redis = new RedisProcess(folder);
  }

  @BeforeEach
  void open() {
    client = redis.client();
    admin = redis.admin();
    admin.flushAll();
  }

  @AfterEach
  void close() {
    client.close();
    admin.close();
  }

  @AfterAll
  void stop() {
    redis.close();
  }

  /**
   * A request, which has the node take a lease. Leases as short as these make a node refuse to ask
   * a Redis that is only a little slow, which is all the same here.
   */
  static void visit(NearPageStore node, PageKey key) {
    try {
      node.lookup(key, Stamp.NONE);
    } catch (PageStoreException e) {
      assertInstanceOf(SocketTimeoutException.class, e.getCause());
    }
  }

  /**
   * What a node whose lease renews itself finds once it has an answer: one on which an answer of
   * Redis waits to be read may refuse, and serves nothing.
   */
  static PageStore.Lookup found(PageStore node, PageKey key, Stamp seen) {
    AtomicReference<PageStore.@Nullable Lookup> found = new AtomicReference<>();
    RedisProcess.await("an answer that is no refusal", () -> isAnswered(node, key, seen, found));
    return requireNonNull(found.get());
  }

  private static boolean isAnswered(
      PageStore node, PageKey key, Stamp seen, AtomicReference<PageStore.@Nullable Lookup> found) {
    try {
      found.set(node.lookup(key, seen));
      return true;
    } catch (PageStoreException e) {
      assertInstanceOf(SocketTimeoutException.class, e.getCause());
      return false;
    }
  }

  void pass(Duration some) {
    time.addAndGet(some.toNanos());
  }
}
