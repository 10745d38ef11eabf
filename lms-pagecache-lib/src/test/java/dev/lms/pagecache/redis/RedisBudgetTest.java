// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStore.Stored;
import dev.lms.pagecache.store.Stamp;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.RestoreParams;

/** P7: what pages take of a Redis that sessions need too. */
class RedisBudgetTest extends OneRedis {
  private static final int MIB = 1 << 20;
  private static final String LEDGER = RedisPageStore.DEFAULT_PREFIX + "{pages}:ledger";

  private final ManualClock clock = new ManualClock();
  private final Random random = new Random(11);

  @BeforeEach
  void open() {
    admin.configSet("maxmemory", "0");
    admin.configSet("maxmemory-policy", "noeviction");
  }

  private RedisPageStore store() {
    return new RedisPageStore(client, RedisPageStore.DEFAULT_PREFIX, clock);
  }

  private RedisPageStore store(long maxBytes) {
    return new RedisPageStore(client, RedisPageStore.DEFAULT_PREFIX, clock, maxBytes);
  }

  /** A page that does not get smaller by compressing, and is kept in both forms. */
  private Page pageOf(PageKey key, int bytes) {
    byte[] body = new byte[bytes];
    random.nextBytes(body);
    return page(key, Body.of(body), clock.instant(), "t");
  }

  private Stored put(PageStore store, PageKey key, int bytes) {
    Stamp stamp =
        assertInstanceOf(PageStore.Miss.class, store.lookup(key("/none"), Stamp.NONE)).stamp();
    return store.store(key, pageOf(key, bytes), stamp);
  }

  /** As a visitor does: asks for the page, and renders it if there is none. */
  private Stored visit(PageStore store, PageKey key, int bytes) {
    return store.lookup(key, Stamp.NONE) instanceof PageStore.Miss miss
        ? store.store(key, pageOf(key, bytes), miss.stamp())
        : Stored.KEPT;
  }

  private long used() {
    return memory("used_memory");
  }

