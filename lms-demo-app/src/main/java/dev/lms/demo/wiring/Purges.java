// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.pagecache.PageCache;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Makes pages unusable when what they show has changed. Thread-safe. */
public final class Purges {
  private final PageCache pages;
  private volatile BiFunction<Set<String>, Set<String>, Purged> measure =
      (tags, paths) -> new Purged(0, 1);
  private final CopyOnWriteArrayList<Consumer<Set<String>>> followers =
      new CopyOnWriteArrayList<>();

  Purges(PageCache pages) {
    this.pages = pages;
  }

  /**
   * Makes every worker forget the pages with any of these tags before it returns.
   *
   * @throws dev.lms.pagecache.store.PageStoreException if not every worker may have been reached
   */
  public void purge(Set<String> tags) {
    pages.purge(tags.toArray(String[]::new));
    followers.forEach(follower -> follower.accept(tags));
  }

  /** Makes every worker forget these pages, as {@link #purge} does, and says what it reached. */
  public Purged purgeAndCount(Set<String> tags) {
    Purged reach = measure.apply(tags, Set.of());
    purge(tags);
    return reach;
  }

  /**
   * Makes every worker forget the pages with any of these tags or raw paths, or all pages if there
   * are neither, and says what it reached.
   *
   * @throws dev.lms.pagecache.store.PageStoreException if not every worker may have been reached
   */
  public Purged purgeAndCount(Set<String> tags, Set<String> paths) {
    Purged reach = measure.apply(tags, paths);
    if (tags.isEmpty() && paths.isEmpty()) {
      pages.purgeAll();
    }
    paths.forEach(pages::purgePath);
    if (!tags.isEmpty()) {
      pages.purge(tags.toArray(String[]::new));
    }
    followers.forEach(follower -> follower.accept(tags));
    return reach;
  }

  /** Has pages and workers counted by this before each purge that is counted; must not fail. */
  public void measureBy(BiFunction<Set<String>, Set<String>, Purged> measuring) {
    measure = measuring;
  }

  /** Has somebody told about the tags of each purge, once it is done; must not fail. */
  public void follow(Consumer<Set<String>> follower) {
    followers.add(follower);
  }
}
