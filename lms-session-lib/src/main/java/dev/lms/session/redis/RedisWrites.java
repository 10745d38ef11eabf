// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.Principal;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.migration.Transfer;
import dev.lms.session.store.EnvelopeCodec;
import dev.lms.session.store.Forward;
import dev.lms.session.store.SessionTokens;
import dev.lms.session.store.SessionTokens.Token;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;

/** Begins, changes, moves and ends sessions in Redis, each in one step. Thread-safe. */
final class RedisWrites {
  private static final Script COMMIT = Script.named("commit.lua");
  private static final Script COUNT = Script.named("commit.lua", "count.lua");
  private static final Script END = Script.named("end.lua");

  // What commit.lua answers; text is where the session went.
  private static final Object GONE = 0L;
  private static final Object STORED = 1L;
  private static final Object CONFLICT = 2L;
  private static final Object OVERFLOW = 3L;
  private static final Object OTHER_ENVELOPE = 4L;

  // And end.lua.
  private static final Object MOVED = -1L;

  private static final int MOST_ATTEMPTS = 100;

  private final UnifiedJedis redis;
  private final RedisCalls calls;
  private final RedisKeys keys;
  private final SessionTokens tokens;
  private final EnvelopeCodec envelopes;
  private final RedisIndex index;
  private final Holders holders;
  private final SharedWrites shared;
  private volatile List<String> marks = List.of();

  RedisWrites(
      RedisCalls calls,
      RedisKeys keys,
      SessionTokens tokens,
      EnvelopeCodec envelopes,
      RedisIndex index,
      Holders holders) {
    this.holders = holders;
    this.redis = calls.redis();
    this.shared = new SharedWrites(redis, RedisConnections.PATIENCE);
    this.calls = calls;
    this.keys = keys;
    this.tokens = tokens;
    this.envelopes = envelopes;
    this.index = index;
  }

  /** Those who wait for their turn need not wait for what will not come. */
  void giveUp() {
    shared.giveUp();
  }

  /**
   * Begins a session; empty, and nothing written, if the limit refuses another one.
   *
   * @param reports who is told about a session that ends for it
   */
  Optional<String> create(
      Envelope envelope,
      Map<String, String> attributes,
      WriteOptions options,
      SessionListener reports) {
    Token token = tokens.mint();
    RedisBeginning beginning =
        RedisBeginning.of(
            keys.session(token),
            RedisKeys.timeToLive(options.deadline(), options.now()),
            SessionText.of(
                options.deadline(), envelopes.encode(token.handle(), envelope), attributes));
    Optional<String> person = person(envelope);
    if (person.isEmpty()) {
      RedisCalls.once(() -> beginning.step().alone().apply(redis));
      return Optional.of(token.text());
    }
    RedisSignIn signIn =
        new RedisSignIn(
            person.get(),
            token,
            envelope,
            options.deadline(),
            options.now(),
            Optional.empty(),
            options.limit());
    // Not written means revoked before it began: the caller has a token of a session that ended.
    return RedisCalls.once(() -> signIn.begin(redis, index, reports, beginning))
        .map(any -> token.text());
  }

  /** Applies changes to a session, under the name that it has by now. */
  Written update(Token name, StoredSession session, Changes changes, WriteOptions options) {
    Instant now = options.now();
    Instant deadline = options.deadline();
    String field = RedisKeys.field(name);
    List<String> key = List.of(keys.session(name));
    List<Object> arguments = CommitArguments.of(changes, session.deadline(), deadline, now);
    Script script = changes.added().isEmpty() ? COMMIT : COUNT;
    Envelope envelope = session.envelope();
    Optional<String> person = person(envelope).filter(id -> deadline.isAfter(session.deadline()));
    Supplier<Object> alone = () -> holders.change(shared, script, field, key, arguments);
    Supplier<Object> command =
        person.isEmpty()
            ? () -> holders.settled(field, alone.get(), alone)
            : () ->
                touch(
                    person.get(),
                    name,
                    index.touch(person.get(), name, envelope, deadline, now),
                    holders.change(script, field, key, arguments),
                    alone);
    // A deadline may be moved forward twice; everything else must not be done again.
    Object answer = changes.isEmpty() ? calls.repeatable(command) : RedisCalls.once(command);
    Optional<Token> alias = alias(name, answer, now);
    return alias.isEmpty() ? written(answer, name) : update(alias.get(), session, changes, options);
  }

