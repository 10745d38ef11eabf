// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.net.SocketTimeoutException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keeps pages in Redis with near copies in this process, bounded in bytes: a page that was
 * requested on this node before costs no round trip. Purges on any node hold here as for {@link
 * RedisPageStore}.
 *
 * <p>Near copies are used only under a lease of less than a second. A thread renews it four times
 * in its length while requests arrive; each renewal is one round trip and brings the purges of
 * other nodes. A purge wakes that thread on every node, and returns when all nodes obey or their
 * leases have run out. A node that is stopped or cut off loses its lease and then asks Redis for
 * every page; once the thread has waited for an answer for half the length of a lease, no request
 * waits for one. The thread holds one connection of the client's pool.
 *
 * <p>Not for a Redis Cluster: pages have several orders of purges there, and a node would need a
 * lease for each.
 *
 * <p>Limit: leases are measured by the machine's monotonic clock. A machine that was suspended may
 * use the remainder of its lease after it wakes. Thread-safe.
 */
public final class NearPageStore implements PageStore, AutoCloseable {
  private final RedisPageStore far;
  private final NearCopies copies;
  private final Lease lease;
  private final LongSupplier nanos;

  /**
   * Opens near copies and starts the thread that keeps them valid.
   *
   * @param redis where all pages are; not shared with other near copies
   * @param maxBytes how many bytes near copies may take, by their {@link Page#weight}
   * @param clock judges freshness
   * @return the store; close it before the Redis client
   * @throws IllegalArgumentException if the pages are in a Redis Cluster
   */
  public static NearPageStore over(RedisPageStore redis, long maxBytes, InstantSource clock) {
    if (redis.isInCluster()) {
      throw new IllegalArgumentException(
          "There are no near copies of pages in a Redis Cluster; use the RedisPageStore itself");
    }
    NearPageStore store = new NearPageStore(redis, maxBytes, clock);
    store.lease.start();
    return store;
  }

  /** Its lease does not renew itself. */
  NearPageStore(RedisPageStore far, long maxBytes, InstantSource clock) {
    this.far = far;
    this.nanos = far.nanos();
    this.copies = new NearCopies(maxBytes, clock, nanos);
    this.lease = far.lease(copies);
  }

  @Override
  public Lookup lookup(PageKey key, Stamp seen) {
    lease.asked();
    Optional<Hit> near = copies.find(key, seen, nanos.getAsLong());
    if (near.isPresent()) {
      return near.get();
    }
    if (lease.isOverdue()) {
      throw new PageStoreException(
          "The Redis of the page cache has not answered this node for a while; check that it runs"
              + " and is reachable",
          new SocketTimeoutException("no answer in time"));
    }
    RedisPageStore.Found found = far.find(key);
    if (found.lookup() instanceof Hit hit) {
      copies.keep(key, hit.page(), found.at());
    }
    return found.lookup();
  }

  /** Where Redis has no room for the page there may be some here. */
  @Override
  public Stored store(PageKey key, Page page, Stamp stamp) {
    Stored stored = far.store(key, page, stamp);
    if (stored != Stored.PURGED) {
      copies.keep(key, page, stamp);
    }
    return stored;
  }

  @Override
  public long sharedBytes() {
    return far.sharedBytes();
  }

  /** As far as this node has heard. */
  @Override
  public boolean isKnownToBePurged(Stamp stamp, Collection<String> tags) {
    return copies.isKnownToBePurged(stamp, tags);
  }

  @Override
  public void purge(Collection<String> tags) {
    far.purge(tags);
  }

  @Override
  public Stamp purgeWithoutWaiting(Collection<String> tags) {
    return far.purgeWithoutWaiting(tags);
  }

  /** Memory that near copies take. */
  @Override
  public long bytes() {
    return copies.bytes();
  }

  /** For tests that go step by step. */
  Lease lease() {
    return lease;
  }

  /** Stops using near copies, and tells Redis that no purge needs to wait for this node. */
  @Override
  public void close() {
    lease.close();
  }
}
