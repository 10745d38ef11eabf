// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static dev.lms.pagecache.Pages.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lms.pagecache.contract.ManualClock;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageCodec;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;

/** The protocol of near copies step by step, in a time of the test's own, on a real Redis. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NearStepsTest {
  private static final Duration LONGEST = Duration.ofSeconds(1);
  private static final String PREFIX = RedisPageStore.DEFAULT_PREFIX;

  private final ManualClock clock = new ManualClock();
  private final AtomicLong time = new AtomicLong();
  private RedisProcess redis;
  private RedisClient client;
  private Jedis admin;

  /** A process: near copies that are told each step, over a client and a memory of its own. */
  private final class Node {
    final RedisPageStore far;
    final NearPageStore near;

    Node() {
      this(time::get);
    }

    Node(LongSupplier nanos) {
      far = new RedisPageStore(client, PREFIX, clock, LONGEST, nanos);
      near = new NearPageStore(far, 1 << 20, clock);
    }

    void renew() {
      while (near.lease().obey(near.lease().ask())) {
        // Until Redis has heard that all is obeyed.
      }
    }

    Stamp miss(PageKey key) {
      return assertInstanceOf(PageStore.Miss.class, near.lookup(key, Stamp.NONE)).stamp();
    }

    String hit(PageKey key) {
      return text(assertInstanceOf(PageStore.Hit.class, near.lookup(key, Stamp.NONE)).page());
    }

    void put(PageKey key, String text, String... tags) {
      assertEquals(
          PageStore.Stored.KEPT,
          near.store(key, page(key, text, clock.instant(), tags), miss(key)));
    }

    Purges.Purge begin(String... tags) {
      return far.purges().begin(List.of(tags));
    }

    boolean holds(Purges.Purge purge) {
      return far.purges().holds(purge);
    }
  }

  @BeforeAll
  void launch(@TempDir Path folder) throws IOException {
    redis = new RedisProcess(folder);
  }

  @BeforeEach
  void open() {
    client = redis.client();
    admin = redis.admin();
    admin.flushAll();
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

  private long reads() {
    return admin
        .info("stats")
        .lines()
        .filter(line -> line.startsWith("total_reads_processed:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private void pass(Duration some) {
    time.addAndGet(some.toNanos());
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
                admin.hkeys(PREFIX + "{pages}:purges").stream().anyMatch(f -> f.startsWith("o:"))
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

  /** One random history; everything that decides is drawn from the seed. */
  private final class History {
    private static final int KEYS = 3;

    private record Render(Node node, int key, Stamp stamp, long value) {}

    private record Edit(Node node, int key, long value, Purges.Purge purge) {}

    private final Random random;
    private final List<Node> nodes = new ArrayList<>(List.of(new Node(), new Node(), new Node()));
    private final Map<Node, Lease.Renewal> heard = new HashMap<>();
    private final List<Render> renders = new ArrayList<>();
    private final List<Edit> edits = new ArrayList<>();
    private final long[] truth = new long[KEYS];
    private final long[] returned = new long[KEYS];
    private long hits;
    private long waits;

    History(long seed) {
      random = new Random(seed);
    }

    void run(int steps) {
      for (int i = 0; i < steps; i++) {
        step(nodes.get(random.nextInt(nodes.size())), random.nextInt(KEYS));
      }
    }

    private void step(Node node, int key) {
      int choice = random.nextInt(1000);
      if (choice < 350) {
        look(node, key);
      } else if (choice < 500) {
        if (!renders.isEmpty()) {
          Render render = renders.remove(random.nextInt(renders.size()));
          render
              .node()
              .near
              .store(
                  key("/" + render.key()),
                  page(
                      key("/" + render.key()),
                      Long.toString(render.value()),
                      clock.instant(),
                      "t" + render.key()),
                  render.stamp());
        }
      } else if (choice < 600) {
        heard.putIfAbsent(node, node.near.lease().ask());
      } else if (choice < 740) {
        Lease.Renewal renewal = heard.remove(node);
        if (renewal != null) {
          node.near.lease().obey(renewal);
        }
      } else if (choice < 800) {
        truth[key]++;
        edits.add(new Edit(node, key, truth[key], node.begin("t" + key, "all")));
      } else if (choice < 940) {
        if (!edits.isEmpty()) {
          Edit edit = edits.get(random.nextInt(edits.size()));
          if (edit.node().holds(edit.purge())) {
            edits.remove(edit);
            returned[edit.key()] = Math.max(returned[edit.key()], edit.value());
          } else {
            waits++;
          }
        }
      } else if (choice < 985) {
        pass(Duration.ofMillis(random.nextInt(400)));
      } else {
        disturb(node);
      }
    }

    private void look(Node node, int key) {
      PageStore.Lookup found = node.near.lookup(key("/" + key), Stamp.NONE);
      if (found instanceof PageStore.Hit hit) {
        hits++;
        long seen = Long.parseLong(text(hit.page()));
        assertTrue(
            seen >= returned[key],
            () -> "saw " + seen + " of " + key + " after a purge of " + returned[key]);
      } else {
        renders.add(new Render(node, key, ((PageStore.Miss) found).stamp(), truth[key]));
      }
    }

    private void disturb(Node node) {
      switch (random.nextInt(6)) {
        case 0 -> admin.flushAll();
        case 1 -> admin.scriptFlush();
        case 2 -> admin.del(PREFIX + "{pages}:purges");
        case 3 -> admin.del(PREFIX + "{pages}:tags");
        case 4 -> {
          if (!heard.containsKey(node)) {
            node.near.lease().leave();
          }
        }
        default -> { // dies without a word; another process takes its place
          nodes.set(nodes.indexOf(node), new Node());
          heard.remove(node);
        }
      }
    }
  }

  private void histories(int count, int steps) {
    long hits = 0;
    long waits = 0;
    for (int i = 0; i < count; i++) {
      long seed = new Random().nextLong();
      admin.flushAll();
      History history = new History(seed);
      try {
        history.run(steps);
      } catch (AssertionError e) {
        throw new AssertionError("with the seed " + seed + "L: " + e.getMessage(), e);
      }
      hits += history.hits;
      waits += history.waits;
    }
    assertTrue(hits > count && waits > count, "proves nothing: " + hits + " hits, " + waits);
  }

  @Test
  void nothingPurgedIsSeenInRandomHistories() {
    histories(60, 300);
  }

  @Test
  @Tag("long")
  void nothingPurgedIsSeenInManyRandomHistories() {
    histories(3000, 400);
  }
}
