// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static dev.lms.pagecache.Pages.text;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.Stamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Near copies in random histories of three nodes, in a time of the test's own. */
class NearHistoriesTest extends NearFixture {
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
        case 3 -> admin.del(PREFIX + "{pages}:nodes");
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
