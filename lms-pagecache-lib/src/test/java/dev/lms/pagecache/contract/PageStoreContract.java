// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageCodec;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * What every {@link PageStore} promises. A test of a store extends it and says which store is
 * meant; it needs nothing that the module of the page cache does not export.
 */
public abstract class PageStoreContract {
  protected final ManualClock clock = new ManualClock();

  private static final Duration TTL = Duration.ofSeconds(90);
  private static final String STRANGERS = PageKey.variantOf("anon", List.of());
  private static final String PEOPLE = PageKey.variantOf("auth", List.of());

  protected PageStoreContract() {}

  /** The store under test; the same one throughout a test. */
  protected abstract PageStore store();

  /** The key of a page that strangers share. */
  protected static PageKey key(String path) {
    return key(path, STRANGERS);
  }

  private static PageKey key(String path, String variant) {
    return PageKey.builder("", path).of(variant);
  }

  /** A page that is fresh for a minute and a half from now on. */
  private Page page(PageKey key, String html) {
    return Page.of(key, html, clock.instant(), TTL);
  }

  private PageCache cache() {
    return PageCache.builder(store()).clock(clock).build();
  }

  protected Stamp miss(PageKey key) {
    return assertInstanceOf(PageStore.Miss.class, store().lookup(key, Stamp.NONE)).stamp();
  }

  protected Page hit(PageKey key) {
    return assertInstanceOf(PageStore.Hit.class, store().lookup(key, Stamp.NONE)).page();
  }

  protected boolean put(PageKey key, String text, Stamp stamp, String... tags) {
    return store().store(key, page(key, text).withTags(tags), stamp) == PageStore.Stored.KEPT;
  }

  @Test
  void storesAndFinds() {
    PageKey key = key("/a");
    assertTrue(put(key, "one", miss(key)));
    assertEquals("one", hit(key).html());
  }

  @Test
  void keepsEverythingAPageHas() {
    PageKey key = key("/a");
    Page stored =
        page(key, "é".repeat(300)).withTags("ü", "t2").withKeptStale(Duration.ofMinutes(3));
    assertEquals(PageStore.Stored.KEPT, store().store(key, stored, miss(key)));
    Page found = hit(key);
    assertEquals(stored.html(), found.html());
    assertEquals(stored.digest(), found.digest());
    assertEquals(stored.tags(), found.tags());
    assertEquals(stored.renderedAt(), found.renderedAt());
    assertEquals(stored.freshUntil(), found.freshUntil());
    assertEquals(stored.keptUntil(), found.keptUntil());
    assertArrayEquals(PageCodec.encode(stored), PageCodec.encode(found));
  }

  @Test
  void keepsVariantsApart() {
    PageKey anon = key("/a", STRANGERS);
    PageKey auth = key("/a", PEOPLE);
    put(anon, "for strangers", miss(anon));
    miss(auth);
    put(auth, "for people", miss(auth));
    assertEquals("for strangers", hit(anon).html());
    assertEquals("for people", hit(auth).html());
  }

  @Test
  void forgetsWhatIsNoLongerFresh() {
    PageKey key = key("/a");
    put(key, "one", miss(key));
    clock.advance(TTL.minusMillis(1));
    hit(key);
    clock.advance(Duration.ofMillis(1));
    miss(key);
  }

  private Page putKeptStale(PageKey key, Duration keptStale) {
    Page page = page(key, "one").withTags("t").withKeptStale(keptStale);
    assertEquals(PageStore.Stored.KEPT, store().store(key, page, miss(key)));
    return page;
  }

  private Optional<Page> stale(PageKey key) {
    return assertInstanceOf(PageStore.Miss.class, store().lookup(key, Stamp.NONE)).stale();
  }

  @Test
  void keepsAStalePageUntilItsTime() {
    PageKey key = key("/a");
    Page page = putKeptStale(key, Duration.ofSeconds(30));
    assertEquals(page.keptUntil(), hit(key).keptUntil());
    clock.advance(TTL);
    assertEquals("one", stale(key).orElseThrow().html());
    clock.advance(Duration.ofSeconds(30).minusMillis(1));
    assertEquals("one", stale(key).orElseThrow().html());
    clock.advance(Duration.ofMillis(1));
    assertEquals(Optional.empty(), stale(key));
  }

