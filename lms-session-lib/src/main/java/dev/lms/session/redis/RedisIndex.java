// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionStoreException;
import dev.lms.session.store.EnvelopeCodec;
import dev.lms.session.store.Forward;
import dev.lms.session.store.PrincipalNames;
import dev.lms.session.store.SessionTokens.Token;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * Whose sessions there are: a hash per person, in a slot of its own, so it is never changed in one
 * step with a session. The order makes up for it:
 *
 * <ul>
 *   <li>A session is entered before it is written, its entry's deadline is moved before its own,
 *       and it is taken out after it has ended. So whatever a crash interrupts, no session is
 *       without an entry; an entry without a session does no harm and ends with its deadline.
 *   <li>Revoking leaves a mark where each session is or is about to be, and the scripts that write
 *       sessions stop at it: a sign-in that was entered but not yet written never begins.
 *   <li>Revoking reads the index again until nothing is left to revoke. A sign-in that completed
 *       before that last reading was entered before it, so it was found.
 * </ul>
 *
 * <p>Each index lives as long as its longest entry, by Redis's own expiry; at each sign-in some
 * entries that have ended are taken out.
 */
final class RedisIndex {
  private static final System.Logger LOG = System.getLogger(RedisIndex.class.getName());
  private static final Script ENTER = Script.named("enter.lua");
  private static final Script TOUCH = Script.named("touch.lua");
  private static final int MOST_ROUNDS = 100;

  private final RedisCalls calls;
  private final RedisKeys keys;
  private final PrincipalNames names;
  private final EnvelopeCodec envelopes;
  private final RedisRevoker revoker;

  RedisIndex(
      RedisCalls calls, RedisKeys keys, KeyRing ring, EnvelopeCodec envelopes, Holders holders) {
    this.calls = calls;
    this.keys = keys;
    this.names = new PrincipalNames(ring);
    this.envelopes = envelopes;
    this.revoker = new RedisRevoker(calls, keys, holders);
  }

  /** Answers what must end for it, or 0 if the limit refuses. */
  Step enter(RedisSignIn signIn) {
    return ENTER.step(current(signIn.principalId()), arguments(signIn));
  }

  /**
   * Enters a session and begins it in one atomic step; answers what must end for it. Not for a
   * cluster.
   */
  Object enterAndBegin(RedisSignIn signIn, RedisBeginning beginning) {
    List<String> key = current(signIn.principalId());
    List<String> arguments = arguments(signIn);
    List<CommandArguments> commands = new ArrayList<>();
    commands.add(ENTER.byHash(key, arguments));
    commands.add(beginning.command());
    try {
      return Multi.run(calls.redis(), commands).get(0);
    } catch (JedisNoScriptException e) {
      // It has begun without being entered; but nobody has its token yet, so all can be repeated.
      commands.set(0, ENTER.byText(key, arguments));
      return Multi.run(calls.redis(), commands).get(0);
    }
  }

  /** In the order enter.lua reads them. */
  private static List<String> arguments(RedisSignIn signIn) {
    Token token = signIn.token();
    return List.of(
        RedisKeys.millis(signIn.now()),
        RedisKeys.timeToLive(signIn.deadline(), signIn.now()),
        Integer.toString(signIn.limit().max()),
        signIn.limit().refuses() ? "1" : "0",
        RedisKeys.field(token),
        RedisKeys.millis(signIn.deadline()),
        RedisKeys.millis(signedIn(signIn.envelope())),
        signIn.replaced().orElse(token).handle(),
        signIn.replaced().map(RedisKeys::field).orElse(""));
  }

  Step touch(String principalId, Token token, Envelope envelope, Instant deadline, Instant now) {
    return TOUCH.step(
        current(principalId),
        List.of(
            RedisKeys.millis(now),
            RedisKeys.timeToLive(deadline, now),
            RedisKeys.field(token),
            RedisKeys.millis(deadline),
            RedisKeys.millis(signedIn(envelope)),
            token.handle()));
  }

  List<Step> leave(String principalId, List<String> fields) {
    return all(principalId).stream().map(key -> Step.deleteFields(key, fields)).toList();
  }

  /**
   * Takes out entries of names that have ended, in steps of {@link #leave}. Only once they have: a
   * full Redis may have refused the write that ends them. A failure is no outage, because an entry
   * without a session does no harm.
   */
  void tidy(List<Step> leave) {
    try {
      calls.repeatable(leave);
    } catch (SessionStoreException e) {
      LOG.log(Level.DEBUG, "entries of ended sessions stay in an index until they expire", e);
    }
  }

  private static Instant signedIn(Envelope envelope) {
    return envelope.authenticated().orElse(envelope.created());
  }

  private List<String> current(String principalId) {
    return all(principalId).subList(0, 1);
  }

  /** The keys that a person's index may have while secrets are rotated, the current one first. */
  List<String> all(String principalId) {
    return names.of(principalId).stream().map(keys::index).toList();
  }