  private long memory(String field) {
    return admin
        .info("memory")
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(field.length() + 1).strip()))
        .findFirst()
        .orElseThrow();
  }

  private int pages() {
    return admin.keys("*}:page:*").size();
  }

  /** Once a script has written, Redis no longer looks whether it is full. */
  @Test
  void aRedisThatIsFullTakesNoPage() {
    RedisPageStore store = store();
    put(store, key("/first"), 1000);
    admin.configSet("maxmemory", Long.toString(used() * 9 / 10));
    int refused = 0;
    for (int i = 0; i < 50; i++) {
      refused += put(store, key("/" + i), 20_000) == Stored.KEPT ? 0 : 1;
    }
    assertEquals(50, refused);
    assertEquals(Stored.FULL, put(store, key("/first"), 1000), "nor a new one for an old one");
    assertInstanceOf(
        PageStore.Hit.class, store.lookup(key("/first"), Stamp.NONE), "the old one stays");
  }

  /** 14,000 addresses nobody asked for before filled 48 MB, and nobody could sign in any more. */
  @Test
  void aFloodOfPagesLeavesRoomForSessions() {
    long most = used() + 12L * MIB;
    admin.configSet("maxmemory", Long.toString(most));
    RedisPageStore store = store(64L * MIB);
    for (int i = 0; i < 400; i++) {
      visit(store, key("/" + i), 15_000);
      visit(store, key("/" + i), 15_000);
    }
    assertTrue(used() < most * 8 / 10, used() + " of " + most);
    assertTrue(used() > most / 2, "it is used: " + used() + " of " + most);
    sessions(2 * MIB);
  }

  private void sessions(int bytes) {
    for (int i = 0; i < bytes / 1000; i++) {
      admin.set("session:" + i, "x".repeat(900));
    }
  }

  /** Pages make room when sessions grow, until there are none. */
  @Test
  void pagesMakeRoomForSessionsThatGrow() {
    long most = used() + 12L * MIB;
    admin.configSet("maxmemory", Long.toString(most));
    RedisPageStore store = store(64L * MIB);
    int page = 0;
    try {
      for (int i = 0; used() < most * 9 / 10; i++) {
        admin.set("session:" + i, "x".repeat(9_000));
        visit(store, key("/" + page), 15_000);
        visit(store, key("/" + page++), 15_000);
      }
    } catch (JedisDataException e) {
      throw new AssertionError("a session was refused beside " + pages() + " pages", e);
    }
    assertEquals(0, pages());
    assertNotEquals(Stored.KEPT, visit(store, key("/another"), 15_000));
  }

  @Test
  void belowHalfOfTheBudgetEveryPageIsStoredAboveItOneThatWasAskedForBefore() {
    try (RedisClient otherClient = redis.client()) {
      RedisPageStore one = store(4L * MIB);
      RedisPageStore other =
          new RedisPageStore(otherClient, RedisPageStore.DEFAULT_PREFIX, clock, 4L * MIB);
      int stored = 0;
      while (stored < 200 && visit(one, key("/" + stored), 20_000) == Stored.KEPT) {
        stored++;
      }
      long half = one.sharedBytes();
      assertTrue(half <= 2 * MIB && half > 2 * MIB - 50_000, half + " bytes of " + stored);
      assertEquals(Stored.ASKED_ONCE, visit(other, key("/x"), 20_000));
      assertEquals(Stored.KEPT, visit(one, key("/x"), 20_000), "the second time, on another node");
      assertEquals(Stored.KEPT, put(one, key("/0"), 20_000), "what is there may be renewed");
      assertInstanceOf(PageStore.Hit.class, other.lookup(key("/x"), Stamp.NONE));
    }
  }

  @Test
  void pagesStayWithinTheirBudgetWhateverTheirSize() {
    long before = used();
    long budget = 4L * MIB;
    RedisPageStore store = store(budget);
    for (int i = 0; i < 500; i++) {
      PageKey key = key("/" + i);
      int size = 1 << random.nextInt(17);
      visit(store, key, size);
      visit(store, key, size);
      assertTrue(store.sharedBytes() <= budget, store.sharedBytes() + " bytes");
      if (i % 100 == 99) {
        assertTrue(used() - before < budget + MIB, used() - before + " bytes in Redis");
      }
    }
    assertTrue(store.sharedBytes() > budget / 2, "the budget is used");
    assertEquals(Stored.FULL, put(store, key("/huge"), 5 * MIB));
    assertTrue(pages() > 10, pages() + " pages");
  }

  /** What the ledger counts is what Redis gives for it, not much more and hardly less. */
  @Test
  void whatAPageTakesIsKnown() {
    RedisPageStore store = store(64L * MIB);
    put(store, key("/first"), 10);
    for (int size : new int[] {10, 500, 3_000, 40_000}) {
      long before = used();
      long counted = store.sharedBytes();
      for (int i = 0; i < 300; i++) {
        put(store, key("/" + size + "/" + i + "x".repeat(size / 100)), size);
      }
      double taken = used() - before;
      double ratio = (store.sharedBytes() - counted) / taken;
      assertTrue(ratio > 0.9 && ratio < 1.6, size + ": counted " + ratio + " of what was taken");
    }
  }

  @Test
  void whatNobodyAsksForMakesRoom() {
    RedisPageStore store = store(4L * MIB);
    PageKey hot = key("/hot");
    put(store, hot, 10_000);
    for (int i = 0; i < 140; i++) {
      visit(store, key("/" + i), 10_000);
      visit(store, key("/" + i), 10_000);
    }
    // A minute passes in which only the hot page is asked for.
    for (String name : admin.keys("*}:page:*")) {
      byte[] dump = admin.dump(name);
      long left = admin.pttl(name);
      long idle = name.contains("/hot") ? 0 : 60;
      admin.restore(name, left, dump, RestoreParams.restoreParams().replace().idleTime(idle));
    }
    for (int i = 1000; i < 1120; i++) {
      visit(store, key("/" + i), 10_000);
      visit(store, key("/" + i), 10_000);
    }
    assertInstanceOf(PageStore.Hit.class, store.lookup(hot, Stamp.NONE));
    assertTrue(
        admin.keys("*}:page:*").stream().filter(name -> name.contains("/10")).count() > 80,
        "the new ones are there");
  }

  @Test
  void underAPolicyThatCountsUsesPagesStillMakeRoom() {
    admin.configSet("maxmemory-policy", "volatile-lfu");
    RedisPageStore store = store(2L * MIB);
    for (int i = 0; i < 200; i++) {
      visit(store, key("/" + i), 10_000);
      assertEquals(Stored.KEPT, visit(store, key("/" + i), 10_000));
    }
    assertTrue(store.sharedBytes() <= 2L * MIB);
  }

  /** Pages that ended, were evicted or deleted leave the ledger; one lost ledger is begun anew. */
  @Test
  void whatIsNoLongerThereIsNoLongerCounted() {
    RedisPageStore store = store(4L * MIB);
    for (int i = 0; i < 60; i++) {
      visit(store, key("/" + i), 10_000);
    }
    long full = store.sharedBytes();
    // They ended ten seconds ago, by the ledger and by Redis.
    for (String name : admin.keys("*}:page:*")) {
      double score = admin.zscore(LEDGER, name);
      admin.zadd(LEDGER, score - 100.0 * (1 << 21), name);
      admin.del(name);
    }
    for (int i = 0; i < 10; i++) {
      assertEquals(Stored.KEPT, visit(store, key("/new" + i), 1000));
    }
    assertTrue(store.sharedBytes() < full / 10, store.sharedBytes() + " of " + full);

    for (int i = 0; i < 140; i++) {
      visit(store, key("/more" + i), 10_000);
      visit(store, key("/more" + i), 10_000);
    }
    admin.keys("*}:page:*").forEach(admin::del); // as Redis does when it evicts
    for (int i = 0; i < 140; i++) {
      visit(store, key("/again" + i), 10_000);
      visit(store, key("/again" + i), 10_000);
    }
    // Redis draws the sample at random: one without any that is gone, and living ones make room.
    assertTrue(pages() >= 125, "those that are gone make room first, but there are " + pages());

    admin.del(LEDGER);
    assertEquals(Stored.KEPT, visit(store, key("/afterwards"), 10_000));
    admin.flushAll();
    assertEquals(0, store.sharedBytes());
    store.lookup(key("/a"), Stamp.NONE);
    assertEquals(Stored.KEPT, visit(store, key("/a"), 10_000));
  }

  @Test
  void ofManyAddressesThatWereAskedForOnceTheOlderAreForgotten() {
    RedisPageStore store = store(MIB);
    for (int i = 0; i < 100; i++) {
      visit(store, key("/" + i), 5_000); // Until the store is half full.
    }
    String first = "/first";
    assertEquals(Stored.ASKED_ONCE, visit(store, key(first), 5_000));
    admin.zadd(LEDGER, 39_998, "asked");
    assertEquals(Stored.ASKED_ONCE, visit(store, key("/second"), 5_000));
    assertEquals(Stored.ASKED_ONCE, visit(store, key("/third"), 5_000));
    assertEquals(Stored.KEPT, visit(store, key(first), 5_000), "one generation ago");
    admin.zadd(LEDGER, 39_999, "asked");
    assertEquals(Stored.ASKED_ONCE, visit(store, key("/fourth"), 5_000));
    assertEquals(Stored.ASKED_ONCE, visit(store, key("/second"), 5_000), "two ago");
    long bits = admin.keys("*:asked*").stream().mapToLong(name -> admin.strlen(name)).sum();
    assertTrue(bits <= 2 * 65536, bits + " bytes");
  }

  @Test
  void everyKeyEnds() {
    RedisPageStore store = store(MIB);
    for (int i = 0; i < 30; i++) {
      visit(store, key("/" + i), 20_000);
      visit(store, key("/" + i), 20_000);
    }
    store.purge(List.of("t"));
    assertTrue(admin.keys("*").size() > 5);
    for (String name : admin.keys("*")) {
      assertTrue(admin.pttl(name) > 0, name + " never ends");
    }
  }

  @Test
  void whatIsNoPageStandsInNobodysWay() {
    RedisPageStore store = store();
    put(store, key("/a"), 100);
    String name = admin.keys("*}:page:*").iterator().next();
    admin.del(name);
    admin.sadd(name, "something else");
    assertInstanceOf(PageStore.Miss.class, store.lookup(key("/a"), Stamp.NONE));
    assertEquals(Stored.KEPT, put(store, key("/a"), 100));
    assertInstanceOf(PageStore.Hit.class, store.lookup(key("/a"), Stamp.NONE));
    admin.set("cache:{pages}:purges", "something else");
    assertInstanceOf(PageStore.Miss.class, store.lookup(key("/a"), Stamp.NONE));
    assertEquals(Stored.KEPT, put(store, key("/a"), 100));
  }
}
