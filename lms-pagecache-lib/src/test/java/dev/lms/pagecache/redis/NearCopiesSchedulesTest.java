// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import dev.lms.pagecache.Pages;
import dev.lms.pagecache.fuzz.Schedules;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P1: no near copy is used that Redis vouched for before a purge the node has obeyed. */
@Tag("long")
class NearCopiesSchedulesTest {
  @Test
  void whatTheNodeObeysIsObeyed() {
    Schedules.check(Node.class);
  }

  /** A node that keeps copies of one page, and one thread that brings it news. */
  public static final class Node {
    private static final PageKey KEY = Pages.key("/a");
    private static final long LEASE = 1_000_000_000L;

    private final NearCopies copies =
        new NearCopies(1 << 20, InstantSource.fixed(Instant.EPOCH), () -> 0);

    /** The purges of Redis, and those of them whose news the node has obeyed. */
    private final AtomicLong purges = new AtomicLong();

    private final AtomicLong obeyed = new AtomicLong();

    /** Until it has news again, from when there is no lease. */
    private volatile boolean leased;

    /** A node that has a lease. */
    public Node() {
      news(false);
    }

    /** Redis has a page of this moment, and vouches for it. */
    @Operation
    public void keep() {
      long now = purges.get();
      Page page = Pages.page(KEY, Long.toString(now), Instant.EPOCH, "tag");
      copies.keep(KEY, page, new Stamp("epoch", now));
    }

    /** A purge, of which the node hears. */
    @Operation(nonParallelGroup = "news")
    public void purge() {
      purges.incrementAndGet();
      news(false);
    }

    /** A purge in a new life of Redis, or of so many that nobody can tell which. */
    @Operation(nonParallelGroup = "news")
    public void purgeEverything() {
      purges.incrementAndGet();
      news(true);
    }

    private void news(boolean everything) {
      long now = purges.get();
      Map<String, Long> purged = everything || now == 0 ? Map.of() : Map.of("tag", now);
      copies.obey(
          new NearCopies.News(new Stamp("epoch", now), purged, everything ? now : 0), LEASE);
      leased = true;
      obeyed.set(now);
    }

    /** No news can be had any more. */
    @Operation(nonParallelGroup = "news")
    public void giveUpLease() {
      copies.giveUpLease();
      leased = false;
    }

    /** Whether a copy is used from before what the node has obeyed: never. */
    @Operation
    public boolean usesOld() {
      long before = obeyed.get();
      return find().filter(made -> made < before).isPresent();
    }

    /** Whether one is found without a lease. */
    @Operation(nonParallelGroup = "news")
    public boolean usesUnleased() {
      return !leased && find().isPresent();
    }

    private Optional<Long> find() {
      return copies
          .find(KEY, Stamp.NONE, 0)
          .map(PageStore.Hit::page)
          .map(Pages::text)
          .map(Long::valueOf);
    }
  }
}