  Collection<IndexEntry> entries(List<String> indexes) {
    Map<String, IndexEntry> entries = new LinkedHashMap<>();
    for (Object answer : calls.repeatable(indexes.stream().map(Step::readAll).toList())) {
      IndexEntry.decodeAll(answer).forEach(entry -> entries.putIfAbsent(entry.field(), entry));
    }
    return entries.values();
  }

  /** Ends one session, under whichever name it has. */
  boolean revoke(List<String> indexes, String handle, Instant now) {
    Lineage doomed = lineage(indexes, handle);
    return revokeWhile(indexes, doomed, doomed::includes, now) > 0;
  }

  /** Ends all sessions, except one, if any. */
  int revokeAll(List<String> indexes, Optional<String> except, Instant now) {
    Lineage kept = except.map(handle -> lineage(indexes, handle)).orElseGet(() -> new Lineage(""));
    return revokeWhile(indexes, kept, entry -> !kept.includes(entry), now);
  }

  /**
   * The session that has, or had, this name. A session keeps its group, so the groups of the
   * person's sessions tell where to look for what it was rotated into.
   */
  private Lineage lineage(List<String> indexes, String handle) {
    Collection<IndexEntry> entries = entries(indexes);
    Set<String> groups = new LinkedHashSet<>();
    Set<String> known = new HashSet<>();
    for (IndexEntry entry : entries) {
      groups.add(entry.field().substring(0, entry.field().length() - entry.handle().length()));
      known.add(entry.handle());
      known.add(entry.root());
    }
    String name = handle;
    Optional<String> next = Optional.of(handle);
    while (next.isPresent() && !known.contains(name)) {
      next = next(groups, name);
      name = next.orElse(name);
    }
    Lineage lineage = new Lineage(name);
    lineage.learn(entries);
    return lineage;
  }

  private Optional<String> next(Set<String> groups, String handle) {
    List<Step> steps =
        groups.stream()
            .map(group -> group + handle)
            .filter(RedisKeys::isField)
            .map(field -> Step.read(keys.session(field)))
            .toList();
    return calls.repeatable(steps).stream()
        .filter(RedisValue.Moved.class::isInstance)
        .map(moved -> ((RedisValue.Moved) moved).forward())
        .flatMap(text -> envelopes.decodeForward(handle, text).stream())
        .map(Forward::handle)
        .findFirst();
  }

  private int revokeWhile(
      List<String> indexes, Lineage lineage, Predicate<IndexEntry> which, Instant now) {
    int ended = 0;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Collection<IndexEntry> entries = entries(indexes);
      lineage.learn(entries);
      List<IndexEntry> doomed = entries.stream().filter(which).toList();
      if (doomed.isEmpty()) {
        return ended;
      }
      ended += end(indexes, doomed, now).size();
    }
    throw new SessionStoreException(
        "a person signs in faster than their sessions can be revoked; try again");
  }

  /** {@link RedisRevoker#end Ends} these sessions. */
  List<IndexEntry> end(List<String> indexes, List<IndexEntry> doomed, Instant now) {
    return revoker.end(indexes, doomed, now, this::tidy);
  }

  /** Enters a session that comes from another store. */
  Step arriveOf(String principalId, IndexEntry entry, Instant now) {
    return RedisRevoker.enter(current(principalId).get(0), entry, now);
  }

  /**
   * Takes out entries whose session is not there and is not about to be: what crashes left behind.
   * Answers whether there were any.
   */
  boolean bury(List<String> indexes, Instant now) {
    Instant settled = now.minus(RedisKeys.COLLECT_AFTER);
    List<IndexEntry> old =
        entries(indexes).stream().filter(entry -> entry.seen().isBefore(settled)).toList();
    List<RedisValue> values =
        new SessionHeads(calls, keys).read(old.stream().map(IndexEntry::field).toList());
    List<IndexEntry> dead = new ArrayList<>();
    for (int i = 0; i < old.size(); i++) {
      if (values.get(i).isAbsent() || values.get(i) instanceof RedisValue.Moved) {
        dead.add(old.get(i));
      }
    }
    if (!dead.isEmpty()) {
      end(indexes, dead, now);
    }
    return !dead.isEmpty();
  }

  /** One session under all the names it has while others rotate it. */
  private static final class Lineage {
    private final String handle;
    private final Set<String> roots = new HashSet<>();

    /** The session of this name, or none for the empty one. */
    Lineage(String handle) {
      this.handle = handle;
      roots.add(handle);
    }

    void learn(Collection<IndexEntry> entries) {
      for (IndexEntry entry : entries) {
        if (entry.handle().equals(handle)) {
          roots.add(entry.root());
        }
      }
    }

    boolean includes(IndexEntry entry) {
      return roots.contains(entry.root());
    }
  }
}
