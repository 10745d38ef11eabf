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

  /** Ends every session; how many were live. */
  long purge(Instant now) {
    return Step.isCluster(calls.redis())
        ? purgeCluster(now)
        : new RedisPurge(calls, keys, revoker, holders, leavesMarks, now).run();
  }

  /** As {@link RedisPurge} does it, with a command for each session. */
  private long purgeCluster(Instant now) {
    long ended = 0;
    boolean again = true;
    for (int pass = 0; again && pass < MOST_PASSES; pass++) {
      again = pass == 0;
      KeyScan scan = new KeyScan(calls, keys.pattern(), BATCH);
      while (scan.hasNext()) {
        Collection<String> batch = scan.next();
        ended += revoker.empty(batch.stream().filter(keys::isIndex).toList(), now);
        List<String> fields = pass > 0 ? sessions(batch) : List.of();
        List<RedisValue> values = heads.read(fields);
        List<String> doomed = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
          Optional<Found> session = decode(fields.get(i), values.get(i));
          ended += session.filter(s -> s.deadline().isAfter(now)).isPresent() ? 1 : 0;
          again |= session.filter(s -> !s.envelope().created().isAfter(now)).isPresent();
          again |= values.get(i) instanceof RedisValue.Moved && !leavesMarks;
          if (canEnd(values.get(i))) {
            doomed.add(keys.session(fields.get(i)));
          }
        }
        calls.repeatable(end(doomed));
      }
    }
    return ended;
  }

  /** From now on the end of a session leaves a mark. */
  void leaveMarks() {
    leavesMarks = true;
  }

  /**
   * Not what is another program's, what is to move to another store, or has, and what a sign-in
   * under way must stop at.
   */
  private static boolean canEnd(RedisValue value) {
    return value != RedisValue.None.FOREIGN
        && value != RedisValue.None.ABSENT
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
