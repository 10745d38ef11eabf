// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.page;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.OwnStoreContract;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStore.Stored;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.util.JedisClusterCRC16;

/** The contract on three masters, and what becomes of a bucket whose slot is moving. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisClusterPageStoreTest extends OwnStoreContract {
  private ClusterProcess cluster;
  private RedisClusterClient client;
  private RedisPageStore store;

  @BeforeAll
  void launch(@TempDir Path folder) throws IOException {
    cluster = start(folder);
  }

  ClusterProcess start(Path folder) throws IOException {
    return ClusterProcess.start(folder);
  }

  @BeforeEach
  void open() {
    cluster.flush();
    client = cluster.client();
    store = new RedisPageStore(client, RedisPageStore.DEFAULT_PREFIX, clock);
  }

  @AfterEach
  void close() {
    client.close();
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @Override
  protected PageStore store() {
    return store;
  }

  private static String bucketOf(String name) {
    return name.substring(name.indexOf('{'), name.indexOf('}') + 1);
  }

  @Test
  void pagesAreSpreadOverAllMastersAndEveryKeyEnds() {
    for (int i = 0; i < 100; i++) {
      assertTrue(put(key("/" + i), "x", miss(key("/" + i)), "t"));
    }
    store.purge(List.of("other"));
    Set<String> keys = cluster.keys();
    assertEquals(
        Buckets.IN_CLUSTER,
        keys.stream().map(RedisClusterPageStoreTest::bucketOf).distinct().count());
    for (Jedis master : cluster.masters()) {
      assertTrue(master.keys("*}:page:*").size() > 10, "pages on each");
      for (String name : master.keys("*")) {
        assertTrue(name.startsWith("cache:{pages-"), name);
        assertTrue(master.pttl(name) > 0, name + " never ends");
      }
    }
    assertEquals(
        Buckets.IN_CLUSTER, keys.stream().map(JedisClusterCRC16::getSlot).distinct().count());
    assertTrue(store.sharedBytes() > 100 * 512, "all that pages take");
  }

  private List<Long> reads() {
    return cluster.masters().stream()
        .map(
            admin ->
                Long.valueOf(
                    admin.info("stats").replaceAll("(?s).*total_reads_processed:(\\d+).*", "$1")))
        .toList();
  }

  /** Round trips to each master beside those that counting costs. */
  private List<Long> roundTrips(Runnable call) {
    reads();
    List<Long> before = reads();
    call.run();
    List<Long> after = reads();
    return java.util.stream.IntStream.range(0, before.size())
        .mapToObj(i -> after.get(i) - before.get(i) - 1)
        .toList();
  }

  @Test
  void aPurgeIsOneRoundTripToEachMasterAndAllElseOneInAll() {
    PageKey key = key("/a");
    store.purge(List.of("x")); // Brings the scripts.
    store.purge(List.of("x"));
    Stamp stamp = miss(key);
    assertEquals(List.of(1L, 1L, 1L), roundTrips(() -> store.purge(List.of("x", "y"))));
    assertEquals(1, sum(roundTrips(() -> miss(key))), "a miss");
    assertEquals(1, sum(roundTrips(() -> put(key, "x", stamp, "t"))), "a store");
    assertEquals(1, sum(roundTrips(() -> hit(key))), "a hit");
  }

  private static long sum(List<Long> all) {
    return all.stream().mapToLong(Long::longValue).sum();
  }

  /** Who a page is for may turn out only when it is rendered. */
  @Test
  void aStampIsGoodForEveryVariantOfItsAddress() {
    for (int i = 0; i < 40; i++) {
      PageKey asked = PageKey.builder("", "/a").parameters(List.of("q=" + i)).of("V4:anon");
      PageKey own = asked.withVariant("V4:userN1:7");
      Stamp stamp = miss(asked);
      assertEquals(Stored.KEPT, store.store(own, page(own, "x", clock.instant()), stamp));
      PageKey selecting = asked.selecting("d");
      assertEquals(
          Stored.KEPT, store.store(selecting, page(selecting, "x", clock.instant()), stamp));
    }
    assertTrue(
        cluster.keys().stream()
                .filter(name -> name.contains("}:page:"))
                .map(RedisClusterPageStoreTest::bucketOf)
                .distinct()
                .count()
            > 5,
        "the pages of one path are spread by their queries");
  }

  /** Each bucket has its part of it, which none of its pages may exceed. */
  @Test
  void theBudgetIsThatOfAllBuckets() {
    long budget = 1 << 20;
    RedisPageStore small = new RedisPageStore(client, RedisPageStore.DEFAULT_PREFIX, clock, budget);
    Random random = new Random(17);
    for (int i = 0; i < 600; i++) {
      PageKey key = key("/" + i);
      for (int visit = 0; visit < 2; visit++) {
        if (small.lookup(key, Stamp.NONE) instanceof PageStore.Miss miss) {
          small.store(key, pageOf(key, 3_000, random), miss.stamp());
        }
      }
    }
    long taken = small.sharedBytes();
    assertTrue(taken <= budget && taken > budget * 3 / 4, taken + " of " + budget);
    PageKey large = key("/large");
    Stamp stamp = assertInstanceOf(PageStore.Miss.class, small.lookup(large, Stamp.NONE)).stamp();
    assertEquals(Stored.FULL, small.store(large, pageOf(large, 100_000, random), stamp));
  }

  private Page pageOf(PageKey key, int bytes, Random random) {
    byte[] body = new byte[bytes];
    random.nextBytes(body);
    return page(key, Body.of(body), clock.instant());
  }

  @Test
  void nearCopiesAreRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> NearPageStore.over(store, 1 << 20, clock));
    assertTrue(String.valueOf(e.getMessage()).contains("use the RedisPageStore"), e.getMessage());
  }

  @Test
  void aPurgeThatOneMasterDoesNotAcknowledgeFails() throws IOException {
    Set<PageKey> keys = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      keys.add(key("/" + i));
      put(key("/" + i), "old", miss(key("/" + i)), "t");
    }
    cluster.master(1).kill();
    try {
      assertThrows(PageStoreException.class, () -> store.purge(List.of("t")));
      assertThrows(PageStoreException.class, () -> store.purgeWithoutWaiting(List.of("t")));
    } finally {
      cluster.master(1).start();
      cluster.reconnect(1);
      cluster.awaitAll();
    }
    store.purge(List.of("t"));
    keys.forEach(this::miss);
  }

  /** A key of a bucket that has a page, and the names of its keys. */
  private record Bucket(PageKey page, int slot, String purges, String name) {}

  private Bucket bucket() {
    PageKey key = key("/moving");
    assertTrue(put(key, "old", miss(key), "t"));
    String name =
        cluster.keys().stream().filter(k -> k.contains("}:page:")).findFirst().orElseThrow();
    return new Bucket(
        key,
        JedisClusterCRC16.getSlot(name),
        name.substring(0, name.indexOf('}') + 2) + "purges",
        name);
  }

  /** A page of the same bucket that is not there. */
  private PageKey beside(Bucket bucket) {
    for (int i = 0; ; i++) {
      PageKey key = key("/moving/" + i);
      if (JedisClusterCRC16.getSlot(
              new String(nameOf(key), java.nio.charset.StandardCharsets.UTF_8))
          == bucket.slot()) {
        return key;
      }
    }
  }

  private byte[] nameOf(PageKey key) {
    return Buckets.of(client, RedisPageStore.DEFAULT_PREFIX).of(key).key("page:");
  }

  @Test
  void whileASlotMovesPurgesGoOnAndNothingIsStoredThere() {
    Bucket bucket = bucket();
    PageKey other = beside(bucket);
    ClusterProcess.Move move = cluster.move(bucket.slot());
    hit(bucket.page());
    assertEquals(Stored.FULL, put(other));
    store.purge(List.of("u"));
    hit(bucket.page());
    move.key(bucket.name());
    miss(bucket.page());
    store.purge(List.of("v"));
    assertEquals(Stored.FULL, put(other));
    move.key(bucket.purges());
    store.purge(List.of("t"));
    miss(bucket.page());
    assertEquals(Stored.FULL, put(other));
    // Would fail if anything had been made where it was to come to.
    move.keys();
    store.purge(List.of("w"));
    assertEquals(Stored.FULL, put(other));
    move.end();
    miss(bucket.page());
    assertEquals(Stored.KEPT, put(other));
    hit(other);
    store.purge(List.of("t"));
    miss(other);
  }

  /** The order of purges may arrive first, and be lost or empty when it does. */
  @Test
  void whatIsPurgedInASlotThatMovesStaysPurged() {
    Bucket bucket = bucket();
    ClusterProcess.Move move = cluster.move(bucket.slot());
    move.key(bucket.purges());
    Stamp before = miss(bucket.page());
    store.purge(List.of("t"));
    assertEquals(
        Stored.PURGED,
        store.store(bucket.page(), page(bucket.page(), "old", clock.instant(), "t"), before));
    move.keys();
    miss(bucket.page());
    move.end();
    miss(bucket.page());
    assertTrue(put(bucket.page(), "new", miss(bucket.page()), "t"));
    Set<Integer> slots =
        cluster.keys().stream().map(JedisClusterCRC16::getSlot).collect(Collectors.toSet());
    assertEquals(Buckets.IN_CLUSTER, slots.size());
  }

  /** A script that has to begin anew in a slot that is moving takes a key away to make it again. */
  @Test
  void aLossInASlotThatMovesIsNoticedThere() {
    Bucket bucket = bucket();
    ClusterProcess.Move move = cluster.move(bucket.slot());
    cluster.admin(cluster.owner(bucket.slot())).scriptFlush();
    miss(bucket.page());
    store.purge(List.of("t"));
    miss(bucket.page());
    move.keys();
    move.end();
    assertTrue(put(bucket.page(), "new", miss(bucket.page()), "t"));
  }

  private Stored put(PageKey key) {
    PageStore.Miss miss = assertInstanceOf(PageStore.Miss.class, store.lookup(key, Stamp.NONE));
    return store.store(key, page(key, "x", clock.instant(), "t"), miss.stamp());
  }
}
