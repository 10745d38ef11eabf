package dev.lms.pagecache;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static dev.lms.pagecache.Pages.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.http.Coding;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What every {@link PageStore} promises. */
public abstract class PageStoreContract {
  protected final ManualClock clock = new ManualClock();

  protected PageStoreContract() {}

  /** The store under test; the same one throughout a test. */
  protected abstract PageStore store();

  protected Stamp miss(PageKey key) {
    return assertInstanceOf(PageStore.Miss.class, store().lookup(key)).stamp();
  }

  protected Page hit(PageKey key) {
    return assertInstanceOf(PageStore.Hit.class, store().lookup(key)).page();
  }

  protected boolean put(PageKey key, String text, Stamp stamp, String... tags) {
    return store().store(key, page(key, text, clock.instant(), tags), stamp)
        == PageStore.Stored.KEPT;
  }

  @Test
  void storesAndFinds() {
    PageKey key = key("/a");
    assertTrue(put(key, "one", miss(key)));
    assertEquals("one", text(hit(key)));
  }

  @Test
  void keepsEverythingAPageHas() {
    PageKey key = key("/a", Variant.role(Asker.person("7", "b", "a")));
    HoleMarkers markers = new HoleMarkers(new SecureRandom());
    String html = "é".repeat(300) + markers.marker("menu") + "</nav>" + markers.marker("menu");
    Page stored =
        page(key, markers.split(html.getBytes(StandardCharsets.UTF_8)), clock.instant(), "ü", "t2");
    assertEquals(PageStore.Stored.KEPT, store().store(key, stored, miss(key)));
    Page found = hit(key);
    assertEquals(stored.answer().status(), found.answer().status());
    assertEquals(stored.answer().fields(), found.answer().fields());
    assertEquals(stored.variant(), found.variant());
    assertEquals(stored.tags(), found.tags());
    assertEquals(stored.renderedAt(), found.renderedAt());
    assertEquals(stored.freshUntil(), found.freshUntil());
    assertEquals(stored.keptUntil(), found.keptUntil());
    Map<String, byte[]> filled = Map.of("menu", "x".getBytes(StandardCharsets.UTF_8));
    for (Coding coding : Coding.values()) {
      assertTrue(found.answer().body().has(coding));
      assertEquals(stored.etag(coding, filled), found.etag(coding, filled));
      assertEquals(
          HexText.of(Pages.bytes(stored.answer().body(), coding, filled)),
          HexText.of(Pages.bytes(found.answer().body(), coding, filled)));
    }
  }

  @Test
  void keepsPagesWithoutHolesInBothCodings() {
    PageKey key = key("/a");
    Page stored = page(key, "word ".repeat(100), clock.instant());
    assertEquals(PageStore.Stored.KEPT, store().store(key, stored, miss(key)));
    assertEquals(
        HexText.of(Pages.bytes(stored.answer().body(), Coding.GZIP, Map.of())),
        HexText.of(Pages.bytes(hit(key).answer().body(), Coding.GZIP, Map.of())));
  }

  @Test
  void keepsVariantsApart() {
    PageKey anon = key("/a", Variant.ANON);
    PageKey auth = key("/a", Variant.AUTH);
    put(anon, "for strangers", miss(anon));
    miss(auth);
    put(auth, "for people", miss(auth));
    assertEquals("for strangers", text(hit(anon)));
    assertEquals("for people", text(hit(auth)));
  }

  @Test
  void forgetsWhatIsNoLongerFresh() {
    PageKey key = key("/a");
    put(key, "one", miss(key));
    clock.advance(Pages.TTL.minusMillis(1));
    hit(key);
    clock.advance(Duration.ofMillis(1));
    miss(key);
  }

  private Page putKeptStale(PageKey key, Duration keptStale) {
    Page page =
        Page.of(
            page(key, "one", clock.instant()).answer(),
            key,
            Set.of("t"),
            clock.instant(),
            Pages.TTL,
            keptStale);
    assertEquals(PageStore.Stored.KEPT, store().store(key, page, miss(key)));
    return page;
  }

  private Optional<Page> stale(PageKey key) {
    return assertInstanceOf(PageStore.Miss.class, store().lookup(key)).stale();
  }

  @Test
  void keepsAStalePageUntilItsTime() {
    PageKey key = key("/a");
    Page page = putKeptStale(key, Duration.ofSeconds(30));
    assertEquals(page.keptUntil(), hit(key).keptUntil());
    clock.advance(Pages.TTL);
    assertEquals("one", text(stale(key).orElseThrow()));
    clock.advance(Duration.ofSeconds(30).minusMillis(1));
    assertEquals("one", text(stale(key).orElseThrow()));
    clock.advance(Duration.ofMillis(1));
    assertEquals(Optional.empty(), stale(key));
  }

