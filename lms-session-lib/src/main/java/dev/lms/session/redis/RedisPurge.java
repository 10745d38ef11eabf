// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.migration.Transfer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Ends every session, in batches of one script each, on one server. In the first pass what indexes
 * name, so that a session is mostly met with its entry, and in those that follow what is left. A
 * pass could miss a session that is rotated behind the cursor; so there is another until one finds
 * nothing that began before this did. What somebody else put under our names stays, and stops
 * nothing.
 */
final class RedisPurge {
  private static final Script PURGE = Script.named("purge.lua");
  private static final int BATCH = 1000;
  private static final int MOST_PASSES = 10;

  /** Entries of indexes in one script; a person with more is dealt with in several. */
  private static final String MOST_ENTRIES = "2000";

  private final RedisCalls calls;
  private final RedisKeys keys;
  private final RedisRevoker revoker;
  private final Holders holders;
  private final boolean leavesMarks;
  private final Instant now;
  private final String memo;
  private long ended;
  private int number;
  private boolean again;

  RedisPurge(
      RedisCalls calls,
      RedisKeys keys,
      RedisRevoker revoker,
      Holders holders,
      boolean leavesMarks,
      Instant now) {
    this.calls = calls;
    this.keys = keys;
    this.revoker = revoker;
    this.holders = holders;
    this.leavesMarks = leavesMarks;
    this.now = now;
    this.memo = keys.purge(UUID.randomUUID().toString());
  }

  /** How many sessions were live. */
  long run() {
    again = true;
    for (int pass = 0; again && pass < MOST_PASSES; pass++) {
      again = pass == 0;
      KeyScan scan = new KeyScan(calls, keys.pattern(), BATCH);
      while (scan.hasNext()) {
        Batch batch = batch(scan.next(), pass > 0);
        if (!batch.isEmpty()) {
          end(batch);
        }
      }
    }
    calls.repeatable(Step.delete(calls.redis(), List.of(memo)));
    return ended;
  }

  /** Keys of the three kinds that a purge deals with. */
  private record Batch(List<String> indexes, List<String> sessions, List<String> copies) {
    boolean isEmpty() {
      return indexes.isEmpty() && sessions.isEmpty() && copies.isEmpty();
    }
  }

  private Batch batch(Collection<String> found, boolean all) {
    Batch batch = new Batch(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (String key : found) {
      if (keys.isIndex(key)) {
        batch.indexes.add(key);
      } else if (all && keys.field(key).isPresent()) {
        batch.sessions.add(key);
      } else if (all && keys.held(key).isPresent()) {
        batch.copies.add(key);
      }
    }
    return batch;
  }

  private void end(Batch batch) {
    List<String> names = new ArrayList<>(List.of(memo));
    names.addAll(batch.indexes);
    names.addAll(batch.sessions);
    names.addAll(batch.copies);
    List<String> arguments =
        List.of(
            Integer.toString(++number),
            RedisKeys.millis(now),
            keys.prefix(),
            leavesMarks ? "1" : "0",
            Integer.toString(batch.indexes.size()),
            Integer.toString(batch.sessions.size()),
            MOST_ENTRIES);
    List<?> answer = (List<?>) calls.repeatable(List.of(PURGE.step(names, arguments))).get(0);
    ended += (Long) answer.get(0);
    again |= Script.isOne(answer.get(1));
    List<String> large = texts(answer.get(2));
    if (!large.isEmpty()) {
      ended += revoker.empty(large, now);
      again = true; // For the marks that this leaves.
    }
    waitForCopies((List<?>) answer.get(4), texts(answer.get(5)));
    for (String field : texts(answer.get(3))) {
      throw Transfer.moved(RedisKeys.handle(field));
    }
  }

  private static List<String> texts(Object list) {
    return ((List<?>) list).stream().map(Object::toString).toList();
  }

  /** Until nobody uses a copy of what has ended; only then it leaves its index. */
  private void waitForCopies(List<?> copied, List<String> later) {
    Holders.Waiting waiting = holders.waiting();
    for (Object holders : copied) {
      List<String> nodes = texts(holders);
      waiting.ended(nodes.get(0), nodes.subList(1, nodes.size()));
    }
    waiting.await();
    List<Step> leave = new ArrayList<>();
    for (int i = 0; i < later.size(); i += 2) {
      leave.add(Step.deleteFields(later.get(i), List.of(later.get(i + 1))));
    }
    if (!leave.isEmpty()) {
      calls.repeatable(leave);
    }
  }
}
