// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers which pages this process has stored, so that it can say which of them a purge will
 * reach. It only remembers: what is found, stored and purged is the other store's to say.
 * Thread-safe.
 */
public final class KnownPages implements PageStore {
  /** More are counted no more. */
  private static final int MOST = 10_000;

  private final PageStore store;
  private final Map<PageKey, Set<String>> tagsOf = new ConcurrentHashMap<>();

  KnownPages(PageStore store) {
    this.store = store;
  }

  /**
   * The pages that anybody would get now and that have one of these tags or paths, by what stands
   * for their keys.
   *
   * @param tags of pages
   * @param paths of pages, raw
   * @param all whether all pages are meant
   */
  public Set<String> holding(Set<String> tags, Set<String> paths, boolean all) {
    Set<String> found = new TreeSet<>();
    tagsOf.forEach(
        (key, own) -> {
          if (all || paths.contains(key.path()) || !Collections.disjoint(own, tags)) {
            if (store.lookup(key, Stamp.NONE) instanceof Hit) {
              found.add(digest(key));
            } else {
              tagsOf.remove(key, own);
            }
          }
        });
    return found;
  }

  private static String digest(PageKey key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(key.text().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public Lookup lookup(PageKey key, Stamp seen) {
    return store.lookup(key, seen);
  }

  @Override
  public Stored store(PageKey key, Page page, Stamp stamp) {
    Stored stored = store.store(key, page, stamp);
    if (stored == Stored.KEPT) {
      Iterator<PageKey> some = tagsOf.keySet().iterator();
      for (int tooMany = tagsOf.size() - MOST; tooMany >= 0 && some.hasNext(); tooMany--) {
        some.next();
        some.remove();
      }
      tagsOf.put(key, page.tags());
    }
    return stored;
  }

  @Override
  public void purge(Collection<String> tags) {
    store.purge(tags);
  }

  @Override
  public Stamp purgeWithoutWaiting(Collection<String> tags) {
    return store.purgeWithoutWaiting(tags);
  }

  @Override
  public boolean isKnownToBePurged(Stamp stamp, Collection<String> tags) {
    return store.isKnownToBePurged(stamp, tags);
  }

  @Override
  public long bytes() {
    return store.bytes();
  }

  @Override
  public long sharedBytes() {
    return store.sharedBytes();
  }
}
