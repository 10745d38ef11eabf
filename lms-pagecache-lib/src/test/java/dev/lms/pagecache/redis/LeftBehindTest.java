// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What nodes leave in Redis, and what threads leave when something breaks. */
class LeftBehindTest extends OneRedis {
  private static final String PREFIX = RedisPageStore.DEFAULT_PREFIX;
  private static final Duration SHORT = Duration.ofMillis(20);

  private final ManualClock clock = new ManualClock();

  private RedisPageStore far(LongSupplier nanos, Duration longestLease) {
    return new RedisPageStore(client, PREFIX, clock, longestLease, nanos);
  }

  private void put(PageStore store, PageKey key) {
    PageStore.Miss miss = assertInstanceOf(PageStore.Miss.class, store.lookup(key, Stamp.NONE));
    store.store(key, page(key, "x", clock.instant(), "t"), miss.stamp());
  }

  private void assertEverythingEnds() {
    Set<String> endless = new TreeSet<>();
    for (String name : admin.keys("*")) {
      if (admin.pttl(name) == -1) {
        endless.add(name);
      }
    }
    assertEquals(Set.of(), endless);
  }

  private static void eventually(BooleanSupplier condition) {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < giveUp, "not within a minute");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** What Redis remembers of nodes. */
  private Set<String> nodes() {
    return admin.hkeys(PREFIX + "{pages}:nodes").stream()
        .filter(field -> field.indexOf(':') > 0)
        .collect(Collectors.toSet());
  }

  @Test
  void nodesThatCloseLeaveNothingOfTheirOwn() {
    for (int i = 0; i < 60; i++) {
      try (NearPageStore node = NearPageStore.over(far(System::nanoTime, SHORT), 1 << 20, clock)) {
        NearFixture.visit(node, key("/" + i));
        if (i % 3 == 0) {
          node.purgeWithoutWaiting(List.of("t"));
        }
      }
    }
    assertEquals(Set.of(), admin.keys("*:wake:*"));
    assertEquals(Set.of(), nodes());
    assertEverythingEnds();
  }

  /** Who is closed again has no thread any more that could take away what wakes it. */
  @Test
  void aNodeWhoseThreadHasLeftLeavesNothingEither() {
    NearPageStore node = NearPageStore.over(far(System::nanoTime, SHORT), 1 << 20, clock);
    NearFixture.visit(node, key("/"));
    node.close();
    node.close();
    assertEquals(Set.of(), admin.keys("*:wake:*"));
  }

  /** Nodes that were killed say nothing any more, and neither does whoever purged. */
  @Test
  void everyKeyEndsAlsoWhenAllProcessesWereKilled() {
    List<NearPageStore> killed = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      NearPageStore node = new NearPageStore(far(System::nanoTime, SHORT), 1 << 20, clock);
      killed.add(node);
      node.lease().obey(node.lease().ask());
      node.lease().obey(node.lease().ask());
      put(node, key("/" + i));
      node.purgeWithoutWaiting(List.of("t" + i));
      put(node, key("/other" + i));
    }
    assertTrue(admin.keys("*").size() > 8, admin.keys("*").toString());
    assertEverythingEnds();
    admin.scriptFlush();
    killed.get(0).lookup(key("/a"), Stamp.NONE);
    assertEverythingEnds();
  }

  @Test
  void nodesThatDiedAreForgottenThoughNobodyWaits() {
    AtomicLong time = new AtomicLong();
    RedisPageStore purger = far(time::get, Duration.ofSeconds(1));
    NearPageStore dead = new NearPageStore(far(time::get, Duration.ofSeconds(1)), 1 << 20, clock);
    while (dead.lease().obey(dead.lease().ask())) {
      // Until it is known.
    }
    for (int i = 0; i < 100; i++) {
      purger.purgeWithoutWaiting(List.of("t"));
    }
    String wake = admin.keys("*:wake:*").iterator().next();
    assertEquals(1, admin.llen(wake), "it is called once");
    assertEquals(2, nodes().size(), "it may have a lease");
    time.addAndGet(Duration.ofSeconds(1).toNanos());
    purger.purgeWithoutWaiting(List.of("t"));
    assertEquals(Set.of(), nodes(), "it has none");
  }

  /** The thread that renews the lease is the only one that can bring near copies back. */
  @Test
  void anErrorEndsNoLeaseForGood() {
    AtomicBoolean breaks = new AtomicBoolean(true);
    AtomicBoolean broke = new AtomicBoolean();
    LongSupplier nanos =
        () -> {
          if (breaks.get() && Thread.currentThread().getName().equals("page cache lease")) {
            broke.set(true);
            throw new LinkageError("a class went missing");
          }
          return System.nanoTime();
        };
    try (NearPageStore node = NearPageStore.over(far(nanos, SHORT), 1 << 20, clock)) {
      NearFixture.visit(node, key("/a"));
      eventually(broke::get);
      breaks.set(false);
      eventually(
          () -> {
            NearFixture.visit(node, key("/a"));
            return nodes().size() == 2;
          });
    }
  }
}
