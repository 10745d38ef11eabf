// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static dev.lms.pagecache.Pages.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.OwnStoreContract;
import dev.lms.pagecache.Pages;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.RestoreParams;
import redis.clients.jedis.util.JedisClusterCRC16;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisPageStoreTest extends OwnStoreContract {
  private RedisProcess redis;
  private RedisClient client;
  private Jedis admin;
  private RedisPageStore store;

  @BeforeAll
  void launch(@TempDir Path folder) throws IOException {
    redis = new RedisProcess(folder);
  }

  @BeforeEach
  void open() {
    client = redis.client();
    admin = redis.admin();
    client.flushAll();
    store = node(client);
  }

  /** Where near copies, of which there are none here, would have short leases. */
  private RedisPageStore node(RedisClient through) {
    return new RedisPageStore(
        through, RedisPageStore.DEFAULT_PREFIX, clock, Duration.ofMillis(20), System::nanoTime);
  }

  @AfterEach
  void close() {
    client.close();
    admin.close();
  }

  @AfterAll
  void stop() {
    redis.close();
  }

  @Override
  protected PageStore store() {
    return store;
  }

  private String server(String section, String field) {
    return admin
        .info(section)
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> line.substring(field.length() + 1).strip())
        .findFirst()
        .orElseThrow();
  }

  private long reads() {
    return Long.parseLong(server("stats", "total_reads_processed"));
  }

  @Test
  void twoNodesSharePagesAndPurges() {
    try (RedisClient otherClient = redis.client()) {
      RedisPageStore other = node(otherClient);
      PageKey key = key("/a");
      put(key, "one", miss(key), "t");
      assertEquals(
          "one", text(assertInstanceOf(PageStore.Hit.class, other.lookup(key, Stamp.NONE)).page()));
      other.purge(List.of("t"));
      miss(key);
    }
  }

  @Test
  void eachOperationIsOneRoundTrip() {
    PageKey key = key("/a");
    store.purge(List.of("x")); // the first one waits for nodes that nobody knows of
    Stamp stamp = miss(key);
    long idle = -reads() + reads(); // what reading the counter costs
    long before = reads();
    miss(key);
    assertEquals(before + idle + 1, reads(), "a miss");
    before = reads();
    put(key, "x", stamp, "t", "u");
    assertEquals(before + idle + 1, reads(), "a store");
    before = reads();
    hit(key);
    assertEquals(before + idle + 1, reads(), "a hit");
    before = reads();
    store.purge(List.of("t", "u", "v"));
    assertEquals(before + idle + 1, reads(), "a purge");
  }

  @Test
  void allKeysHaveThePrefixShareASlotAndPagesEnd() {
    PageKey odd = key("/{b}/c");
    put(key("/a"), "1", miss(key("/a")), "t");
    put(odd, "2", miss(odd));
    store.purge(List.of("t"));
    Set<String> keys = client.keys("*");
    assertEquals(6, keys.size(), keys.toString());
    assertEquals(1, keys.stream().map(JedisClusterCRC16::getSlot).distinct().count());
    for (String key : keys) {
      assertTrue(key.startsWith("cache:"), key);
      if (key.contains("}:page:")) {
        long left = client.pttl(key);
        assertTrue(left > 0 && left <= Pages.TTL.toMillis(), key + " ends in " + left);
      }
    }
  }

  @Test
  void aForgottenScriptIsSentAgain() {
    PageKey key = key("/a");
    put(key, "one", miss(key));
    client.scriptFlush();
    assertTrue(put(key, "two", miss(key)));
    client.scriptFlush();
    store.purge(List.of("t"));
    client.scriptFlush();
    Stamp stamp = miss(key);
    assertTrue(put(key, "three", stamp));
    assertEquals("three", text(hit(key)));
  }

  @Test
  void losingEverythingDuringARenderRefusesIt() {
    PageKey key = key("/a");
    store.purge(List.of("t"));
    Stamp before = miss(key);
    client.flushAll();
    assertFalse(put(key, "old", before, "t"));
    miss(key);
    assertTrue(put(key, "new", miss(key), "t"));
    assertEquals("new", text(hit(key)));
  }

  @Test
  void losingTheMemoryOfPurgesLosesAllPages() {
    PageKey key = key("/a");
    put(key, "one", miss(key), "t");
    hit(key);
    client.del("cache:{pages}:purges");
    miss(key);
  }

  /** As after a failover to a server that had not got the last purge yet but knows the script. */
  @Test
  void aServerThatLostTheLastPurgeServesNothingOld() {
    PageKey key = key("/a");
    put(key, "old", miss(key), "t");
    byte[] order = client.dump("cache:{pages}:purges");
    store.purge(List.of("t"));
    RestoreParams replace = RestoreParams.restoreParams().replace();
    client.restore("cache:{pages}:purges", 0, order, replace);
    miss(key);
    try (RedisClient otherClient = redis.client()) {
      assertInstanceOf(PageStore.Miss.class, node(otherClient).lookup(key, Stamp.NONE));
    }
  }

  /** A dump from before a purge must not bring back what was purged. */
  @Test
  void aRestartFromAnOldDumpServesNothingOld() throws IOException {
    PageKey key = key("/a");
    put(key, "old", miss(key), "t");
    admin.save();
    store.purge(List.of("t"));
    redis.kill();
    redis.start();
    try (Jedis fresh = redis.admin()) {
      assertTrue(fresh.exists("cache:{pages}:purges"), "the dump was loaded");
    }
    miss(key);
    assertTrue(put(key, "new", miss(key), "t"));
    assertEquals("new", text(hit(key)));
  }

  /** Another cache that asks first must not hide the restart from this one. */
  @Test
  void aRestartFromAnOldDumpIsNoticedByEachOfTwoCaches() throws IOException {
    PageKey key = key("/a");
    put(key, "old", miss(key), "t");
    admin.save();
    store.purge(List.of("t"));
    redis.kill();
    redis.start();
    try (RedisClient others = redis.client()) {
      new RedisPageStore(others, "other:", clock, Duration.ofMillis(20), System::nanoTime)
          .lookup(key, Stamp.NONE);
      // A process that has just started knows of no purge.
      assertInstanceOf(PageStore.Miss.class, node(others).lookup(key, Stamp.NONE));
    }
    miss(key);
  }

  @Test
  void anOutageIsAnExceptionAndEndsByItself() throws IOException {
    PageKey key = key("/a");
    Stamp stamp = miss(key);
    redis.kill();
    try {
      assertThrows(PageStoreException.class, () -> store.lookup(key, Stamp.NONE));
      assertThrows(PageStoreException.class, () -> put(key, "x", stamp));
      PageStoreException e =
          assertThrows(PageStoreException.class, () -> store.purge(List.of("t")));
      assertTrue(e.toString().contains("Redis of the page cache"), e.toString());
    } finally {
      redis.start();
    }
    assertFalse(put(key, "x", stamp), "the restart began a new epoch");
    assertTrue(put(key, "x", miss(key)));
    hit(key);
  }

  /** A pooled connection whose server was restarted is replaced within one call. */
  @Test
  void aRestartBetweenTwoCallsIsNoOutage() throws IOException {
    PageKey key = key("/a");
    miss(key);
    redis.kill();
    redis.start();
    miss(key);
  }

  @Test
  void aPurgeHoldsEvenWhenRedisIsFull() {
    PageKey key = key("/a");
    put(key, "one", miss(key), "t");
    client.configSet("maxmemory-policy", "noeviction");
    client.configSet("maxmemory", "1");
    try {
      store.purge(List.of("t"));
    } finally {
      client.configSet("maxmemory", "0");
    }
    miss(key);
  }

  @Test
  void whatIsNotAPageIsAMiss() {
    PageKey key = key("/a");
    put(key, "one", miss(key));
    String name =
        client.keys("*").stream().filter(k -> k.contains("}:page:")).findFirst().orElseThrow();
    client.hset(name, "page", "garbage");
    miss(key);
    assertTrue(put(key, "two", miss(key)));
    hit(key);
  }

  @Test
  void oldTagsAreForgottenAndNothingStaleSurvives() {
    PageKey old = key("/old");
    PageKey young = key("/young");
    Stamp before = miss(old);
    assertTrue(put(old, "one", before, "t"));
    for (int i = 0; i < 11_000; i += 1000) {
      store.purge(IntStream.range(i, i + 1000).mapToObj(n -> "tag" + n).toList());
    }
    miss(old);
    assertFalse(put(old, "old", before, "t"), "what was purged since is not known any more");
    assertTrue(put(young, "two", miss(young), "t"));
    assertTrue(client.zcard("cache:{pages}:purges") <= 10_002);
    store.purge(List.of("another"));
    hit(young);
    store.purge(List.of("t"));
    miss(young);
  }

  @Test
  void keepsBytesOfEveryKind() {
    byte[] bytes = new byte[100_000];
    new Random(7).nextBytes(bytes);
    PageKey key = key("/a");
    Page stored = page(key, Body.of(bytes), clock.instant());
    store.store(key, stored, miss(key));
    assertEquals(
        new String(bytes, StandardCharsets.ISO_8859_1),
        new String(
            Pages.bytes(
                hit(key).unwrap(Answer.class).body(),
                dev.lms.pagecache.http.Coding.IDENTITY,
                java.util.Map.of()),
            StandardCharsets.ISO_8859_1));
  }
}
