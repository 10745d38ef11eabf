package dev.lms.pagecache.store;

import java.util.Collection;
import java.util.Optional;

/**
 * Where pages are kept. Safe for use by several threads.
 *
 * <p>The promise every implementation keeps: once {@link #purge} has returned on any node, no
 * {@link #lookup} that starts later, on any node, returns a page with one of these tags whose stamp
 * was handed out before that purge started, neither as a hit nor as a stale page. A store that lost
 * its memory of purges returns nothing from before the loss.
 */
public interface PageStore {

  /** What a lookup found. */
  sealed interface Lookup {}

  /**
   * There is a page that may be used.
   *
   * @param page the page
   */
  record Hit(Page page) implements Lookup {}

  /**
   * There is none that is fresh.
   *
   * @param stamp to be given to {@link #store} with the page whose render starts now
   * @param stale a page that is no longer fresh, was not purged, and is kept until its {@link
   *     Page#keptUntil}: to be revalidated, or used where staleness was allowed
   */
  record Miss(Stamp stamp, Optional<Page> stale) implements Lookup {}

  /** What became of a page that was to be stored. */
  enum Stored {
    /** It was stored. */
    KEPT,
    /** One of its tags was purged after the stamp, or what the stamp belongs to is gone. */
    PURGED,
    /** It was not purged, but the store is half full and its address was asked for only once. */
    ASKED_ONCE,
    /** It was not purged, but there is no room. */
    FULL
  }

  /**
   * Looks for a page that is fresh and not purged.
   *
   * @param key its key
   * @param seen a purge that whoever asks must see the effect of, although other nodes were not
   *     waited for: from {@link #purgeWithoutWaiting}, or {@link Stamp#NONE}. One of another life
   *     of the store costs no more than a lookup without near copies. A store whose purges hold
   *     everywhere when they return need not look at it
   * @return the page, or the stamp for a render and what is left of an older one
   * @throws PageStoreException if the store cannot be reached
   */
  Lookup lookup(PageKey key, Stamp seen);

  /**
   * Stores a page, unless one of its tags was purged after the stamp, or there is no room.
   *
   * @param key its key
   * @param page the page
   * @param stamp from the lookup that came before its render
   * @return what became of it. All but {@link Stored#PURGED} say that during the call it was found
   *     not to have been purged after the stamp
   * @throws PageStoreException if the store cannot be reached
   */
  Stored store(PageKey key, Page page, Stamp stamp);

  /**
   * Makes every page with one of these tags unusable, on all nodes that share the store.
   *
   * @param tags the tags
   * @throws PageStoreException if the purge may not have reached all nodes
   */
  void purge(Collection<String> tags);

  /**
   * Purges without waiting for the near copies of other nodes. When it returns, the purge holds for
   * every lookup that shows its stamp; for all others it holds as soon as every node has heard of
   * it, at most a second later. Unless overridden it waits, which is never wrong.
   *
   * @param tags the tags
   * @return to be shown to {@link #lookup}
   * @throws PageStoreException if the purge may not have reached the store
   */
  default Stamp purgeWithoutWaiting(Collection<String> tags) {
    purge(tags);
    return Stamp.NONE;
  }

  /**
   * Whether a purge of one of these tags is known here that came after a stamp. Asks nobody, so a
   * purge that is not known here yet may be missing; what is stored and served is not decided by
   * this.
   *
   * @param stamp a stamp of this store
   * @param tags the tags
   * @return true if there was one, or may have been
   */
  default boolean isKnownToBePurged(Stamp stamp, Collection<String> tags) {
    return false;
  }

  /**
   * Memory of this process that pages take.
   *
   * @return bytes; zero if pages are kept elsewhere
   */
  long bytes();

  /**
   * Memory that pages take in a store that several processes share. May ask that store.
   *
   * @return bytes; zero if there is none
   * @throws PageStoreException if the store cannot be reached
   */
  default long sharedBytes() {
    return 0;
  }
}
