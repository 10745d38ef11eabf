// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.store.PageKey;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.RestoreParams;

/** What the first purge of a process waits for, in a time of the test's own, on a real Redis. */
class FreshProcessTest extends NearFixture {
  private static final String ORDER = PREFIX + "{pages}:purges";
  private static final String NODES = PREFIX + "{pages}:nodes";
  private static final PageKey KEY = key("/a");

  /** A node with a lease and a near copy, in an epoch that is known for long enough. */
  private Node longRunning() {
    Node node = new Node();
    node.renew();
    pass(LONGEST);
    node.renew();
    node.put(KEY, "old", "t");
    assertEquals("old", node.hit(KEY));
    return node;
  }

  @Test
  void itWaitsForNobodyWhereNobodyHasALease() {
    Node first = new Node();
    Purges.Purge purge = first.begin("t");
    assertFalse(first.holds(purge), "nobody knows how old the epoch is");
    pass(LONGEST);
    assertTrue(first.holds(purge));
    Node fresh = new Node();
    assertTrue(fresh.holds(fresh.begin("t")));
    // Also where it learns the epoch from a page first.
    Node another = new Node();
    another.miss(KEY);
    assertTrue(another.holds(another.begin("t")));
  }

  @Test
  void itWaitsUntilNodesObeyAndNoLonger() {
    Node running = longRunning();
    Node fresh = new Node();
    fresh.renew();
    Purges.Purge purge = fresh.begin("t");
    assertFalse(fresh.holds(purge));
    fresh.renew();
    assertFalse(fresh.holds(purge), "the other one does not obey");
    assertEquals("old", running.hit(KEY));
    running.renew();
    assertTrue(fresh.holds(purge), "and no time has passed");
    running.miss(KEY);
  }

  /** As of a process that is stopped. */
  @Test
  void itWaitsForTheLeaseOfANodeThatIsSilent() {
    Node stopped = longRunning();
    Node fresh = new Node();
    Purges.Purge purge = fresh.begin("t");
    pass(LONGEST.minusNanos(1));
    assertFalse(fresh.holds(purge));
    pass(Duration.ofNanos(1));
    assertTrue(fresh.holds(purge));
    stopped.miss(KEY);
  }

  /** Whoever has known an epoch for less long than a lease cannot speak for it. */
  @Test
  void itWaitsForLeasesFromBeforeAnEpochThatNobodyHasKnownForLongEnough() {
    Node stopped = longRunning();
    admin.flushAll();
    Node other = new Node();
    other.renew();
    other.begin("x");
    pass(LONGEST.dividedBy(4));
    other.renew();
    other.begin("x");
    other.renew();
    Node fresh = new Node();
    Purges.Purge purge = fresh.begin("t");
    other.renew();
    assertFalse(fresh.holds(purge));
    assertEquals("old", stopped.hit(KEY), "that is why");
    pass(LONGEST);
    assertTrue(fresh.holds(purge));
    stopped.miss(KEY);
  }

  @ParameterizedTest
  @ValueSource(strings = {ORDER, NODES})
  void itWaitsWhereRedisHasLost(String one) {
    Node stopped = longRunning();
    admin.del(one);
    assertWaitsFor(stopped);
  }

  /** What was dumped says of an epoch that it is old, and nothing of nodes that came later. */
  @Test
  void itWaitsAfterARestartFromAnOldDump() throws IOException {
    Node first = new Node();
    Purges.Purge settles = first.begin("t");
    pass(LONGEST);
    assertTrue(first.holds(settles));
    admin.save();
    Node stopped = longRunning();
    redis.kill();
    redis.start();
    try (Jedis again = redis.admin()) {
      assertTrue(again.hexists(NODES, "settled"), "the dump says so");
      assertEquals(2, again.hlen(NODES), "and knows no node");
    }
    assertWaitsFor(stopped);
  }

  /** That a purge of a process that has just started holds when this copy has gone, not before. */
  private void assertWaitsFor(Node stopped) {
    Node fresh = new Node();
    Purges.Purge purge = fresh.begin("t");
    assertFalse(fresh.holds(purge));
    assertEquals("old", stopped.hit(KEY), "that is why");
    pass(LONGEST);
    assertTrue(fresh.holds(purge));
    stopped.miss(KEY);
  }

  /** The server may be another one, with an older memory: an epoch that is long over for others. */
  @Test
  void whoHasSeenAnotherEpochGoesByItsOwnClock() {
    Node first = longRunning();
    byte[] order = client.dump(ORDER);
    byte[] nodes = client.dump(NODES);
    first.near.lease().leave();
    admin.flushAll();
    Node stopped = longRunning();
    Node purger = new Node();
    purger.miss(key("/other"));
    RestoreParams replace = RestoreParams.restoreParams().replace();
    client.restore(ORDER, 0, order, replace);
    client.restore(NODES, 0, nodes, replace);
    Purges.Purge purge = purger.begin("t");
    assertTrue(purge.settled(), "so this server says");
    first.renew();
    assertFalse(purger.holds(purge));
    assertEquals("old", stopped.hit(KEY), "that is why");
    pass(LONGEST);
    assertTrue(purger.holds(purge));
    stopped.miss(KEY);
  }
}
