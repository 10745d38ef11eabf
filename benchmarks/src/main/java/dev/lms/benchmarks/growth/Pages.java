// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** Pages of about two kilobytes that everybody may see. */
final class Pages {
  private static final String EVERYBODY = PageKey.variantOf("anonymous", List.of());
  private static final String HTML = "<p>Some lines of a page of a course.</p>\n".repeat(50);
  private static final Duration LIFE = Duration.ofHours(1);

  private Pages() {}

  static PageKey key(String path) {
    return PageKey.builder("", path).of(EVERYBODY);
  }

  static Page page(PageKey key) {
    return Page.of(key, HTML, Clock.systemUTC().instant(), LIFE);
  }

  static boolean isHit(PageStore store, PageKey key) {
    return store.lookup(key, Stamp.NONE) instanceof PageStore.Hit;
  }

  static void expectHit(PageStore store, PageKey key) {
    if (!isHit(store, key)) {
      throw new IllegalStateException("a page is not found that was stored");
    }
  }

  /** Stores a page that was rendered after a lookup had not found it. */
  static void store(PageStore store, PageKey key, Page page) {
    if (!(store.lookup(key, Stamp.NONE) instanceof PageStore.Miss miss)
        || store.store(key, page, miss.stamp()) == PageStore.Stored.PURGED) {
      throw new IllegalStateException("a page could not be stored");
    }
  }
}
