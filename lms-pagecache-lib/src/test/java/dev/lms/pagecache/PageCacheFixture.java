// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static dev.lms.pagecache.Pages.text;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/** A page cache in a time of its own, and renders that are counted. */
abstract class PageCacheFixture {
  static final PageKey KEY = key("/a");
  static final PresentedRequest REQUEST = PresentedRequest.of(Pages.RULE.withTags("t"));
  final ManualClock clock = new ManualClock();
  final PageStore store =
      new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock, clock::nanos);
  final PageCache cache =
      new PageCache(
          store,
          clock,
          PageCache.DEFAULT_MAX_PAGE_BYTES,
          PageCache.DEFAULT_MAX_WAIT,
          null,
          clock::nanos,
          Runnable::run,
          new Counters(List.of()));
  final AtomicInteger renders = new AtomicInteger();
  final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  Outcome get(PageCache from, Renderer renderer) throws IOException {
    return from.get(KEY, Asker.ANONYMOUS, REQUEST, renderer);
  }

  Renderer renders(String text) {
    return (key, stale, release) -> {
      renders.incrementAndGet();
      return new Renderer.Storable(page(key, text, clock.instant(), "t"), key);
    };
  }

  Renderer passes(Reason reason) {
    return (key, stale, release) -> {
      renders.incrementAndGet();
      return new Renderer.Passed(reason);
    };
  }

  static String textOf(Outcome outcome) {
    return text(outcome.page().orElseThrow());
  }

  static void await(CountDownLatch latch) throws IOException {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS), "nobody came");
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  <T> T done(Future<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }
}