  /** What is kept for ever is not any less fresh for it. */
  @Test
  void keepsAPageForEverAndFreshAsLongAsItSays() {
    PageKey key = key("/a");
    PageRule rule = PageRule.shared(ChronoUnit.FOREVER.getDuration());
    putKeptStale(key, rule.ttl().multipliedBy(2).minus(Pages.TTL));
    assertTrue(hit(key).isFresh(clock.instant().plus(Pages.TTL).minusSeconds(5)));
  }

  @Test
  void aPageThatIsGoodForEverHasTheAgeItHas() {
    PageKey key = key("/a");
    Duration ages = Duration.ofDays(30_000);
    Page page =
        Page.of(
            page(key, "one", clock.instant()).answer(), key, Set.of("t"), clock.instant(), ages);
    assertEquals(PageStore.Stored.KEPT, store().store(key, page, miss(key)));
    assertEquals(clock.instant(), hit(key).renderedAt());
  }

  @Test
  void aPurgeEndsStalePagesToo() {
    PageKey key = key("/a");
    putKeptStale(key, Duration.ofSeconds(30));
    clock.advance(Pages.TTL);
    assertTrue(stale(key).isPresent());
    store().purge(List.of("t"));
    assertEquals(Optional.empty(), stale(key));
  }

  @Test
  void aFreshPageTakesThePlaceOfAStaleOne() {
    PageKey key = key("/a");
    putKeptStale(key, Duration.ofSeconds(30));
    clock.advance(Pages.TTL);
    assertTrue(put(key, "two", miss(key)));
    assertEquals("two", text(hit(key)));
    clock.advance(Pages.TTL);
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
    PageKey anon = key("/a", Variant.ANON);
    PageKey auth = key("/a", Variant.AUTH);
    PageKey other = key("/ab");
    put(anon, "1", miss(anon));
    put(auth, "2", miss(auth));
    put(other, "3", miss(other));
    store().purge(List.of(Tags.ofPath("/a")));
    miss(anon);
    miss(auth);
    hit(other);
  }

  @Test
  void purgesByPrefixOfWholeSegments() {
    PageKey in = key("/course/cs101/view", Variant.ANON);
    PageKey forPeople = key("/course/cs101/view", Variant.AUTH);
    PageKey deep = key("/course/cs101/" + "x/".repeat(40) + "y");
    PageKey folder = key("/course/cs101/");
    PageKey beside = key("/course/cs101");
    PageKey longer = key("/course/cs1012/view");
    PageKey elsewhere = key("/x/course/cs101/view");
    List<PageKey> purged = List.of(in, forPeople, deep, folder);
    List<PageKey> kept = List.of(beside, longer, elsewhere);
    purged.forEach(key -> put(key, "1", miss(key)));
    kept.forEach(key -> put(key, "2", miss(key)));
    store().purge(List.of(Tags.ofFolder("/course/cs101/")));
    purged.forEach(this::miss);
    kept.forEach(this::hit);
    store().purge(List.of(Tags.ofFolder("/")));
    kept.forEach(this::miss);
  }

  @Test
  void aPrefixDeeperThanPagesKnowPurgesMoreNeverLess() {
    PageKey deep = key("/" + "x/".repeat(40) + "y");
    put(deep, "1", miss(deep));
    store().purge(List.of(Tags.ofFolder("/" + "x/".repeat(40))));
    miss(deep);
  }

  @Test
  void whoShowsAReceiptSeesNothingFromBeforeIt() {
    PageKey key = key("/a");
    Stamp before = miss(key);
    put(key, "old", before, "t");
    Receipt receipt = store().purgeWithReceipt(List.of("t"));
    Receipt travelled = Receipt.parse(receipt.text()).orElseThrow();
    Stamp after = assertInstanceOf(PageStore.Miss.class, store().lookup(key, travelled)).stamp();
    assertFalse(put(key, "old", before, "t"));
    assertTrue(put(key, "new", after, "t"));
    assertEquals(
        "new", text(assertInstanceOf(PageStore.Hit.class, store().lookup(key, travelled)).page()));
  }

  @Test
  void purgesEverything() {
    PageKey a = key("/a");
    PageKey b = key("/b");
    put(a, "1", miss(a), "t");
    put(b, "2", miss(b));
    store().purge(List.of(Tags.EVERYTHING));
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
    assertEquals("new", text(hit(key)));
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
    assertEquals("new", text(hit(key)));
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
            PageStore.Lookup found = store().lookup(key);
            if (found instanceof PageStore.Hit hit) {
              hits.incrementAndGet();
              long seen = Long.parseLong(text(hit.page()));
              assertTrue(seen >= atLeast, seen + " was purged by " + atLeast);
            } else {
              Stamp stamp = ((PageStore.Miss) found).stamp();
              String render = Long.toString(truth.get());
              store().lookup(key("/elsewhere")); // takes a while, as a render does
              put(key, render, stamp, "t");
            }
          }
          return null;
        });
    assertTrue(hits.get() > 0, "the race had no hits and proves nothing");
  }
}
