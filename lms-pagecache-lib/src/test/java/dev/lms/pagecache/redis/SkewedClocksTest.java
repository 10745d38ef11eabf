// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/** Nodes whose clocks are wrong, or are set while pages are kept. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SkewedClocksTest {
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
  private static final Duration LIFE = Duration.ofSeconds(20);

  private RedisProcess redis;
  private RedisClient client;

  @BeforeAll
  void launch(@TempDir Path folder) throws IOException {
    redis = new RedisProcess(folder);
  }

  @BeforeEach
  void open() {
    client = redis.client();
    client.flushAll();
  }

  @AfterEach
  void close() {
    client.close();
  }

  @AfterAll
  void stop() {
    redis.close();
  }

  /** A node with near copies, under a lease that does not run out. */
  private final class Node {
    final ManualClock clock = new ManualClock();
    final NearPageStore near =
        new NearPageStore(
            new RedisPageStore(
                client, RedisPageStore.DEFAULT_PREFIX, clock, Duration.ofDays(1), clock::nanos),
            1 << 20,
            clock);

    Node() {
      while (near.lease().obey(near.lease().ask())) {
        // Until Redis has heard that all is obeyed.
      }
    }

    void put(PageKey key) {
      PageStore.Miss miss = assertInstanceOf(PageStore.Miss.class, near.lookup(key, Stamp.NONE));
      assertEquals(PageStore.Stored.KEPT, near.store(key, page(key, clock), miss.stamp()));
    }
  }

  private static Page page(PageKey key, ManualClock clock) {
    Answer answer = new Answer(200, Fields.NONE, Body.of(new byte[10]));
    return Page.of(answer, key, Set.of("t"), clock.instant(), LIFE, LIFE);
  }

  /** Redis forgets pages by its own clock: here, when all its time has passed. */
  private void expireInRedis() {
    client.keys("*}:page:*").forEach(client::del);
  }

  private static void assertEnds(PageStore store, PageKey key, ManualClock clock) {
    assertEnds(store, key, clock, false);
  }

  private static void assertEnds(
      PageStore store, PageKey key, ManualClock clock, boolean keepsStalePages) {
    Page page = assertInstanceOf(PageStore.Hit.class, store.lookup(key, Stamp.NONE)).page();
    Duration left = Duration.between(clock.instant(), page.freshUntil());
    assertTrue(left.compareTo(LIFE.plusSeconds(2)) <= 0, "fresh for another " + left);
    assertFalse(page.renderedAt().isAfter(clock.instant().plusSeconds(2)), "its age is right");
    clock.advance(LIFE.plusSeconds(2));
    PageStore.Miss stale = assertInstanceOf(PageStore.Miss.class, store.lookup(key, Stamp.NONE));
    assertEquals(keepsStalePages, stale.stale().isPresent());
    stale.stale().ifPresent(kept -> assertFalse(kept.isFresh(clock.instant()), "judged again"));
    clock.advance(LIFE);
    assertEquals(
        Optional.empty(),
        assertInstanceOf(PageStore.Miss.class, store.lookup(key, Stamp.NONE)).stale());
  }

  @Test
  void aCopyEndsWhenRedisEndsThePage() {
    Node writer = new Node();
    Node reader = new Node();
    writer.clock.jump(TEN_MINUTES);
    PageKey key = key("/a");
    writer.put(key);
    Duration half = LIFE.plus(LIFE.dividedBy(2));
    client.pexpire(client.keys("*}:page:*").iterator().next(), half.toMillis());
    Page page = assertInstanceOf(PageStore.Hit.class, reader.near.lookup(key, Stamp.NONE)).page();
    Duration left = Duration.between(reader.clock.instant(), page.freshUntil());
    assertTrue(left.compareTo(LIFE.dividedBy(2)) <= 0, "fresh for another " + left);
    expireInRedis();
    reader.clock.advance(LIFE.dividedBy(2));
    assertInstanceOf(PageStore.Miss.class, reader.near.lookup(key, Stamp.NONE));
  }

  @Test
  void aWriterWhoseClockIsFastMakesNoPageLiveLonger() {
    Node writer = new Node();
    Node reader = new Node();
    writer.clock.jump(TEN_MINUTES);
    PageKey key = key("/a");
    writer.put(key);
    reader.near.lookup(key, Stamp.NONE);
    expireAfterwards(reader, key);
  }

  private void expireAfterwards(Node reader, PageKey key) {
    assertInstanceOf(PageStore.Hit.class, reader.near.lookup(key, Stamp.NONE));
    expireInRedis();
    assertEnds(reader.near, key, reader.clock);
  }

  @Test
  void aReaderWhoseClockIsSlowKeepsNoCopyLonger() {
    Node writer = new Node();
    Node reader = new Node();
    reader.clock.jump(TEN_MINUTES.negated());
    PageKey key = key("/a");
    writer.put(key);
    reader.near.lookup(key, Stamp.NONE);
    expireAfterwards(reader, key);
  }

  @Test
  void aClockThatIsSetBackKeepsNoCopyLonger() {
    Node node = new Node();
    PageKey key = key("/a");
    node.put(key);
    node.clock.jump(Duration.ofHours(-1));
    expireInRedis();
    assertEnds(node.near, key, node.clock);
  }

  @Test
  void aClockThatIsSetBackKeepsNoPageInMemoryLonger() {
    ManualClock clock = new ManualClock();
    LocalPageStore store =
        new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock, clock::nanos);
    PageKey key = key("/a");
    PageStore.Miss miss = assertInstanceOf(PageStore.Miss.class, store.lookup(key, Stamp.NONE));
    store.store(key, page(key, clock), miss.stamp());
    clock.jump(Duration.ofHours(-1));
    assertEnds(store, key, clock, true);
  }

  @Test
  void aClockThatIsSetBackDuringARenderMakesNoPageLiveLonger() {
    Node node = new Node();
    PageKey key = key("/a");
    PageStore.Miss miss = assertInstanceOf(PageStore.Miss.class, node.near.lookup(key, Stamp.NONE));
    Page page = page(key, node.clock);
    node.clock.jump(Duration.ofHours(-1));
    node.near.store(key, page, miss.stamp());
    String name = client.keys("*}:page:*").iterator().next();
    assertTrue(client.pttl(name) <= 2 * LIFE.toMillis(), client.pttl(name) + " ms");
    expireInRedis();
    assertEnds(node.near, key, node.clock);
  }
}