  private Object touch(String person, Token name, Step touch, Step commit, Supplier<Object> again) {
    Object answer =
        holders.settled(
            RedisKeys.field(name), Step.inOrder(redis, List.of(touch, commit)).get(1), again);
    if (GONE.equals(answer) || answer instanceof String) {
      // Whoever ended it may still wait for those who have a copy; others must have to wait, too.
      index.tidy(holders.waiting().leave(index.all(person), List.of(RedisKeys.field(name))));
    }
    return answer;
  }

  private static Written written(Object answer, Token token) {
    if (STORED.equals(answer)) {
      return Written.stored(token.text());
    }
    if (OVERFLOW.equals(answer)) {
      throw new IllegalStateException("a counter would overflow; nothing was written");
    }
    return CONFLICT.equals(answer) ? Written.CONFLICT : Written.GONE;
  }

  /** Moves a session to a new name, because of a change of privilege; the old one is dead. */
  Written replace(
      StoredSession session,
      Envelope envelope,
      Changes changes,
      WriteOptions options,
      SessionListener reports) {
    Token name = SessionTokens.of(session);
    while (true) {
      Moved moved = move(name, session, envelope, changes, options, reports);
      if (moved.answer().isEmpty()) {
        return Written.REFUSED;
      }
      Optional<Token> alias = alias(name, moved.answer().get(), options.now());
      if (alias.isEmpty()) {
        return written(moved.answer().get(), moved.to());
      }
      name = alias.get();
    }
  }

  /** Moves a session to a new name, and leaves the old one good for the grace. */
  Written rotate(
      StoredSession session, Changes changes, WriteOptions options, SessionListener reports) {
    Optional<Token> old = tokens.parse(session.token());
    if (old.isEmpty()) {
      return Written.GONE;
    }
    Token name = old.get();
    if (!name.handle().equals(session.handle())) {
      // Loaded through an alias: another request has just rotated it.
      return update(SessionTokens.of(session), session, changes, options);
    }
    Moved moved = move(name, session, session.envelope(), changes, options, reports);
    Object answer = moved.answer().orElse(GONE);
    Optional<Token> alias = alias(name, answer, options.now());
    return alias.isEmpty()
        ? written(answer, moved.to())
        : update(alias.get(), session, changes, options);
  }

  /**
   * What became of an attempt to give a session a new name.
   *
   * @param answer of commit.lua; empty, and nothing written, if the limit refuses
   */
  private record Moved(Token to, Optional<Object> answer) {}

