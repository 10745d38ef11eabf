// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static java.util.Objects.requireNonNull;

import dev.lms.session.Envelope;
import dev.lms.session.Principal;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionStoreException;
import dev.lms.session.store.EnvelopeCodec;
import dev.lms.session.store.Forward;
import dev.lms.session.store.SessionPages;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The sessions of one person: what a list tells about them, and other roles for all of them. */
final class RedisPeople {
  private static final Script ROLES = Script.named("roles.lua");
  private static final int MOST_ROUNDS = 100;

  private final RedisCalls calls;
  private final RedisKeys keys;
  private final RedisIndex index;
  private final EnvelopeCodec envelopes;
  private final Holders holders;
  private final SessionHeads heads;

  RedisPeople(
      RedisCalls calls,
      RedisKeys keys,
      RedisIndex index,
      EnvelopeCodec envelopes,
      Holders holders) {
    this.holders = holders;
    this.calls = calls;
    this.keys = keys;
    this.index = index;
    this.envelopes = envelopes;
    this.heads = new SessionHeads(calls, keys);
  }

  /** Some of a person's live sessions, the latest sign-in first. */
  PrincipalIndex.Page page(String principalId, Optional<String> from, int most, Instant now) {
    Map<String, IndexEntry> entries = new HashMap<>();
    index.entries(index.all(principalId)).forEach(entry -> entries.put(entry.handle(), entry));
    return SessionPages.cut(
        entries.values().stream()
            .map(entry -> new SessionPages.Place(entry.signedIn(), entry.handle()))
            .toList(),
        from,
        most,
        handles -> read(principalId, entries, handles, now));
  }

  private List<SessionInfo> read(
      String principalId, Map<String, IndexEntry> all, List<String> handles, Instant now) {
    List<IndexEntry> entries =
        handles.stream().map(handle -> requireNonNull(all.get(handle))).toList();
    List<RedisValue> values = heads.read(entries.stream().map(IndexEntry::field).toList());
    List<SessionInfo> found = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      IndexEntry entry = entries.get(i);
      if (values.get(i) instanceof RedisValue.Found head && head.deadline().isAfter(now)) {
        theirs(principalId, entry.field(), head)
            .map(who -> new SessionInfo(entry.handle(), who, entry.seen(), head.deadline()))
            .ifPresent(found::add);
      }
    }
    return found;
  }

  private Optional<Envelope> theirs(String principalId, String field, RedisValue.Found head) {
    return envelopes
        .decode(RedisKeys.handle(field), head.envelope())
        .filter(e -> e.principal().map(Principal::id).equals(Optional.of(principalId)));
  }

  /**
   * Gives a person other roles in all their sessions. Each is changed only if its envelope still is
   * what was read, and a rotation stops at an envelope that it has not seen ({@link RedisWrites}),
   * so a session is changed before its rotation, or under the name that it gets. The index is read
   * again until there is nothing left to change: a sign-in that completed before that was entered
   * before it. One that was entered, and has written nothing yet, is ended like by a revocation.
   */
  int changeRoles(String principalId, Set<String> roles, Instant now) {
    List<String> indexes = index.all(principalId);
    int changed = 0;
    Holders.Waiting waiting = holders.waiting();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Collection<IndexEntry> entries = index.entries(indexes);
      Round result = round(principalId, entries, roles, now, waiting);
      changed += result.changed;
      if (!result.beginning.isEmpty()) {
        index.end(indexes, result.beginning, now);
      }
      waiting.await();
      if (result.changed == 0 && result.isSettled && result.beginning.isEmpty()) {
        return changed;
      }
    }
    throw new SessionStoreException(
        "a person signs in faster than their roles can be changed; try again");
  }

  /** What one reading of the index led to. */
  private static final class Round {
    private final List<IndexEntry> beginning = new ArrayList<>();
    private final List<IndexEntry> ended = new ArrayList<>();
    private int changed;
    private boolean isSettled = true;
  }

  private Round round(
      String principalId,
      Collection<IndexEntry> entries,
      Set<String> roles,
      Instant now,
      Holders.Waiting waiting) {
    Round round = new Round();
    Map<String, IndexEntry> known = new HashMap<>();
    entries.forEach(entry -> known.put(entry.field(), entry));
    Set<String> seen = new HashSet<>(known.keySet());
    Deque<String> next = new ArrayDeque<>(known.keySet());
    while (!next.isEmpty()) {
      List<String> fields = List.copyOf(next);
      next.clear();
      List<RedisValue> values = heads.read(fields);
      for (int i = 0; i < fields.size(); i++) {
        String field = fields.get(i);
        RedisValue head = values.get(i);
        if (head instanceof RedisValue.Found found) {
          change(round, principalId, field, found, roles, now, waiting);
        } else if (head instanceof RedisValue.Moved moved) {
          target(field, moved).filter(seen::add).ifPresent(next::add);
        } else if (head.isAbsent() && known.containsKey(field)) {
          IndexEntry entry = known.get(field);
          (isBeginning(entry) ? round.beginning : round.ended).add(entry);
        }
      }
    }
    if (!round.ended.isEmpty()) {
      // Whoever ended them may still wait for those who have a copy, with the old roles.
      waiting.repeatable(List.of(), round.ended.stream().map(IndexEntry::field).toList());
    }
    return round;
  }

  /** Of a rotation the new name has the root of the old one, and its commit looks for itself. */
  private static boolean isBeginning(IndexEntry entry) {
    return entry.root().equals(entry.handle());
  }

  private Optional<String> target(String field, RedisValue.Moved moved) {
    String handle = RedisKeys.handle(field);
    String group = field.substring(0, field.length() - handle.length());
    return envelopes
        .decodeForward(handle, moved.forward())
        .map(Forward::handle)
        .map(to -> group + to)
        .filter(RedisKeys::isField);
  }

  private void change(
      Round round,
      String principalId,
      String field,
      RedisValue.Found found,
      Set<String> roles,
      Instant now,
      Holders.Waiting waiting) {
    Optional<Envelope> old = theirs(principalId, field, found);
    Optional<Envelope> wanted = old.map(envelope -> envelope.withRoles(roles));
    if (wanted.equals(old) || !found.deadline().isAfter(now)) {
      return;
    }
    String written = envelopes.encode(RedisKeys.handle(field), wanted.orElseThrow());
    List<Object> arguments = List.of(RedisKeys.millis(now), found.envelope(), written);
    Step step = holders.change(ROLES, field, List.of(keys.session(field)), arguments);
    Object answer = calls.repeatable(List.of(step)).get(0);
    if (answer instanceof List<?> nodes) {
      waiting.add(field, nodes);
    }
    round.changed += Script.isOne(answer) ? 1 : 0;
    // It was rotated, ended or changed meanwhile; or others have copies.
    round.isSettled &= Script.isOne(answer);
  }
}