  /** What is kept for ever is not any less fresh for it. */
  @Test
  void keepsAPageForEverAndFreshAsLongAsItSays() {
    PageKey key = key("/a");
    PageRule rule = PageRule.shared(ChronoUnit.FOREVER.getDuration());
    putKeptStale(key, rule.ttl().multipliedBy(2).minus(TTL));
    assertTrue(hit(key).isFresh(clock.instant().plus(TTL).minusSeconds(5)));
  }

  @Test
  void aPageThatIsGoodForEverHasTheAgeItHas() {
    PageKey key = key("/a");
    Duration ages = Duration.ofDays(30_000);
    Page page = Page.of(key, "one", clock.instant(), ages).withTags("t");
    assertEquals(PageStore.Stored.KEPT, store().store(key, page, miss(key)));
    assertEquals(clock.instant(), hit(key).renderedAt());
  }

  @Test
  void aPurgeEndsStalePagesToo() {
    PageKey key = key("/a");
    putKeptStale(key, Duration.ofSeconds(30));
    clock.advance(TTL);
    assertTrue(stale(key).isPresent());
    store().purge(List.of("t"));
    assertEquals(Optional.empty(), stale(key));
  }

  @Test
  void aFreshPageTakesThePlaceOfAStaleOne() {
    PageKey key = key("/a");
    putKeptStale(key, Duration.ofSeconds(30));
    clock.advance(TTL);
    assertTrue(put(key, "two", miss(key)));
    assertEquals("two", hit(key).html());
    clock.advance(TTL);
    assertEquals(Optional.empty(), stale(key), "kept no longer than the newer page says");
  }

  @Test
  void purgesByTagAndNothingElse() {
    PageKey one = key("/1");
    PageKey both = key("/2");
    PageKey other = key("/3");
    put(one, "1", miss(one), "course:a");
    put(both, "2", miss(both), "course:b", "course:a");
    put(other, "3", miss(other), "course:c");
    store().purge(List.of("course:a"));
    miss(one);
    miss(both);
    hit(other);
  }

  @Test
  void purgesByPathInAllVariants() {
    PageKey anon = key("/a", STRANGERS);
    PageKey auth = key("/a", PEOPLE);
    PageKey other = key("/ab");
    put(anon, "1", miss(anon));
    put(auth, "2", miss(auth));
    put(other, "3", miss(other));
    cache().purgePath("/a");
    miss(anon);
    miss(auth);
    hit(other);
  }

  @Test
  void purgesByPrefixOfWholeSegments() {
    PageKey in = key("/course/cs101/view", STRANGERS);
    PageKey forPeople = key("/course/cs101/view", PEOPLE);
    PageKey deep = key("/course/cs101/" + "x/".repeat(40) + "y");
    PageKey folder = key("/course/cs101/");
    PageKey beside = key("/course/cs101");
    PageKey longer = key("/course/cs1012/view");
    PageKey elsewhere = key("/x/course/cs101/view");
    List<PageKey> purged = List.of(in, forPeople, deep, folder);
    List<PageKey> kept = List.of(beside, longer, elsewhere);
    purged.forEach(key -> put(key, "1", miss(key)));
    kept.forEach(key -> put(key, "2", miss(key)));
    cache().purgePrefix("/course/cs101/");
    purged.forEach(this::miss);
    kept.forEach(this::hit);
    cache().purgePrefix("/");
    kept.forEach(this::miss);
  }

  @Test
  void aPrefixDeeperThanPagesKnowPurgesMoreNeverLess() {
    PageKey deep = key("/" + "x/".repeat(40) + "y");
    put(deep, "1", miss(deep));
    cache().purgePrefix("/" + "x/".repeat(40));
    miss(deep);
  }

