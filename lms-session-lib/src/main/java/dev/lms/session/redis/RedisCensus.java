// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.Envelope;
import dev.lms.session.SessionCensus;
import dev.lms.session.store.EnvelopeCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What is to be told about many sessions at once. Goes through Redis with a cursor ({@code SCAN}),
 * in a cluster through every node, and stops it for no longer than a batch takes.
 */
final class RedisCensus {
  private static final Script END = Script.named("end.lua");
  private static final int BATCH = 500;
  private static final int MOST_PASSES = 10;

  private final RedisCalls calls;
  private final RedisKeys keys;
  private final RedisRevoker revoker;
  private final SessionHeads heads;
  private final EnvelopeCodec envelopes;
  private final Holders holders;
  private volatile boolean leavesMarks;

  RedisCensus(RedisCalls calls, RedisKeys keys, EnvelopeCodec envelopes, Holders holders) {
    this.holders = holders;
    this.calls = calls;
    this.keys = keys;
    this.revoker = new RedisRevoker(calls, keys, holders);
    this.heads = new SessionHeads(calls, keys);
    this.envelopes = envelopes;
  }

  /** A session without its attributes. */
  private record Found(String field, Instant deadline, Envelope envelope) {}

  SessionCensus stats(Instant now) {
    long signedIn = 0;
    long anonymous = 0;
    long unreadable = 0;
    KeyScan scan = new KeyScan(calls, keys.pattern(), BATCH);
    while (scan.hasNext()) {
      List<String> fields = sessions(scan.next());
      List<RedisValue> values = heads.read(fields);
      for (int i = 0; i < fields.size(); i++) {
        Optional<Found> session = decode(fields.get(i), values.get(i));
        if (session.isEmpty()) {
          unreadable += isUnreadable(values.get(i)) ? 1 : 0;
        } else if (session.get().deadline().isAfter(now)) {
          if (session.get().envelope().principal().isPresent()) {
            signedIn++;
          } else {
            anonymous++;
          }
        }
      }
    }
    return new SessionCensus(signedIn, anonymous, unreadable);
  }

  /**
   * One pass could miss a session that is rotated behind the cursor; so there is another until one
   * finds nothing that began before this did. Indexes are emptied like any person's, so that a
   * sign-in under way is ended too. What somebody else put under our names stays, and stops
   * nothing.
   */
  long purge(Instant now) {
    long ended = 0;
    boolean again = true;
    Holders.Waiting waiting = holders.waiting();
    for (int pass = 0; again && pass < MOST_PASSES; pass++) {
      again = false;
      KeyScan scan = new KeyScan(calls, keys.pattern(), BATCH);
      while (scan.hasNext()) {
        Collection<String> batch = scan.next();
        List<String> held = new ArrayList<>();
        batch.forEach(key -> keys.held(key).ifPresent(held::add));
        ended += revoker.empty(batch.stream().filter(keys::isIndex).toList(), now);
        List<String> fields = sessions(batch);
        List<RedisValue> values = heads.read(fields);
        List<String> doomed = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
          Optional<Found> session = decode(fields.get(i), values.get(i));
          boolean live = session.filter(s -> s.deadline().isAfter(now)).isPresent();
          ended += live ? 1 : 0;
          if (live) {
            held.add(fields.get(i));
          }
          again |= session.filter(s -> !s.envelope().created().isAfter(now)).isPresent();
          if (canEnd(values.get(i))) {
            doomed.add(keys.session(fields.get(i)));
          }
        }
        waiting.repeatable(end(doomed), held);
      }
    }
    waiting.await();
    return ended;
  }

  /** From now on the end of a session leaves a mark. */
  void leaveMarks() {
    leavesMarks = true;
  }

  /** Not what is another program's, and not what is to move to another store, or has. */
  private static boolean canEnd(RedisValue value) {
    return value != RedisValue.None.FOREIGN
        && value != RedisValue.None.LEFT
        && !(value instanceof RedisValue.Taken);
  }

  private List<Step> end(List<String> doomed) {
    return leavesMarks
        ? doomed.stream().map(key -> END.step(List.of(key), List.of("1"))).toList()
        : Step.delete(calls.redis(), doomed);
  }

  private List<String> sessions(Collection<String> batch) {
    return batch.stream().flatMap(key -> keys.field(key).stream()).distinct().toList();
  }

  /** What is in the place of a session and cannot be read, whoever put it there. */
  private static boolean isUnreadable(RedisValue value) {
    return value == RedisValue.None.UNREADABLE
        || value == RedisValue.None.FOREIGN
        || value instanceof RedisValue.Found;
  }

  private Optional<Found> decode(String field, RedisValue value) {
    return value instanceof RedisValue.Found found
        ? envelopes
            .decode(RedisKeys.handle(field), found.envelope())
            .map(envelope -> new Found(field, found.deadline(), envelope))
        : Optional.empty();
  }
}
