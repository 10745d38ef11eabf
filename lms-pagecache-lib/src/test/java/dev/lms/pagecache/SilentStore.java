// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that may be silent, and counts who asks it all the same. */
final class SilentStore implements PageStore {
  final AtomicInteger asked = new AtomicInteger();
  volatile boolean silent;
  private final ManualClock clock;
  private final LocalPageStore inner;

  SilentStore(ManualClock clock) {
    this.clock = clock;
    inner = new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock, clock::nanos);
  }

  /** A cache in front of it, which goes by the same clock. */
  PageCache cache(Executor probes) {
    return new PageCache(
        this,
        clock,
        PageCache.DEFAULT_MAX_PAGE_BYTES,
        Duration.ofMinutes(1),
        null,
        clock::nanos,
        probes,
        new Counters(List.of()));
  }

  private void ask() {
    asked.incrementAndGet();
    if (silent) {
      throw new PageStoreException("silent", new IOException());
    }
  }

  @Override
  public Lookup lookup(PageKey key, Stamp seen) {
    ask();
    return inner.lookup(key, seen);
  }

  @Override
  public Stored store(PageKey key, Page page, Stamp stamp) {
    ask();
    return inner.store(key, page, stamp);
  }

  @Override
  public void purge(Collection<String> tags) {
    ask();
    inner.purge(tags);
  }

  @Override
  public boolean isKnownToBePurged(Stamp stamp, Collection<String> tags) {
    return inner.isKnownToBePurged(stamp, tags);
  }

  @Override
  public long bytes() {
    return inner.bytes();
  }
}