  @Test
  void whoShowsAReceiptSeesNothingFromBeforeIt() {
    PageKey key = key("/a");
    Stamp before = miss(key);
    put(key, "old", before, "t");
    Stamp purge = store().purgeWithoutWaiting(List.of("t"));
    Stamp after = assertInstanceOf(PageStore.Miss.class, store().lookup(key, purge)).stamp();
    assertFalse(put(key, "old", before, "t"));
    assertTrue(put(key, "new", after, "t"));
    assertEquals(
        "new", assertInstanceOf(PageStore.Hit.class, store().lookup(key, purge)).page().html());
  }

  @Test
  void purgesEverything() {
    PageKey a = key("/a");
    PageKey b = key("/b");
    put(a, "1", miss(a), "t");
    put(b, "2", miss(b));
    cache().purgeAll();
    miss(a);
    miss(b);
  }

  @Test
  void refusesARenderThatBeganBeforeAPurge() {
    PageKey key = key("/a");
    Stamp before = miss(key);
    store().purge(List.of("t"));
    assertFalse(put(key, "old", before, "t"));
    miss(key);
  }

  @Test
  void takesARenderThatBeganAfterAPurge() {
    PageKey key = key("/a");
    store().purge(List.of("t"));
    assertTrue(put(key, "new", miss(key), "t"));
    assertEquals("new", hit(key).html());
  }

  @Test
  void takesARenderDuringWhichSomethingElseWasPurged() {
    PageKey key = key("/a");
    Stamp before = miss(key);
    store().purge(List.of("other"));
    assertTrue(put(key, "one", before, "t"));
    hit(key);
  }

  @Test
  void aRefusedRenderLeavesTheNewerPageAlone() {
    PageKey key = key("/a");
    Stamp before = miss(key);
    store().purge(List.of("t"));
    put(key, "new", miss(key), "t");
    assertFalse(put(key, "old", before, "t"));
    assertEquals("new", hit(key).html());
  }

  @Test
  void aTagPurgedTwiceStaysPurged() {
    PageKey key = key("/a");
    Stamp first = miss(key);
    store().purge(List.of("t"));
    Stamp second = miss(key);
    store().purge(List.of("t"));
    assertFalse(put(key, "a", first, "t"));
    assertFalse(put(key, "b", second, "t"));
    assertTrue(put(key, "c", miss(key), "t"));
  }

  @Test
  void stampsDifferAcrossAPurge() {
    PageKey key = key("/a");
    Stamp before = miss(key);
    assertEquals(before, miss(key));
    store().purge(List.of("t"));
    assertFalse(before.equals(miss(key)));
  }

  @Test
  void tagsThatLookLikeTheStoresOwnWordsAreOnlyTags() {
    PageKey key = key("/a");
    assertTrue(put(key, "1", miss(key), "epoch", "clock", "t:x"));
    hit(key);
    store().purge(List.of("clock"));
    miss(key);
    assertTrue(put(key, "2", miss(key), "epoch", "clock"));
    hit(key);
  }

  /** P1: nobody sees a value older than the newest whose purge had returned before they asked. */
  @Test
  void nobodySeesWhatWasPurgedBeforeTheyAsked() throws Exception {
    PageKey key = key("/race");
    AtomicLong truth = new AtomicLong();
    AtomicLong purged = new AtomicLong();
    AtomicInteger role = new AtomicInteger();
    AtomicLong hits = new AtomicLong();
    Parallel.run(
        4,
        () -> {
          boolean writes = role.getAndIncrement() == 0;
          for (int i = 0; i < 400; i++) {
            if (writes) {
              long version = truth.incrementAndGet();
              store().purge(List.of("t"));
              purged.set(version);
              continue;
            }
            long atLeast = purged.get();
            PageStore.Lookup found = store().lookup(key, Stamp.NONE);
            if (found instanceof PageStore.Hit hit) {
              hits.incrementAndGet();
              long seen = Long.parseLong(hit.page().html());
              assertTrue(seen >= atLeast, seen + " was purged by " + atLeast);
            } else {
              Stamp stamp = ((PageStore.Miss) found).stamp();
              String render = Long.toString(truth.get());
              store().lookup(key("/elsewhere"), Stamp.NONE); // takes a while, as a render does
              put(key, render, stamp, "t");
            }
          }
          return null;
        });
    assertTrue(hits.get() > 0, "the race had no hits and proves nothing");
  }
}
