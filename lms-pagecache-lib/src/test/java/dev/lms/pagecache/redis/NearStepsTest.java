// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageCodec;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** The protocol of near copies step by step, in a time of the test's own, on a real Redis. */
class NearStepsTest extends NearFixture {
  private long reads() {
    return admin
        .info("stats")
        .lines()
        .filter(line -> line.startsWith("total_reads_processed:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  /** Lets the epoch become old enough that nobody unknown has a lease, and gives each a lease. */
  private void settle(Node... nodes) {
    for (Node node : nodes) {
      node.miss(key("/settle"));
    }
    pass(LONGEST);
    for (Node node : nodes) {
      node.renew();
    }
  }

  @Test
  void aNearHitCostsNoRoundTripAndAFarHitOne() {
    Node one = new Node();
    Node two = new Node();
    settle(one, two);
    PageKey key = key("/a");
    one.put(key, "x");
    long idle = -reads() + reads();
    long before = reads();
    one.hit(key);
    assertEquals(before + idle, reads(), "what was stored here is near");
    before = reads();
    two.hit(key);
    assertEquals(before + idle + 1, reads(), "what was stored there is far");
    before = reads();
    two.hit(key);
    assertEquals(before + idle, reads(), "and near from then on");
  }

  @Test
  void aPurgeWaitsUntilTheOtherNodeObeys() {
    Node one = new Node();
    Node two = new Node();
    settle(one, two);
    PageKey key = key("/a");
    one.put(key, "old", "t");
    two.hit(key);
    Purges.Purge purge = one.begin("t");
    assertFalse(one.holds(purge), "nobody obeys yet");
    one.renew();
    assertFalse(one.holds(purge), "the other one does not");
    assertEquals("old", two.hit(key), "a request that started before the purge returned");
    Lease.Renewal heard = two.near.lease().ask();
    assertFalse(one.holds(purge), "it was told, but does not obey yet");
    assertEquals("old", two.hit(key));
    assertTrue(two.near.lease().obey(heard));
    two.miss(key);
    assertFalse(one.holds(purge), "it obeys, but has not said so");
    two.renew();
    assertTrue(one.holds(purge));
  }

  @Test
  void aPurgeWaitsForASilentNodeUntilItsLeaseHasRunOut() {
    Node one = new Node();
    Node two = new Node();
    settle(one, two);
    PageKey key = key("/a");
    one.put(key, "old", "t");
    two.hit(key);
    Purges.Purge purge = one.begin("t");
    one.renew();
    pass(LONGEST.minusNanos(1));
    assertFalse(one.holds(purge));
    two.miss(key);
    pass(Duration.ofNanos(1));
    assertTrue(one.holds(purge));
    two.miss(key);
    two.renew();
    two.miss(key);
  }

  /** A node that is told of a purge late has a lease that outlasts the wait for that purge. */
  @Test
  void whoHeardOfAPurgeIsWaitedForByTheNextOne() {
    Node one = new Node();
    Node two = new Node();
    settle(one, two);
    PageKey key = key("/a");
    one.put(key, "old", "t");
    two.hit(key);
    Purges.Purge first = one.begin("other");
    pass(LONGEST.dividedBy(2));
    two.near.lease().obey(two.near.lease().ask());
    one.renew();
    pass(LONGEST.dividedBy(2));
    assertTrue(one.holds(first));
    Purges.Purge second = one.begin("t");
    one.renew();
    assertEquals("old", two.hit(key));
    assertFalse(one.holds(second));
    two.renew();
    assertTrue(one.holds(second));
    two.miss(key);
  }

  @Test
  void theLeaseCountsFromBeforeTheRenewalWasSent() {
    // Time passes only between the question and its answer.
    Node slow =
        new Node(
            () ->
                admin.hkeys(PREFIX + "{pages}:nodes").stream().anyMatch(f -> f.startsWith("o:"))
                    ? LONGEST.toNanos()
                    : 0);
    slow.near.lease().obey(slow.near.lease().ask());
    PageKey key = key("/a");
    slow.put(key, "old", "t");
    admin.keys("*:page:*").forEach(admin::del);
    slow.miss(key); // The lease had run out when its answer came, so Redis was asked.
  }

  @Test
  void newsAreObeyedBeforeTheLeaseIsReliedOn() {
    NearCopies copies = new NearCopies(1 << 20, clock, time::get);
    PageKey key = key("/a");
    Stamp at = new Stamp("e", 1);
    copies.obey(new NearCopies.News(at, Map.of(), 0), 10);
    copies.keep(key, page(key, "old", clock.instant(), "t"), at);
    assertTrue(copies.find(key, Stamp.NONE, 9).isPresent());
    List<Boolean> seen = new ArrayList<>();
    Map<String, Long> purged =
        new HashMap<>(Map.of("t", 2L)) {
          @Override
          public void forEach(BiConsumer<? super String, ? super Long> each) {
            seen.add(copies.find(key, Stamp.NONE, 15).isPresent());
            super.forEach(each);
            seen.add(copies.find(key, Stamp.NONE, 15).isPresent());
          }
        };
    copies.obey(new NearCopies.News(new Stamp("e", 2), purged, 0), 20);
    assertEquals(List.of(false, false), seen, "not trusted while the news are taken in");
    assertFalse(copies.find(key, Stamp.NONE, 15).isPresent());
  }

  @Test
  void aPageVouchedForBeforeTheNodeKnewTheEpochIsNotKept() {
    Node one = new Node();
    Node two = new Node();
    settle(one);
    PageKey key = key("/a");
    one.put(key, "old", "t");
    RedisPageStore.Found found = two.far.find(key);
    Purges.Purge purge = one.begin("t");
    two.renew();
    one.renew();
    assertTrue(one.holds(purge));
    NearCopies copies = new NearCopies(1 << 20, clock, time::get);
    copies.obey(two.near.lease().ask().news(), Long.MAX_VALUE);
    copies.keep(key, ((PageStore.Hit) found.lookup()).page(), found.at());
    assertTrue(copies.find(key, Stamp.NONE, 0).isEmpty());
  }

  @Test
  void afterALossAPurgeWaitsForLeasesNobodyKnowsOf() {
    Node one = new Node();
    Node two = new Node();
    settle(one, two);
    PageKey key = key("/a");
    one.put(key, "old", "t");
    assertEquals("old", two.hit(key));
    admin.flushAll();
    Purges.Purge purge = one.begin("t");
    one.renew();
    assertFalse(one.holds(purge));
    assertEquals("old", two.hit(key), "it has not heard of the loss");
    pass(LONGEST);
    assertTrue(one.holds(purge));
    two.miss(key);
    two.renew();
    two.miss(key);
  }

  @Test
  void aProcessThatJustStartedWaitsForLeasesOfAnOlderEpoch() {
    Node two = new Node();
    settle(two);
    PageKey key = key("/a");
    two.put(key, "old", "t");
    admin.flushAll();
    Node other = new Node();
    other.miss(key);
    Node fresh = new Node();
    Purges.Purge purge = fresh.begin("t");
    assertEquals("old", two.hit(key));
    assertFalse(fresh.holds(purge));
    pass(LONGEST);
    assertTrue(fresh.holds(purge));
    two.miss(key);
  }

  @Test
  void aPurgeForWhichRedisHasNoMemoryWaitsForAllLeases() {
    Node one = new Node();
    Node two = new Node();
    settle(one, two);
    PageKey key = key("/a");
    one.put(key, "old", "t");
    two.hit(key);
    client.configSet("maxmemory-policy", "noeviction");
    client.configSet("maxmemory", "1");
    Purges.Purge purge;
    try {
      purge = one.begin("t");
    } finally {
      client.configSet("maxmemory", "0");
    }
    assertFalse(one.holds(purge));
    assertEquals("old", two.hit(key));
    pass(LONGEST);
    assertTrue(one.holds(purge));
    two.miss(key);
    two.renew();
    two.miss(key);
  }

  @Test
  void aNodeThatMissedMoreThanItIsToldForgetsAll() {
    Node one = new Node();
    Node two = new Node();
    settle(one, two);
    PageKey key = key("/a");
    one.put(key, "old", "t");
    two.hit(key);
    for (int i = 0; i < 600; i++) {
      one.begin("other" + i);
    }
    two.renew();
    long idle = -reads() + reads();
    long before = reads();
    assertEquals("old", two.hit(key));
    assertEquals(before + idle + 1, reads(), "Redis is asked, which knows better");
  }

  @Test
  void aReceiptAsksRedisOnlyWhereTheNodeIsBehind() {
    Node one = new Node();
    Node two = new Node();
    settle(one, two);
    PageKey key = key("/a");
    one.put(key, "old", "t");
    two.hit(key);
    Stamp receipt = one.near.purgeWithoutWaiting(List.of("t"));
    assertEquals("old", two.hit(key), "others may still see it");
    assertInstanceOf(PageStore.Miss.class, two.near.lookup(key, receipt));
    two.renew();
    two.put(key, "new", "t");
    long idle = -reads() + reads();
    long before = reads();
    assertInstanceOf(PageStore.Hit.class, two.near.lookup(key, receipt));
    assertEquals(before + idle, reads(), "a node that obeys needs nobody");
    for (Stamp odd :
        List.of(new Stamp("never-heard-of", 1), new Stamp(receipt.epoch(), Long.MAX_VALUE))) {
      before = reads();
      assertInstanceOf(PageStore.Hit.class, two.near.lookup(key, odd));
      assertEquals(before + idle + 1, reads(), "no worse than a lookup without near copies");
    }
  }

  /** A far hit makes one array of the page's length, and no other. */
  @Test
  void aFarHitCopiesTheBodyOnce() {
    Node node = new Node();
    byte[] body = new byte[1 << 20];
    new Random(5).nextBytes(body);
    PageKey key = key("/big");
    Page big = page(key, Body.of(body), clock.instant());
    assertEquals(PageStore.Stored.KEPT, node.far.store(key, big, node.miss(key)));
    int length = PageCodec.encode(big).length;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 5; i++) {
      node.far.lookup(key, Stamp.NONE);
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    assertInstanceOf(PageStore.Hit.class, node.far.lookup(key, Stamp.NONE));
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated >= length, allocated + " of " + length);
    assertTrue(allocated < length + length / 4, allocated + " for a page of " + length);
  }
}
