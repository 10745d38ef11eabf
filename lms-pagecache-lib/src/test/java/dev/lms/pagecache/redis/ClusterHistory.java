// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static dev.lms.pagecache.Pages.text;

import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import redis.clients.jedis.RedisClusterClient;

/**
 * Nodes that read and purge pages, and what they may see: nothing older than the newest purge that
 * had returned before they asked. A page is its version.
 */
final class ClusterHistory implements AutoCloseable {
  static final int PAGES = 48;
  private static final int READERS = 3;

  private final ClusterProcess cluster;
  private final List<RedisClusterClient> clients = new ArrayList<>();
  private final List<PageStore> nodes = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> running = new ArrayList<>();
  private final AtomicLongArray truth = new AtomicLongArray(PAGES);
  private final AtomicLongArray purged = new AtomicLongArray(PAGES);
  private final Random seeds;
  private final AtomicLong steps = new AtomicLong();
  private volatile boolean stopped;

  final AtomicLong hits = new AtomicLong();
  final Queue<String> violations = new ConcurrentLinkedQueue<>();
  final Queue<String> failedReads = new ConcurrentLinkedQueue<>();
  final Queue<String> failedPurges = new ConcurrentLinkedQueue<>();

  ClusterHistory(ClusterProcess cluster, long seed) {
    this.cluster = cluster;
    this.seeds = new Random(seed);
    join();
    join();
  }

  /** A node more, which has seen nothing yet. */
  PageStore join() {
    RedisClusterClient client = cluster.client();
    clients.add(client);
    PageStore node =
        new RedisPageStore(client, RedisPageStore.DEFAULT_PREFIX, InstantSource.system());
    nodes.add(node);
    return node;
  }

  private static PageKey keyOf(int page) {
    return key("/page/" + page);
  }

  /** As a visitor does. */
  void visit(PageStore node, int page) {
    long atLeast = purged.get(page);
    try {
      PageStore.Lookup found = node.lookup(keyOf(page), Stamp.NONE);
      if (found instanceof PageStore.Hit hit) {
        hits.incrementAndGet();
        long seen = Long.parseLong(text(hit.page()));
        if (seen < atLeast) {
          violations.add("page " + page + ": " + seen + " was purged by " + atLeast);
        }
      } else {
        Stamp stamp = ((PageStore.Miss) found).stamp();
        String render = Long.toString(truth.get(page));
        node.lookup(key("/elsewhere"), Stamp.NONE); // Takes a while, as a render does.
        node.store(keyOf(page), page(keyOf(page), render, Instant.now(), "t" + page), stamp);
      }
    } catch (PageStoreException e) {
      failedReads.add(String.valueOf(e.getCause()));
    }
  }

  /** As an edit does. */
  void edit(PageStore node, int page) {
    long version = truth.incrementAndGet(page);
    try {
      node.purge(List.of("t" + page));
      purged.accumulateAndGet(page, version, Math::max);
    } catch (PageStoreException e) {
      failedPurges.add(String.valueOf(e.getCause()));
    }
  }

  void start() {
    stopped = false;
    for (int i = 0; i <= READERS; i++) {
      Random random = new Random(seeds.nextLong());
      boolean edits = i == 0;
      running.add(
          threads.submit(
              () -> {
                while (!stopped) {
                  PageStore node = nodes.get(random.nextInt(2));
                  int page = random.nextInt(PAGES);
                  if (edits) {
                    edit(node, page);
                  } else {
                    visit(node, page);
                  }
                  steps.incrementAndGet();
                }
              }));
    }
  }

  void awaitSteps(int some) {
    long enough = steps.get() + some;
    RedisProcess.await("there were " + some + " calls more", () -> steps.get() >= enough);
  }

  void stop() throws Exception {
    stopped = true;
    for (Future<?> one : running) {
      one.get(60, TimeUnit.SECONDS);
    }
    running.clear();
  }

  @Override
  public void close() {
    stopped = true;
    threads.shutdown();
    clients.forEach(RedisClusterClient::close);
  }
}
