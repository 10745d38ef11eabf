// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.local;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.OwnStoreContract;
import dev.lms.pagecache.Pages;
import dev.lms.pagecache.http.Coding;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import org.junit.jupiter.api.Test;

class LocalPageStoreTest extends OwnStoreContract {
  private static final long MAX_BYTES = 1 << 20;

  private final LocalPageStore store =
      new LocalPageStore(MAX_BYTES, PurgeCounters.inProcess(), clock, clock::nanos);

  @Override
  protected PageStore store() {
    return store;
  }

  @Test
  void aFloodStaysWithinTheCapAndSparesTheHotPage() {
    PageKey hot = key("/hot");
    put(hot, "x".repeat(10_000), miss(hot));
    for (int i = 0; i < 5_000; i++) {
      hit(hot);
      PageKey once = key("/" + i);
      store.store(once, page(once, "y".repeat(1000), clock.instant()), miss(once));
      if (i % 1000 == 0) {
        assertTrue(store.bytes() <= MAX_BYTES, store.bytes() + " bytes after " + i + " pages");
      }
    }
    assertTrue(store.bytes() <= MAX_BYTES);
    assertTrue(store.bytes() > MAX_BYTES / 2, "the cap is used");
    hit(hot);
  }

  @Test
  void weighsBodiesInAllTheirForms() {
    PageKey key = key("/a");
    Page page = page(key, "word ".repeat(1000), clock.instant());
    store.store(key, page, miss(key));
    int gzip =
        Pages.bytes(page.unwrap(Answer.class).body(), Coding.GZIP, java.util.Map.of()).length;
    assertTrue(store.bytes() >= 5000 + gzip, store.bytes() + " bytes");
  }

  @Test
  void belowTheCapTheSecondRequestHits() {
    for (int i = 0; i < 50; i++) {
      PageKey key = key("/" + i);
      put(key, "z", miss(key));
    }
    for (int i = 0; i < 50; i++) {
      assertInstanceOf(PageStore.Hit.class, store.lookup(key("/" + i), Stamp.NONE));
    }
  }

  @Test
  void anEmptyStoreTakesNoMemory() {
    assertEquals(0, store.bytes());
  }
}
