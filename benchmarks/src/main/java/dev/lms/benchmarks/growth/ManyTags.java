// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.benchmarks.report.Curve;
import dev.lms.benchmarks.report.Spread;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.redis.RedisPageStore;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A page that has many tags: what it costs to find it, and what purges of others do to it. */
final class ManyTags {
  private static final String GROUP = "Tags of one page";
  private static final String OVER = "tags";
  private static final String LOOKUP = "lookup, Redis";
  private static final String PURGED = "lookup, Redis, after a purge of another";
  private static final String LOCAL = "lookup in the process";
  private static final String LOST = "pages of 200 lost to 20 purges";
  private static final double LIMIT = 2;
  private static final double MOST_LOST = 5;

  /** What a lookup is judged beside. */
  private static final int FEW = 10;

  private static final int PAGES = 200;
  private static final int PURGES = 20;
  private static final long ROOM = 256L << 20;

  private ManyTags() {}

  static void measure(Scale scale, Findings findings) throws Exception {
    Turns turns = new Turns();
    turns.curve(GROUP, LOOKUP, OVER, "us");
    turns.curve(GROUP, PURGED, OVER, "us");
    turns.curve(GROUP, LOCAL, OVER, "us");
    List<Curve.Point> lost = new ArrayList<>();
    try (Redis redis = new Redis();
        var client = redis.connect(2);
        Folder folder = Folder.create()) {
      PageStore far = new RedisPageStore(client, "cache:", Clock.systemUTC());
      PageStore near = inProcess(folder, "lookups");
      for (int size : scale.tags()) {
        PageKey key = Pages.key("/tagged" + size);
        store(far, key, size, "page");
        store(near, key, size, "page");
        turns.at(LOOKUP, size, Work.repeated(scale.batch(), () -> Pages.expectHit(far, key)));
        turns.at(PURGED, size, Work.timed(scale.batch(), () -> afterAPurge(far, key)));
        turns.at(LOCAL, size, Work.repeated(scale.batch(), () -> Pages.expectHit(near, key)));
        lost.add(new Curve.Point(size, List.of(lost(inProcess(folder, "lost" + size), size))));
      }
      findings.measure(turns, scale, redis);
    }
    findings.growth(LOOKUP, FEW, Scale.last(scale.tags()), LIMIT);
    findings.growth(PURGED, FEW, Scale.last(scale.tags()), LIMIT);
    findings.growth(LOCAL, FEW, Scale.last(scale.tags()), null);
    findings.beside(
        LOST + ", " + Curve.text(Scale.last(scale.tags())) + " tags",
        "one page",
        Spread.of(lost.get(lost.size() - 1).rounds()),
        MOST_LOST);
  }

  private static PageStore inProcess(Folder folder, String name) throws Exception {
    PurgeCounters purges = PurgeCounters.shared(folder.path().resolve(name));
    return new LocalPageStore(ROOM, purges, Clock.systemUTC());
  }

  /** The first lookup since a tag was purged that the page does not have. */
  private static long afterAPurge(PageStore store, PageKey key) {
    store.purgeWithoutWaiting(List.of("unrelated"));
    long start = System.nanoTime();
    Pages.expectHit(store, key);
    return System.nanoTime() - start;
  }

  /** How many of these pages are no longer found after purges of tags that none of them has. */
  private static double lost(PageStore store, int tags) {
    List<PageKey> keys =
        IntStream.range(0, PAGES).mapToObj(i -> Pages.key("/" + i + "/page")).toList();
    keys.forEach(key -> store(store, key, tags, key.path()));
    for (int purge = 0; purge < PURGES; purge++) {
      store.purge(List.of("unrelated" + purge));
    }
    return keys.stream()
        .filter(key -> !(store.lookup(key, Stamp.NONE) instanceof PageStore.Hit))
        .count();
  }

  private static void store(PageStore store, PageKey key, int tags, String name) {
    String[] all = new String[tags];
    for (int i = 0; i < tags; i++) {
      all[i] = name + ":tag" + i;
    }
    Page page = Pages.page(key).withTags(all);
    Pages.store(store, key, page);
  }
}
