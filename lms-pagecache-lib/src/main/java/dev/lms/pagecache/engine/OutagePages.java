// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Pages that were rendered while the store could not be asked, each with the version of its content
 * before the render. They answer as long as that is still the version, and no longer than the
 * outage. Bounded in bytes. Safe for use by several threads.
 */
public final class OutagePages {
  private static final System.Logger LOG = System.getLogger(OutagePages.class.getName());

  private final Cache<PageKey, Versioned> pages;
  private volatile boolean used;

  private record Versioned(String version, Page page) {}

  /**
   * Creates it empty.
   *
   * @param maxBytes how many bytes the pages may take, by their weight
   */
  public OutagePages(long maxBytes) {
    this.pages =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<PageKey, Versioned>weigher((key, kept) -> kept.page().weight())
            .executor(Runnable::run)
            .build();
  }

  /**
   * A page that equals what a render would bring that begins now.
   *
   * @param key what it would be stored under
   * @param usable what the request asks of the page besides
   * @param version tells the version of what the page is made from
   * @return the page; empty if it has to be rendered
   */
  public Optional<Page> find(
      PageKey key, Predicate<Page> usable, Supplier<Optional<String>> version) {
    Versioned kept = pages.getIfPresent(key);
    if (kept == null || !usable.test(kept.page())) {
      return Optional.empty();
    }
    return told(version).filter(kept.version()::equals).map(now -> kept.page());
  }

  /**
   * {@return the version now; empty also if it cannot be told because something fails}
   *
   * @param version tells it
   */
  public static Optional<String> told(Supplier<Optional<String>> version) {
    try {
      return version.get();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "The version of a page's content cannot be told", e);
      return Optional.empty();
    }
  }

  /**
   * Keeps a page.
   *
   * @param key what it would be stored under
   * @param version as told before the render began
   * @param page the page
   */
  public void keep(PageKey key, String version, Page page) {
    pages.put(key, new Versioned(version, page));
    used = true;
  }

  /** The store answers, and has heard of purges that are unknown here. */
  public void outageEnded() {
    if (used) {
      used = false;
      pages.invalidateAll();
    }
  }
}
