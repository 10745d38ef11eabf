// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.local;

import dev.lms.pagecache.fuzz.Schedules;
import dev.lms.pagecache.page.Tags;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jetbrains.lincheck.datastructures.BooleanGen;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P1: no page is live whose render began before a purge that has returned. */
@Tag("long")
class PurgeCountersSchedulesTest {
  @Test
  void whatWasPurgedIsNotLive() {
    Schedules.check(Tagged.class);
  }

  /** Pages of one tag, and purges of it. */
  @Param(name = "page", gen = IntGen.class, conf = "0:1")
  @Param(name = "everything", gen = BooleanGen.class)
  public static final class Tagged {
    private record Rendered(long began, long stamp) {}

    /** The last of many, so that there is time between the number of a purge and its mark. */
    private static final List<String> TAGS = tags("tag");

    private static final List<String> EVERYTHING = tags(Tags.EVERYTHING);

    private static List<String> tags(String last) {
      return IntStream.rangeClosed(0, 1000).mapToObj(i -> i == 1000 ? last : "other" + i).toList();
    }

    private final PurgeCounters counters = PurgeCounters.inProcess();
    private final int[] slots = counters.slotsOf(Set.of("tag", Tags.EVERYTHING));
    private final AtomicReferenceArray<Rendered> pages = new AtomicReferenceArray<>(2);

    /** Counts what begins. */
    private final AtomicLong moments = new AtomicLong();

    /** When the last purge began of those that have returned. */
    private final AtomicLong purged = new AtomicLong();

    /** Renders a page and keeps it. */
    @Operation
    public void render(@Param(name = "page") int page) {
      long stamp = counters.clock();
      pages.set(page, new Rendered(moments.incrementAndGet(), stamp));
    }

    /** Purges all pages. */
    @Operation
    public void purge(@Param(name = "everything") boolean everything) {
      long began = moments.incrementAndGet();
      counters.purge(everything ? EVERYTHING : TAGS);
      purged.accumulateAndGet(began, Math::max);
    }

    /** Whether a page is shown that should not be: never. */
    @Operation
    public boolean isStale(@Param(name = "page") int page) {
      long before = purged.get();
      Rendered found = pages.get(page);
      return found != null && !counters.purgedSince(found.stamp(), slots) && found.began() < before;
    }
  }
}
