// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/** G11 for pages: a Redis that takes connections and answers nothing holds up nobody. */
class SilentRedisTest {
  /** Whoever waits for an answer waits longer than the test does. */
  private static final int TIMEOUT = 120_000;

  private static final PageKey KEY = key("/hot");

  @Test
  void whoFindsTheCopyOutOfUseIsToldAtOnceAndRecoveryNeedsNobody(@TempDir Path folder)
      throws Exception {
    try (RedisProcess redis = new RedisProcess(folder);
        RedisClient client = RedisProcess.client(redis.port(), TIMEOUT)) {
      RedisPageStore far =
          new RedisPageStore(client, RedisPageStore.DEFAULT_PREFIX, Clock.systemUTC());
      try (NearPageStore node = NearPageStore.over(far, 1 << 20, Clock.systemUTC())) {
        whileItIsSilent(redis, node);
        within("it answers again", () -> answers(node));
      }
    }
  }

  /**
   * Also after the page was lost: who is first to ask a new server, and who renews the lease, may
   * each begin an epoch.
   */
  private static boolean isHit(NearPageStore node) {
    if (node.lookup(KEY, Stamp.NONE) instanceof PageStore.Miss miss) {
      node.store(KEY, page(KEY, "text", Clock.systemUTC().instant()), miss.stamp());
      return false;
    }
    return true;
  }

  private static void whileItIsSilent(RedisProcess redis, NearPageStore node) throws Exception {
    // In use now, by a lease that is being renewed.
    within("there is a lease", () -> isHit(node));
    redis.pause();
    try {
      within("nobody waits for an answer", () -> !answers(node));
    } finally {
      redis.resume();
    }
  }

  private static boolean answers(NearPageStore node) {
    try {
      return node.lookup(KEY, Stamp.NONE) instanceof PageStore.Hit;
    } catch (PageStoreException e) {
      return false;
    }
  }

  /** Each time asked on a thread of its own: one that waits for an answer keeps nobody. */
  private static void within(String what, BooleanSupplier condition) throws Exception {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    boolean holds = false;
    while (!holds) {
      assertTrue(System.nanoTime() < giveUp, what);
      CompletableFuture<Boolean> asked = new CompletableFuture<>();
      Thread thread = new Thread(() -> asked.complete(condition.getAsBoolean()));
      thread.setDaemon(true);
      thread.start();
      holds = asked.completeOnTimeout(false, 100, TimeUnit.MILLISECONDS).get();
    }
  }
}
