// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Copies of pages in one node, and the purges this node has heard of. A copy remembers at which
 * point in the order of purges Redis last vouched for it; it is used only while the node is trusted
 * to have heard of every purge that has returned, and only if none of its tags was purged after
 * that point. Any thread may ask; only one tells news.
 */
final class NearCopies {
  /**
   * News of purges.
   *
   * @param at the point in the order of purges up to which they reach
   * @param purged tags that were purged since the point the node knew, by the number of the purge;
   *     empty for a node that knew another epoch
   * @param everythingUntil the number of the last purge that may be missing among them, or zero
   */
  record News(Stamp at, Map<String, Long> purged, long everythingUntil) {}

  /**
   * What the node knows.
   *
   * @param at the purges it obeys
   * @param purges when which tag was purged, in this epoch
   * @param pages the copies, of this epoch
   */
  private record Knowledge(Stamp at, PurgeCounters purges, LocalPageStore pages) {}

  /**
   * Knowledge, and whether it may be relied on.
   *
   * @param leased whether there is a lease
   * @param until when it ends, in nanoseconds of the node's own clock
   */
  private record View(Knowledge knowledge, boolean leased, long until) {}

  private final long maxBytes;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private volatile View view;

  NearCopies(long maxBytes, InstantSource clock, LongSupplier nanos) {
    this.maxBytes = maxBytes;
    this.clock = clock;
    this.nanos = nanos;
    this.view = new View(nothing(new Stamp("", 0)), false, 0);
  }

  private Knowledge nothing(Stamp at) {
    PurgeCounters purges = PurgeCounters.inProcess();
    // What was purged in this epoch before is not known, so nothing from before is kept.
    purges.learnEverything(at.clock());
    return new Knowledge(at, purges, new LocalPageStore(maxBytes, purges, clock, nanos));
  }

  /** The purges the node obeys. */
  Stamp obeys() {
    return view.knowledge().at();
  }

  /** A copy that may be used at this moment, also by whoever has seen this purge. */
  Optional<PageStore.Hit> find(PageKey key, Stamp seen, long nanos) {
    View now = view;
    if (!now.leased() || nanos - now.until() >= 0) {
      return Optional.empty();
    }
    Stamp obeyed = now.knowledge().at();
    if (!seen.equals(Stamp.NONE) && !isObeyed(seen, obeyed)) {
      return Optional.empty();
    }
    return now.knowledge().pages().lookup(key, Stamp.NONE) instanceof PageStore.Hit hit
        ? Optional.of(hit)
        : Optional.empty();
  }

  private static boolean isObeyed(Stamp seen, Stamp obeyed) {
    return seen.epoch().equals(obeyed.epoch()) && seen.clock() <= obeyed.clock();
  }

  /** Keeps a copy of a page that Redis vouched for at this point. */
  void keep(PageKey key, Page page, Stamp vouched) {
    Knowledge known = view.knowledge();
    if (known.at().epoch().equals(vouched.epoch())) {
      known.pages().store(key, page, vouched);
    }
  }

  /**
   * Obeys, and only then relies on having heard.
   *
   * @param until a lease after the moment the node asked for the news, which came later
   * @return whether there was anything to obey, so that Redis has to be told
   */
  boolean obey(News news, long until) {
    Knowledge known = view.knowledge();
    Stamp was = known.at();
    if (news.at().epoch().equals(was.epoch())) {
      news.purged().forEach(known.purges()::learn);
      known.purges().learnEverything(news.everythingUntil());
      known = new Knowledge(news.at(), known.purges(), known.pages());
    } else {
      known = nothing(news.at());
    }
    view = new View(known, true, until);
    return !was.equals(news.at());
  }

  /** Relies on nothing any more. */
  void giveUpLease() {
    view = new View(view.knowledge(), false, 0);
  }

  boolean isKnownToBePurged(Stamp stamp, Collection<String> tags) {
    Knowledge known = view.knowledge();
    return known.at().epoch().equals(stamp.epoch()) && known.pages().isKnownToBePurged(stamp, tags);
  }

  long bytes() {
    return view.knowledge().pages().bytes();
  }
}
