// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.SessionStoreException;
import dev.lms.session.migration.Transfer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Ends sessions that indexes name, many in one round trip but never so many that Redis has no time
 * for others. Thread-safe.
 */
final class RedisRevoker {
  private static final Script REVOKE = Script.named("revoke.lua");
  private static final Script ENTER_ARRIVAL = Script.named("enter-arrival.lua");
  private static final Object MOVING = -1L; // What revoke.lua answers.
  private static final int MOST_ROUNDS = 100;

  /** Sessions in one round trip. */
  private static final int BATCH = 500;

  /** Indexes in one round trip; each may name hundreds of sessions. */
  private static final int INDEXES = 100;

  private final RedisCalls calls;
  private final RedisKeys keys;
  private final Holders holders;

  RedisRevoker(RedisCalls calls, RedisKeys keys, Holders holders) {
    this.calls = calls;
    this.keys = keys;
    this.holders = holders;
  }

  private interface Ending {
    List<Object> run(List<Step> revoke, List<String> fields);
  }

  /**
   * Those that were live.
   *
   * @param moving gets those that are about to move to another store, and were not ended
   */
  private List<IndexEntry> end(
      List<IndexEntry> doomed, Instant now, Ending ending, List<IndexEntry> moving) {
    // The mark says which call ended a session, so that one that is sent again counts it too.
    String call = UUID.randomUUID().toString();
    List<IndexEntry> live = new ArrayList<>();
    for (int from = 0; from < doomed.size(); from += BATCH) {
      List<IndexEntry> batch = doomed.subList(from, Math.min(doomed.size(), from + BATCH));
      List<Step> steps = new ArrayList<>();
      for (IndexEntry entry : batch) {
        List<String> key = List.of(keys.session(entry.field()));
        List<String> arguments =
            List.of(RedisKeys.millis(now), RedisKeys.timeToLive(entry.deadline(), now), call);
        steps.add(steps.isEmpty() ? REVOKE.step(key, arguments) : REVOKE.known(key, arguments));
      }
      List<Object> answers = ending.run(steps, batch.stream().map(IndexEntry::field).toList());
      for (int i = 0; i < batch.size(); i++) {
        if (Script.isOne(answers.get(i))) {
          live.add(batch.get(i));
        } else if (MOVING.equals(answers.get(i))) {
          moving.add(batch.get(i));
        }
      }
    }
    return live;
  }

  /**
   * Ends these sessions, then takes them out of a person's indexes; answers those that were live.
   *
   * @param tidy takes out what could not be taken out in the same step
   */
  List<IndexEntry> end(
      List<String> indexes, List<IndexEntry> doomed, Instant now, Consumer<List<Step>> tidy) {
    Holders.Waiting waiting = holders.waiting();
    List<IndexEntry> moving = new ArrayList<>();
    List<IndexEntry> live =
        end(
            doomed,
            now,
            (steps, fields) -> {
              steps.addAll(waiting.leave(indexes, fields));
              return waiting.repeatable(steps, fields);
            },
            moving);
    if (waiting.await()) {
      List<String> fields = doomed.stream().map(IndexEntry::field).toList();
      tidy.accept(indexes.stream().map(index -> Step.deleteFields(index, fields)).toList());
    }
    if (!moving.isEmpty()) {
      calls.repeatable(moving.stream().map(entry -> enter(indexes.get(0), entry, now)).toList());
      throw Transfer.moved(moving.get(0).handle());
    }
    return live;
  }

  /** Enters a session that comes from another store, or does not go to one yet. */
  static Step enter(String index, IndexEntry entry, Instant now) {
    return ENTER_ARRIVAL.step(
        List.of(index),
        List.of(entry.field(), entry.text(), RedisKeys.timeToLive(entry.deadline(), now)));
  }

  /** Ends all that these indexes name, whoever's they are; how many were live. */
  int empty(List<String> indexes, Instant now) {
    int ended = 0;
    for (int from = 0; from < indexes.size(); from += INDEXES) {
      ended += emptyAll(indexes.subList(from, Math.min(indexes.size(), from + INDEXES)), now);
    }
    return ended;
  }

  private int emptyAll(List<String> indexes, Instant now) {
    int ended = 0;
    List<String> left = indexes;
    for (int round = 0; !left.isEmpty(); round++) {
      if (round == MOST_ROUNDS) {
        throw new SessionStoreException(
            "a person signs in faster than their sessions can be revoked; try again");
      }
      Map<String, List<String>> fields = new LinkedHashMap<>();
      List<IndexEntry> doomed = new ArrayList<>();
      List<Object> answers = calls.repeatable(left.stream().map(Step::readAll).toList());
      for (int i = 0; i < left.size(); i++) {
        List<IndexEntry> entries = IndexEntry.decodeAll(answers.get(i));
        if (!entries.isEmpty()) {
          doomed.addAll(entries);
          fields.put(left.get(i), entries.stream().map(IndexEntry::field).toList());
        }
      }
      Holders.Waiting waiting = holders.waiting();
      List<IndexEntry> moving = new ArrayList<>();
      ended += end(doomed, now, waiting::repeatable, moving).size();
      // Not before nobody uses a copy: whoever else ends these must have to wait for that too.
      waiting.await();
      if (!moving.isEmpty()) {
        throw Transfer.moved(moving.get(0).handle());
      }
      List<Step> leave = new ArrayList<>();
      fields.forEach((index, names) -> leave.add(Step.deleteFields(index, names)));
      calls.repeatable(leave);
      left = areGone(fields.keySet()) ? List.of() : List.copyOf(fields.keySet());
    }
    return ended;
  }

  private boolean areGone(Collection<String> indexes) {
    return !indexes.isEmpty()
        && !Step.isCluster(calls.redis())
        && calls.repeatable(List.of(Step.count(List.copyOf(indexes)))).equals(List.of(0L));
  }
}
