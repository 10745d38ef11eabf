// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.EndReason;
import dev.lms.session.Envelope;
import dev.lms.session.SessionEvent;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionListener;
import dev.lms.session.store.SessionTokens.Token;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import redis.clients.jedis.UnifiedJedis;

/**
 * A session that is about to become a person's, or to get a new name as theirs.
 *
 * @param replaced the name it had as the same person's, if any
 */
record RedisSignIn(
    String principalId,
    Token token,
    Envelope envelope,
    Instant deadline,
    Instant now,
    Optional<Token> replaced,
    SessionLimit limit) {

  /**
   * Enters a session that begins, writes it, and ends what the limit says.
   *
   * @return empty, and nothing written, if the limit refuses
   */
  Optional<?> begin(
      UnifiedJedis redis, RedisIndex index, SessionListener listener, RedisBeginning beginning) {
    if (limit.refuses() || Step.isCluster(redis)) {
      return run(redis, index, listener, beginning.step(), UnaryOperator.identity(), List.of());
    }
    Object excess = index.enterAndBegin(this, beginning);
    end(excess, index, listener);
    return Optional.of(excess);
  }

  /**
   * Enters the session, writes it, then runs what comes after, and ends what the limit says.
   *
   * @param settled what the write answers in the end, when it has answered this first
   * @return what the write answered; empty, and nothing written, if the limit refuses
   */
  Optional<Object> run(
      UnifiedJedis redis,
      RedisIndex index,
      SessionListener listener,
      Step write,
      UnaryOperator<Object> settled,
      List<Step> after) {
    Step enter = index.enter(this);
    List<Step> steps = new ArrayList<>();
    Object excess = 0L;
    if (limit.refuses()) {
      excess = enter.alone().apply(redis);
      if (isRefusal(excess) && index.bury(index.all(principalId), now)) {
        excess = enter.alone().apply(redis);
      }
      if (isRefusal(excess)) {
        return Optional.empty();
      }
    } else {
      steps.add(enter);
    }
    steps.add(write);
    List<Object> answers = Step.inOrder(redis, steps);
    if (!limit.refuses()) {
      excess = answers.get(0);
    }
    Object written = settled.apply(answers.get(limit.refuses() ? 0 : 1));
    if (!Script.isOne(written)) {
      index.tidy(index.leave(principalId, List.of(RedisKeys.field(token))));
      return Optional.of(written);
    }
    // Not together with the write: if a full Redis refused it, the old name would go on unlisted.
    index.tidy(after);
    end(excess, index, listener);
    return Optional.of(written);
  }

  private void end(Object excess, RedisIndex index, SessionListener listener) {
    if (excess instanceof List<?> fields && !fields.isEmpty()) {
      List<IndexEntry> oldest = entries(fields);
      for (IndexEntry entry : index.end(index.all(principalId), oldest, now)) {
        listener.ended(new SessionEvent(entry.handle(), Optional.of(principalId)), EndReason.LIMIT);
      }
    }
  }

  private static boolean isRefusal(Object excess) {
    return !(excess instanceof List<?>);
  }

  /** From field, entry, field, entry. */
  private static List<IndexEntry> entries(List<?> fields) {
    List<IndexEntry> entries = new ArrayList<>();
    for (int i = 0; i < fields.size(); i += 2) {
      IndexEntry.decode(String.valueOf(fields.get(i)), String.valueOf(fields.get(i + 1)))
          .ifPresent(entries::add);
    }
    return entries;
  }
}
