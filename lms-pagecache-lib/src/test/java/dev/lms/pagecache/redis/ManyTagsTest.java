// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static dev.lms.pagecache.Pages.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.params.RestoreParams;

/** A lookup looks at what was purged since the last one, and is as exact as if it looked at all. */
class ManyTagsTest extends OneRedis {
  private static final String[] THOUSAND =
      IntStream.range(0, 1000).mapToObj(i -> "tag" + i).toArray(String[]::new);
  private static final PageKey KEY = key("/a");
  private static final String ORDER = "cache:{pages}:purges";

  private RedisPageStore store;

  @BeforeEach
  void open() {
    store = node();
  }

  private RedisPageStore node() {
    return new RedisPageStore(client, RedisPageStore.DEFAULT_PREFIX, InstantSource.system());
  }

  private void put(PageKey key, String text, String... tags) {
    PageStore.Miss miss = assertInstanceOf(PageStore.Miss.class, store.lookup(key, Stamp.NONE));
    assertEquals(
        PageStore.Stored.KEPT,
        store.store(key, page(key, text, InstantSource.system().instant(), tags), miss.stamp()));
  }

  private void purge(String... tags) {
    store.purgeWithoutWaiting(List.of(tags));
  }

  private void hit() {
    assertInstanceOf(PageStore.Hit.class, store.lookup(KEY, Stamp.NONE));
  }

  private void miss() {
    assertInstanceOf(PageStore.Miss.class, store.lookup(KEY, Stamp.NONE));
  }

  /** How often scripts called these. */
  private List<Long> calls(String... commands) {
    List<String> all = admin.info("commandstats").lines().toList();
    return Arrays.stream(commands)
        .map(
            command ->
                all.stream()
                    .filter(line -> line.startsWith("cmdstat_" + command + ":calls="))
                    .mapToLong(line -> Long.parseLong(line.split("[=,]", 3)[1]))
                    .sum())
        .toList();
  }

  @Test
  void aLookupLooksAtEachPurgeOnceAndNotAtTags() {
    put(KEY, "x", THOUSAND);
    admin.configResetStat();
    hit();
    hit();
    assertEquals(List.of(0L, 0L, 0L), calls("zrangebyscore", "zmscore", "hset"), "no purge");
    purge("other", "another");
    hit();
    hit();
    assertEquals(List.of(1L, 0L, 1L), calls("zrangebyscore", "zmscore", "hset"), "a purge");
    for (int i = 0; i < 33; i++) {
      purge("other" + i);
    }
    hit();
    hit();
    assertEquals(List.of(2L, 1L, 2L), calls("zrangebyscore", "zmscore", "hset"), "many purges");
    purge("tag999");
    miss();
    miss();
  }

  @Test
  void aPurgeAfterManyOthersThatWereLookedAtEndsThePage() {
    for (String tag : List.of("tag0", "tag500", "tag999")) {
      put(KEY, "x", THOUSAND);
      for (int i = 0; i < 5; i++) {
        purge("other" + i);
        hit();
      }
      purge("other", tag, "another");
      miss();
      purge("other");
      miss();
    }
  }

  /** Redis remembers no more than ten thousand tags: all that is left to see is that it forgot. */
  @Test
  void aPurgeOfMoreTagsThanAreRememberedEndsThePage() {
    put(KEY, "x", "t");
    purge(
        IntStream.range(0, 10_001).mapToObj(i -> i == 7 ? "t" : "tag" + i).toArray(String[]::new));
    assertEquals(2, admin.zcard(ORDER));
    miss();
  }

  /** Nothing that a lookup writes makes a page live longer. */
  @Test
  void aLookupLeavesTheLifetimeAlone() {
    put(KEY, "x", "t");
    String name = admin.keys("*}:page:*").iterator().next();
    admin.pexpire(name, 20_000);
    purge("other");
    hit();
    assertEquals("1", admin.hget(name, "clock"));
    long left = admin.pttl(name);
    assertTrue(left > 0 && left <= 20_000, left + " ms");
  }

  @Test
  void aFullRedisAnswersLookupsAllTheSame() {
    put(KEY, "x", "t");
    String name = admin.keys("*}:page:*").iterator().next();
    purge("other");
    client.configSet("maxmemory-policy", "noeviction");
    client.configSet("maxmemory", "1");
    try {
      hit();
      hit();
      assertEquals("0", admin.hget(name, "clock"), "it had no memory for that");
    } finally {
      client.configSet("maxmemory", "0");
    }
    hit();
    assertEquals("1", admin.hget(name, "clock"));
    purge("t");
    miss();
  }

  /** The page says itself that purges are missing, to whoever has seen none of them. */
  @Test
  void aServerThatLostPurgesServesNoPageThatHasSeenThem() {
    put(KEY, "x", "t");
    byte[] order = client.dump(ORDER);
    purge("other");
    hit();
    client.restore(ORDER, 0, order, RestoreParams.restoreParams().replace());
    store = node();
    miss();
  }

  /** Exactly those that were purged are missing, whatever tags look like in Redis. */
  @Test
  void exactlyWhatWasPurgedIsMissingInRandomHistories() {
    // As bytes, some hold what others are when they are packed.
    List<String> names =
        Stream.concat(
                Stream.of("", "b", "áb", "bb", "ábc", "ab", "x".repeat(40), "y".repeat(70_000)),
                IntStream.range(0, 30).mapToObj(i -> "tag" + i))
            .toList();
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<Set<String>> kept = new ArrayList<>(List.of(Set.of(), Set.of(), Set.of(), Set.of()));
    int hits = 0;
    int misses = 0;
    for (int step = 0; step < 3000; step++) {
      if (random.nextInt(3) == 0) {
        Set<String> purged = some(names, random.nextInt(10) == 0 ? 35 : 2, random);
        purge(purged.toArray(String[]::new));
        kept.replaceAll(tags -> tags.stream().anyMatch(purged::contains) ? Set.of() : tags);
        continue;
      }
      int page = random.nextInt(kept.size());
      PageKey key = key("/" + page);
      if (store.lookup(key, Stamp.NONE) instanceof PageStore.Hit hit) {
        assertEquals(
            new TreeSet<>(kept.get(page)).toString(),
            text(hit.page()),
            () -> "with the seed " + seed);
        hits++;
      } else {
        assertEquals(Set.of(), kept.get(page), () -> "with the seed " + seed);
        Set<String> tags = some(names, 1 + random.nextInt(12), random);
        put(key, new TreeSet<>(tags).toString(), tags.toArray(String[]::new));
        kept.set(page, tags);
        misses++;
      }
    }
    assertTrue(hits > 300 && misses > 300, hits + " hits, " + misses + " misses");
  }

  private static Set<String> some(List<String> names, int most, Random random) {
    Set<String> some = new HashSet<>();
    for (int i = 0; i < most; i++) {
      some.add(names.get(random.nextInt(names.size())));
    }
    return some;
  }
}