  /**
   * Gives a session a new name. If its person's roles have changed since it was loaded, and the
   * envelope leaves them as they were, it is asked for again with the new ones.
   */
  private Moved move(
      Token from,
      StoredSession loaded,
      Envelope envelope,
      Changes changes,
      WriteOptions options,
      SessionListener reports) {
    boolean leavesRoles = envelope.principal().equals(loaded.envelope().principal());
    String seen = leavesRoles ? unsigned(from, loaded.envelope()) : "";
    Envelope wanted = envelope;
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Move move = new Move(from, tokens.mintBeside(from), loaded, seen, wanted);
      Optional<Object> answer = move(move, changes, options, reports);
      if (!answer.equals(Optional.of(OTHER_ENVELOPE))) {
        return new Moved(move.to(), answer);
      }
      Object value = calls.repeatable(List.of(Step.head(keys.session(from)))).get(0);
      if (value instanceof RedisValue.Found found) {
        Optional<Envelope> stored = envelopes.decode(from.handle(), found.envelope());
        if (stored.isEmpty()) {
          return new Moved(move.to(), Optional.of(GONE));
        }
        seen = found.envelope();
        wanted = envelope.over(loaded.envelope(), stored.get());
      } // Else it has ended or moved; commit.lua says which.
    }
    throw new SessionStoreException(
        "a person's roles change faster than their session gets a new id; try again");
  }

  /** What the text of an envelope begins with, whichever key has signed it. */
  private String unsigned(Token name, Envelope envelope) {
    String signed = envelopes.encode(name.handle(), envelope);
    return signed.substring(0, signed.lastIndexOf('|') + 1);
  }

  /**
   * A session that gets a new name, and perhaps another envelope.
   *
   * @param seen what its envelope must begin with
   */
  private record Move(
      Token from, Token to, StoredSession session, String seen, Envelope envelope) {}

  /** What commit.lua answers; empty, and nothing written, if the limit refuses. */
  private Optional<Object> move(
      Move move, Changes changes, WriteOptions options, SessionListener reports) {
    Instant now = options.now();
    Instant deadline = options.deadline();
    Token old = move.from();
    Token token = move.to();
    Envelope envelope = move.envelope();
    Forward forward = new Forward(token.handle(), options.aliasUntil());
    List<Object> arguments =
        CommitArguments.moving(
            move.seen(),
            envelopes.encode(token.handle(), envelope),
            envelopes.encode(old.handle(), forward),
            changes,
            options);
    String field = RedisKeys.field(old);
    List<String> names = List.of(keys.session(old), keys.session(token));
    Step write = holders.change(COMMIT, field, names, arguments);
    Supplier<Object> again =
        () -> holders.change(COMMIT, field, names, arguments).alone().apply(redis);
    Optional<String> before = person(move.session().envelope());
    Optional<String> after = person(envelope);
    List<Step> leave =
        before.map(id -> index.leave(id, List.of(RedisKeys.field(old)))).orElse(List.of());
    if (after.isEmpty()) {
      Object answer =
          RedisCalls.once(() -> holders.settled(field, write.alone().apply(redis), again));
      if (STORED.equals(answer)) {
        index.tidy(leave);
      }
      return Optional.of(answer);
    }
    RedisSignIn signIn =
        new RedisSignIn(
            after.get(),
            token,
            envelope,
            deadline,
            now,
            before.equals(after) ? Optional.of(old) : Optional.empty(),
            options.limit());
    return RedisCalls.once(
        () ->
            signIn.run(
                redis,
                index,
                reports,
                write,
                answer -> holders.settled(field, answer, again),
                leave));
  }

  /**
   * Ends a session, or what it was rotated into; takes it out of its person's index. Answers
   * whether there was one.
   */
  boolean end(Token first) {
    Token name = first;
    Object answer = ask(first);
    Optional<Forward> forward = forward(name, answer);
    while (forward.isPresent()) {
      Token next = name.as(forward.get().handle());
      answer = ask(next);
      name = next;
      forward = forward(name, answer);
    }
    Token ended = name;
    Optional<Envelope> envelope = ended(ended, answer);
    envelope
        .flatMap(RedisWrites::person)
        .map(person -> index.leave(person, List.of(RedisKeys.field(ended))))
        .ifPresent(calls::repeatable);
    return envelope.isPresent();
  }

  /** The session that end.lua says it has ended; empty if there was none that can be read. */
  private Optional<Envelope> ended(Token name, Object answer) {
    return answer instanceof String text ? envelopes.decode(name.handle(), text) : Optional.empty();
  }

  private Object ask(Token name) {
    return end(name, holders.waiting(), List.of(), List.of());
  }

  /**
   * What end.lua answers, once nobody has a copy.
   *
   * @param atOnce what goes along
   * @param afterwards what is done if others had copies
   */
  private Object end(
      Token name, Holders.Waiting waiting, List<Step> atOnce, List<Step> afterwards) {
    List<Step> steps = new ArrayList<>(List.of(END.step(List.of(keys.session(name)), marks)));
    steps.addAll(atOnce);
    Object answer = waiting.repeatable(steps, List.of(RedisKeys.field(name))).get(0);
    if (waiting.await()) {
      index.tidy(afterwards);
    }
    return answer;
  }

  /** From now on the end of a session leaves a mark. */
  void leaveMarks() {
    marks = List.of("1");
  }

  /** Ends a session that is known to be somebody's; may cost less than by its name alone. */
  boolean end(Token name, Envelope envelope) {
    List<String> field = List.of(RedisKeys.field(name));
    Optional<String> person = person(envelope);
    Holders.Waiting waiting = holders.waiting();
    List<Step> leave = waiting.leave(person.map(index::all).orElse(List.of()), field);
    List<Step> tidy = person.map(id -> index.leave(id, field)).orElse(List.of());
    Object answer = end(name, waiting, leave, tidy);
    Optional<Forward> forward = forward(name, answer);
    return forward.isPresent()
        ? end(name.as(forward.get().handle()))
        : ended(name, answer).isPresent();
  }

  /** Where a session went; empty if what a script answered or a key holds does not say. */
  Optional<Forward> forward(Token name, @Nullable Object answer) {
    if (MOVED.equals(answer)) {
      throw Transfer.moved(name.handle());
    }
    return answer instanceof String text
        ? envelopes.decodeForward(name.handle(), text)
        : Optional.empty();
  }

  /** The name a session has now, if it was rotated and the one it had may still change it. */
  private Optional<Token> alias(Token name, Object answer, Instant now) {
    return forward(name, answer)
        .filter(forward -> forward.isAlias(now))
        .map(forward -> name.as(forward.handle()));
  }

  private static Optional<String> person(Envelope envelope) {
    return envelope.principal().map(Principal::id);
  }
}
