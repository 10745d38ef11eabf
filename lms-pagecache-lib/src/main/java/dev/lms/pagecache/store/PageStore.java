// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.store;

import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/**
 * Where pages are kept. Thread-safe.
 *
 * <p>Every implementation promises: once {@link #purge} has returned on any node, no {@link
 * #lookup} that starts later, on any node, returns a page with one of the purged tags whose stamp
 * was handed out before that purge started, neither as a hit nor as a stale page. A store that lost
 * its memory of purges returns no page from before the loss.
 */
public interface PageStore {

  /** The result of a lookup: {@link Hit} or {@link Miss}. */
  sealed interface Lookup {
    /**
     * {@return what a lookup answers with what was found: a hit if the page is fresh, or else a
     * miss, with the page as long as it is kept}
     *
     * @param found the page under the key, if it was not purged
     * @param stamp the stamp for a render that starts now, read before the page was looked for
     * @param now the present time
     */
    static Lookup of(Optional<Page> found, Stamp stamp, Instant now) {
      Optional<Page> kept = found.filter(page -> now.isBefore(page.keptUntil()));
      return kept.filter(page -> page.isFresh(now))
          .<Lookup>map(Hit::new)
          .orElseGet(() -> new Miss(stamp, kept));
    }
  }

  /**
   * The store has a page that may be used.
   *
   * @param page the page
   */
  record Hit(Page page) implements Lookup {}

  /**
   * The store has no fresh page.
   *
   * @param stamp the stamp to give to {@link #store} with the page whose render starts now
   * @param stale a page that is no longer fresh and was not purged, until its {@link
   *     Page#keptUntil}: to be revalidated, or to be used where staleness is allowed
   */
  record Miss(Stamp stamp, Optional<Page> stale) implements Lookup {}

  /** What became of a page that was to be stored. */
  enum Stored {
    /** The page was stored. */
    KEPT,
    /** One of the page's tags was purged after the stamp, or the stamp's epoch is over. */
    PURGED,
    /**
     * The page was not purged, but the store is half full and its address was requested only once.
     */
    ASKED_ONCE,
    /** It was not purged, but there is no room. */
    FULL
  }

  /**
   * Looks for a page that is fresh and not purged.
   *
   * @param key the page's key
   * @param seen a purge whose effect the asker must see although it did not wait for other nodes:
   *     from {@link #purgeWithoutWaiting}, or {@link Stamp#NONE}. One of another epoch costs no
   *     more than a lookup without near copies. A store whose purges hold everywhere when they
   *     return may ignore it
   * @return the page; or the stamp for a render, with a stale page if there is one
   * @throws PageStoreException if the store cannot be reached
   */
  Lookup lookup(PageKey key, Stamp seen);

  /**
   * Stores a page, unless one of its tags was purged after the stamp, or there is no room.
   *
   * @param key the page's key
   * @param page the page
   * @param stamp from the lookup before its render
   * @return what became of the page; all but {@link Stored#PURGED} say that the page was found,
   *     during this call, not to have been purged after the stamp
   * @throws PageStoreException if the store cannot be reached
   */
  Stored store(PageKey key, Page page, Stamp stamp);

  /**
   * Makes every page with one of these tags unusable, on all nodes that share the store.
   *
   * @param tags at least one tag
   * @throws PageStoreException if the purge may not have reached all nodes
   */
  void purge(Collection<String> tags);

  /**
   * Purges without waiting for the near copies of other nodes. When it returns, the purge holds for
   * every lookup that shows its stamp; for all others it holds once every node has heard of it, at
   * most a second later. By default it waits, which is always correct.
   *
   * @param tags at least one tag
   * @return the stamp to show to {@link #lookup}
   * @throws PageStoreException if the purge may not have reached the store
   */
  default Stamp purgeWithoutWaiting(Collection<String> tags) {
    purge(tags);
    return Stamp.NONE;
  }

  /**
   * {@return whether this node knows of a purge of one of these tags after a stamp; true also if
   * there may have been one} It asks no other node and so may miss a purge. It does not decide what
   * is stored or served.
   *
   * @param stamp a stamp of this store
   * @param tags the tags
   */
  default boolean isKnownToBePurged(Stamp stamp, Collection<String> tags) {
    return false;
  }

  /**
   * {@return how many bytes of this process's memory pages take; zero if they are kept elsewhere}
   */
  long bytes();

  /**
   * {@return how many bytes pages take in a store that several processes share; zero if there is
   * none} May ask that store.
   *
   * @throws PageStoreException if the store cannot be reached
   */
  default long sharedBytes() {
    return 0;
  }
}
