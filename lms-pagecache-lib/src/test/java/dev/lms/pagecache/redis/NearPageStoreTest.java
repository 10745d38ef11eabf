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
import dev.lms.pagecache.Receipt;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;

/** Near copies whose leases renew themselves: the contract, each call on another node. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NearPageStoreTest extends OwnStoreContract {
  private static final String PREFIX = RedisPageStore.DEFAULT_PREFIX;

  private RedisProcess redis;
  private Jedis admin;
  private final List<RedisClient> clients = new ArrayList<>();
  private final List<NearPageStore> nodes = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();

  @BeforeAll
  void launch(@TempDir Path folder) throws IOException {
    redis = new RedisProcess(folder);
    admin = redis.admin();
    for (int i = 0; i < 3; i++) {
      nodes.add(NearPageStore.over(far(Lease.LONGEST), 1 << 20, clock));
    }
  }

  private RedisPageStore far(Duration longestLease) {
    return far(PREFIX, longestLease);
  }

  private RedisPageStore far(String prefix, Duration longestLease) {
    RedisClient client = redis.client();
    clients.add(client);
    return new RedisPageStore(client, prefix, clock, longestLease, System::nanoTime);
  }

  @BeforeEach
  void forgetAll() {
    nodes.get(0).purge(List.of("*"));
  }

  @AfterAll
  void stop() {
    nodes.forEach(NearPageStore::close);
    clients.forEach(RedisClient::close);
    admin.close();
    redis.close();
  }

  private PageStore next() {
    return nodes.get(Math.floorMod(turn.getAndIncrement(), nodes.size()));
  }

  @Override
  protected PageStore store() {
    return new PageStore() {
      @Override
      public Lookup lookup(PageKey key, Stamp seen) {
        return NearFixture.found(next(), key, seen);
      }

      @Override
      public Stored store(PageKey key, Page page, Stamp stamp) {
        return next().store(key, page, stamp);
      }

      @Override
      public void purge(Collection<String> tags) {
        next().purge(tags);
      }

      @Override
      public Stamp purgeWithoutWaiting(Collection<String> tags) {
        return next().purgeWithoutWaiting(tags);
      }

      @Override
      public long bytes() {
        return next().bytes();
      }
    };
  }

  private static void eventually(BooleanSupplier condition) {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < giveUp, "not within a minute");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private long hitsInRedis() {
    return admin
        .info("commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_evalsha:calls="))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*calls=(\\d+),.*", "$1")))
        .sum();
  }

  private long registered(String key) {
    return admin.hkeys(key).stream().filter(field -> field.startsWith("o:")).count();
  }

  @Test
  void copiesAreUsedAndWeighed() {
    NearPageStore node = nodes.get(0);
    PageKey key = key("/near");
    assertTrue(put(key, "x".repeat(1000), miss(key)));
    assertInstanceOf(PageStore.Hit.class, NearFixture.found(node, key, Stamp.NONE));
    assertTrue(node.bytes() >= 1000);
    int lookups = 20_000;
    eventually(
        () -> {
          long before = hitsInRedis();
          for (int i = 0; i < lookups; i++) {
            NearFixture.found(node, key, Stamp.NONE);
          }
          return hitsInRedis() - before < lookups / 2;
        });
  }

  /** Leases of another length, so that resting and waiting are seen soon. */
  @Test
  void aNodeWithoutRequestsRestsAndWakes() throws IOException {
    String prefix = "rest:";
    RedisPageStore far = far(prefix, Duration.ofMillis(20));
    String nodesKey = prefix + "{pages}:nodes";
    try (NearPageStore node = NearPageStore.over(far, 1 << 20, clock)) {
      NearFixture.visit(node, key("/a"));
      eventually(() -> registered(nodesKey) == 1);
      eventually(() -> registered(nodesKey) == 0);
      NearFixture.visit(node, key("/a"));
      eventually(() -> registered(nodesKey) == 1);
    }
    assertEquals(0, registered(nodesKey), "a closed node is waited for by nobody");
  }

  @Test
  void aNodeThatDiedIsWaitedForOnceOnly() {
    String prefix = "died:";
    String nodesKey = prefix + "{pages}:nodes";
    NearPageStore dead = new NearPageStore(far(prefix, Lease.LONGEST), 1 << 20, clock);
    dead.lease().obey(dead.lease().ask());
    assertEquals(1, registered(nodesKey));
    far(prefix, Lease.LONGEST).purge(List.of("t"));
    assertEquals(0, registered(nodesKey));
    dead.lease().obey(dead.lease().ask());
    assertEquals(1, registered(nodesKey), "who comes back is waited for again");
    dead.lease().leave();
    assertEquals(0, registered(nodesKey));
  }

  @Test
  void aPurgeThatCannotReachRedisFailsAndNothingOldIsSeenLater() throws IOException {
    PageKey key = key("/outage");
    put(key, "old", miss(key), "t");
    nodes.forEach(node -> NearFixture.found(node, key, Stamp.NONE));
    redis.kill();
    try {
      assertThrows(PageStoreException.class, () -> nodes.get(1).purge(List.of("t")));
      assertThrows(PageStoreException.class, () -> nodes.get(1).purgeWithoutWaiting(List.of("t")));
    } finally {
      redis.start();
    }
    nodes.get(1).purge(List.of("t"));
    for (NearPageStore node : nodes) {
      assertInstanceOf(PageStore.Miss.class, NearFixture.found(node, key, Stamp.NONE));
    }
  }

  @Test
  void whatRedisForgotIsForgottenByCopiesToo() {
    for (int round = 0; round < 3; round++) {
      PageKey key = key("/flush" + round);
      put(key, "old", miss(key), "t");
      nodes.forEach(node -> assertEquals("old", text(hitOn(node, key))));
      admin.flushAll();
      nodes.get(round).purge(List.of("t"));
      for (NearPageStore node : nodes) {
        assertInstanceOf(PageStore.Miss.class, NearFixture.found(node, key, Stamp.NONE));
      }
      assertTrue(put(key, "new", miss(key), "t"));
      nodes.forEach(node -> assertEquals("new", text(hitOn(node, key))));
    }
  }

  private static Page hitOn(PageStore node, PageKey key) {
    return assertInstanceOf(PageStore.Hit.class, NearFixture.found(node, key, Stamp.NONE)).page();
  }

  @Test
  void anInterruptedPurgeDoesNotReportSuccess() {
    NearPageStore silent = new NearPageStore(far(Lease.LONGEST), 1 << 20, clock);
    silent.lease().obey(silent.lease().ask());
    Thread.currentThread().interrupt();
    try {
      assertThrows(PageStoreException.class, () -> nodes.get(0).purge(List.of("t")));
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
      silent.lease().leave();
    }
  }

  @Test
  void theWriterWithAReceiptSeesTheChangeOnEveryNode() {
    for (int round = 0; round < 20; round++) {
      PageKey key = key("/mine");
      nodes.get(0).purge(List.of("*"));
      put(key, "old", miss(key), "t");
      nodes.forEach(node -> NearFixture.found(node, key, Stamp.NONE));
      Stamp receipt = nodes.get(0).purgeWithoutWaiting(List.of("t"));
      for (NearPageStore node : nodes) {
        assertInstanceOf(PageStore.Miss.class, NearFixture.found(node, key, receipt));
      }
      assertFalse(new Receipt(receipt.epoch(), receipt.clock()).text().contains("mine"));
    }
  }

  @Test
  void aPurgeOfManyTagsReachesCopies() {
    PageKey key = key("/many");
    put(key, "old", miss(key), "t999");
    nodes.forEach(node -> NearFixture.found(node, key, Stamp.NONE));
    List<String> tags = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      tags.add("t" + i);
    }
    nodes.get(2).purge(tags);
    nodes.forEach(
        node -> assertInstanceOf(PageStore.Miss.class, NearFixture.found(node, key, Stamp.NONE)));
    Stamp stamp =
        assertInstanceOf(PageStore.Miss.class, NearFixture.found(nodes.get(0), key, Stamp.NONE))
            .stamp();
    assertEquals(
        PageStore.Stored.KEPT,
        nodes.get(1).store(key, page(key, "new", clock.instant(), "t999"), stamp));
    nodes.forEach(node -> assertEquals("new", text(hitOn(node, key))));
  }
}
