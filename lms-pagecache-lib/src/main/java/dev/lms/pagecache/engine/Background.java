// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.engine;

import dev.lms.pagecache.store.PageKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Work that nobody waits for: at most one piece for each key, and not more than a few in all. */
public final class Background {
  private static final int MOST = 64;

  private final Executor executor;
  private final Set<PageKey> underWay = ConcurrentHashMap.newKeySet();

  /**
   * Creates a place for background work.
   *
   * @param executor runs the work; the caller closes it
   */
  public Background(Executor executor) {
    this.executor = executor;
  }

  /**
   * Starts work, unless there is some for this key already or too much in all.
   *
   * @param key the page the work is about
   * @param work the work
   */
  public void start(PageKey key, Runnable work) {
    if (underWay.size() >= MOST || !underWay.add(key)) {
      return;
    }
    try {
      executor.execute(
          () -> {
            try {
              work.run();
            } finally {
              underWay.remove(key);
            }
          });
    } catch (RejectedExecutionException e) {
      underWay.remove(key); // The executor is full or closed; the page stays stale for now.
    }
  }
}
