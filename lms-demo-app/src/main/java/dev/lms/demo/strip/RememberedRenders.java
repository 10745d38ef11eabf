// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.strip;

import dev.lms.pagecache.Explanation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How the stored pages of this worker came about: a page that comes from the cache does not say so
 * itself. The newest of them. Thread-safe.
 */
final class RememberedRenders {
  private static final int MOST = 500;

  /**
   * A render.
   *
   * @param took from the first byte of the request to the whole page
   */
  record Render(Duration took, Optional<Explanation> explanation) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Render> renders =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Render> eldest) {
          return size() > MOST;
        }
      };

  void remember(String page, Render render) {
    lock.lock();
    try {
      renders.remove(page);
      renders.put(page, render);
    } finally {
      lock.unlock();
    }
  }

  Optional<Render> of(String page) {
    lock.lock();
    try {
      return Optional.ofNullable(renders.get(page));
    } finally {
      lock.unlock();
    }
  }
}
