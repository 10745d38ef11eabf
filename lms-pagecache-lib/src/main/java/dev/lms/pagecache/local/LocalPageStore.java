// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.local;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keeps pages in the memory of this process, bounded in bytes. When it is full, Caffeine's
 * W-TinyLFU decides what to admit: pages requested once do not push out pages requested often.
 * Purges reach as far as the {@link PurgeCounters}: this process, or all processes that share their
 * file. Thread-safe.
 */
public final class LocalPageStore implements PageStore {
  /**
   * A page and when it is no longer kept.
   *
   * @param ends by the clock of elapsed time: the other one may be set back
   */
  private record Entry(Page page, long stamp, Slots slots, long ends) {}

  /** Slots of an entry's tags, worked out once. */
  private static final class Slots {
    private final int[] indexes;

    Slots(int[] indexes) {
      this.indexes = indexes;
    }
  }

  private final PurgeCounters purges;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Cache<PageKey, Entry> pages;

  /**
   * Creates a store for one process, with the system's clock.
   *
   * @param maxBytes how many bytes its pages may take, by their {@link Page#weight}
   */
  public LocalPageStore(long maxBytes) {
    this(maxBytes, PurgeCounters.inProcess(), InstantSource.system());
  }

  /**
   * Creates a store.
   *
   * @param maxBytes how many bytes its pages may take, by their {@link Page#weight}
   * @param purges determines which processes share purges
   * @param clock judges freshness
   */
  public LocalPageStore(long maxBytes, PurgeCounters purges, InstantSource clock) {
    this(maxBytes, purges, clock, System::nanoTime);
  }

  /**
   * Creates a store with its own source of elapsed time.
   *
   * @param maxBytes how many bytes its pages may take, by their {@link Page#weight}
   * @param purges determines which processes share purges
   * @param clock judges freshness
   * @param nanos elapsed time in nanoseconds, like {@link System#nanoTime}: no page is kept longer
   *     than its lifetime, even if the clock is set back
   */
  public LocalPageStore(
      long maxBytes, PurgeCounters purges, InstantSource clock, LongSupplier nanos) {
    this.purges = purges;
    this.clock = clock;
    this.nanos = nanos;
    this.pages =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<PageKey, Entry>weigher(
                (key, entry) -> entry.page().weight() + 2 * key.text().length())
            // Evict in the thread that stores: a flood cannot outrun a background thread.
            .executor(Runnable::run)
            .build();
  }

  @Override
  public Lookup lookup(PageKey key, Stamp seen) {
    // The stamp is read before the entry: it may be too old, never too new.
    long stamp = purges.clock();
    Entry entry = pages.getIfPresent(key);
    if (entry != null) {
      Instant now = clock.instant();
      long left = entry.ends() - nanos.getAsLong();
      if (left > 0 && isKept(entry, now)) {
        Page page = entry.page().keptAtMost(Duration.ofNanos(left), now);
        return page.isFresh(now)
            ? new Hit(page)
            : new Miss(new Stamp(PurgeCounters.EPOCH, stamp), Optional.of(page));
      }
      pages.asMap().remove(key, entry);
    }
    return new Miss(new Stamp(PurgeCounters.EPOCH, stamp), Optional.empty());
  }

  private boolean isKept(Entry entry, Instant now) {
    return !purges.purgedSince(entry.stamp(), entry.slots().indexes)
        && now.isBefore(entry.page().keptUntil());
  }

  @Override
  public Stored store(PageKey key, Page page, Stamp stamp) {
    Slots slots = new Slots(purges.slotsOf(page.tags()));
    if (purges.purgedSince(stamp.clock(), slots.indexes)) {
      return Stored.PURGED;
    }
    Instant now = clock.instant();
    Page kept = page.toBeStored(now);
    long left = NANOSECONDS.convert(Duration.between(now, kept.keptUntil()));
    long ends = nanos.getAsLong() + left;
    // A purge between the check and the put is found by the check at every lookup.
    pages.put(key, new Entry(kept, stamp.clock(), slots, ends));
    return Stored.KEPT;
  }

  @Override
  public boolean isKnownToBePurged(Stamp stamp, Collection<String> tags) {
    return purges.purgedSince(stamp.clock(), purges.slotsOf(tags));
  }

  @Override
  public void purge(Collection<String> tags) {
    purges.purge(tags);
  }

  @Override
  public long bytes() {
    pages.cleanUp();
    return pages.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }
}
