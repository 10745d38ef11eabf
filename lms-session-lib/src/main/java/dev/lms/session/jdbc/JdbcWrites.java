// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.Changes;
import dev.lms.session.EndReason;
import dev.lms.session.Envelope;
import dev.lms.session.Principal;
import dev.lms.session.SessionEvent;
import dev.lms.session.SessionListener;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.store.Forward;
import dev.lms.session.store.SessionTokens;
import dev.lms.session.store.SessionTokens.Token;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Begins, changes, moves and ends sessions in the database. Thread-safe. */
final class JdbcWrites {
  private final Database database;
  private final SessionTokens tokens;
  private final RowCodec codec;
  private final People people;
  private final Endings endings;

  JdbcWrites(
      Database database, SessionTokens tokens, RowCodec codec, People people, Endings endings) {
    this.database = database;
    this.tokens = tokens;
    this.codec = codec;
    this.people = people;
    this.endings = endings;
  }

  /**
   * Begins a session; empty, and nothing written, if the limit refuses another one.
   *
   * @param reports who is told of a session that ends for it
   */
  Optional<String> create(
      Envelope envelope,
      Map<String, String> attributes,
      WriteOptions options,
      SessionListener reports) {
    Token token = tokens.mint();
    Row row = codec.session(token, envelope, attributes, options.deadline());
    Instant now = options.now();
    Optional<String> person = envelope.principal().map(Principal::id);
    if (person.isEmpty()) {
      Rows.Owner nobody = new Rows.Owner(null, token.handle());
      database.once(
          (connection, any) -> {
            Rows.insert(connection, row, envelope, nobody, now);
            return true;
          });
      return Optional.of(token.text());
    }
    Rows.Owner owner = new Rows.Owner(people.name(person.get()), token.handle());
    Written begun = Written.stored(token.text());
    if (options.limit().max() == Integer.MAX_VALUE) {
      // Nothing is to be looked at between the lock and the row.
      database.beginning(
          (connection, dialect) -> {
            if (dialect.locksWhileInserting()) {
              Rows.insert(connection, Stripes.of(person.get()), row, envelope, owner, now);
            } else {
              Stripes.lock(connection, dialect, List.of(person.get()));
              Rows.insert(connection, row, envelope, owner, now);
            }
            return true;
          });
      return begun.token();
    }
    Outcome outcome =
        database.transaction(
            (connection, dialect) -> {
              Stripes.lock(connection, dialect, List.of(person.get()));
              List<String> excess =
                  people.excess(connection, person.get(), Optional.empty(), options);
              if (!excess.isEmpty() && options.limit().refuses()) {
                return Outcome.of(Written.REFUSED);
              }
              Rows.insert(connection, row, envelope, owner, now);
              return new Outcome(begun, end(connection, excess));
            });
    tell(outcome, person, reports);
    return outcome.written().token();
  }

  /** What became of a step, and the sessions that had to go for it. */
  private record Outcome(Written written, List<String> ended) {
    static Outcome of(Written written) {
      return new Outcome(written, List.of());
    }
  }

  /** Answers those that this has ended. */
  private List<String> end(Connection connection, List<String> handles) throws SQLException {
    List<String> ended = new ArrayList<>();
    for (String handle : handles) {
      if (endings.end(connection, handle)) {
        ended.add(handle);
      }
    }
    return ended;
  }

  /** When the connection is back: a listener may take its time, or ask the store. */
  private static void tell(Outcome outcome, Optional<String> person, SessionListener reports) {
    for (String handle : outcome.ended()) {
      reports.ended(new SessionEvent(handle, person), EndReason.LIMIT);
    }
  }

  /** Applies changes to a session, under the name that it has by now. */
  Written update(Token first, StoredSession session, Changes changes, WriteOptions options) {
    Token name = first;
    while (true) {
      Token current = name;
      boolean done =
          (changes.isEmpty() && changes.expected().isEmpty())
              ? touch(current, options)
              : asSeen(current, session, changes, options);
      if (done) {
        return Written.stored(current.text());
      }
      Attempt attempt =
          database.transaction(
              (connection, dialect) ->
                  update(connection, dialect, current, session, changes, options));
      if (attempt.next().isEmpty()) {
        return attempt.written();
      }
      name = current.as(attempt.next().get());
    }
  }

  /** What became of an attempt; or where the session went that the old name still may change. */
  private record Attempt(Written written, Optional<String> next) {
    static Attempt of(Written written) {
      return new Attempt(written, Optional.empty());
    }
  }

  private boolean touch(Token name, WriteOptions options) {
    return database.repeatable(
        (connection, any) ->
            Rows.touch(connection, name.handle(), options.deadline(), options.now()));
  }

  /** Writes if nobody has written since the session was loaded; in one statement. */
  private boolean asSeen(Token name, StoredSession session, Changes changes, WriteOptions options) {
    if (!name.handle().equals(session.handle()) || !changes.fit(session.attributes())) {
      return false;
    }
    Map<String, String> attributes;
    try {
      attributes = changes.applyTo(session.attributes());
    } catch (IllegalStateException e) {
      // As seen a counter would overflow; as it is now perhaps not.
      return false;
    }
    byte[] version = codec.of(session).version();
    Row to = codec.session(name, session.envelope(), attributes, options.deadline());
    return database.once((connection, any) -> Rows.update(connection, version, to, options.now()));
  }

  /** Writes whatever others have written, while they wait. */
  private Attempt update(
      Connection connection,
      Dialect dialect,
      Token name,
      StoredSession loaded,
      Changes changes,
      WriteOptions options)
      throws SQLException {
    Stripes.lock(connection, dialect, List.of());
    Found found = find(connection, dialect, name, changes, options.now());
    if (found.session().isEmpty()) {
      return found.attempt();
    }
    StoredSession stored = found.session().get();
    Row to =
        codec.session(
            name, stored.envelope(), changes.applyTo(stored.attributes()), options.deadline());
    boolean written = Rows.update(connection, found.row().version(), to, options.now());
    return written ? Attempt.of(Written.stored(loaded.token())) : Attempt.of(Written.GONE);
  }

  /** What a write finds; without a session nothing may be written. */
  private record Found(Attempt attempt, Optional<StoredSession> session, Row row) {
    static final Found NOTHING = nothing(Attempt.of(Written.GONE));

    static Found nothing(Attempt attempt) {
      return new Found(attempt, Optional.empty(), Row.NONE);
    }
  }

  private Found find(
      Connection connection, Dialect dialect, Token name, Changes changes, Instant now)
      throws SQLException {
    // To a change what another store has is gone; whoever knows that store looks there.
    Optional<Row> row =
        Rows.readForUpdate(connection, dialect, name.handle()).filter(found -> !found.hasMoved());
    Optional<Forward> forward = row.flatMap(codec::forward).filter(next -> next.isAlias(now));
    if (forward.isPresent()) {
      return Found.nothing(new Attempt(Written.GONE, Optional.of(forward.get().handle())));
    }
    Optional<StoredSession> session =
        row.filter(found -> found.isLive(now)).flatMap(found -> codec.session(name, found));
    if (session.isEmpty()) {
      return Found.nothing(Attempt.of(Written.GONE));
    }
    return changes.fit(session.get().attributes())
        ? new Found(Attempt.of(Written.GONE), session, row.get())
        : Found.nothing(Attempt.of(Written.CONFLICT));
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
      Attempt attempt = move(name, session, envelope, changes, options, reports);
      if (attempt.next().isEmpty()) {
        return attempt.written();
      }
      name = name.as(attempt.next().get());
    }
  }

  /** Moves a session to a new name, and leaves the old one good for the grace. */
  Written rotate(
      StoredSession session, Changes changes, WriteOptions options, SessionListener reports) {
    Optional<Token> old = tokens.parse(session.token());
    if (old.isEmpty()) {
      return Written.GONE;
    }
    if (!old.get().handle().equals(session.handle())) {
      // Loaded through an alias: another request has just rotated it.
      return update(SessionTokens.of(session), session, changes, options);
    }
    Attempt attempt = move(old.get(), session, session.envelope(), changes, options, reports);
    return attempt.next().isEmpty()
        ? attempt.written()
        : update(old.get().as(attempt.next().get()), session, changes, options);
  }

  private Attempt move(
      Token old,
      StoredSession session,
      Envelope envelope,
      Changes changes,
      WriteOptions options,
      SessionListener reports) {
    Optional<String> person = envelope.principal().map(Principal::id);
    Move move = new Move(old, tokens.mintBeside(old), session, envelope);
    Moved moved =
        database.transaction(
            (connection, dialect) -> move(connection, dialect, move, changes, options));
    tell(moved.outcome(), person, reports);
    return new Attempt(moved.outcome().written(), moved.next());
  }

  /** A session that gets a new name, and perhaps another envelope. */
  private record Move(Token from, Token to, StoredSession session, Envelope envelope) {
    Optional<String> before() {
      return session.envelope().principal().map(Principal::id);
    }

    Optional<String> after() {
      return envelope.principal().map(Principal::id);
    }

    /** Whose sessions do not become more by it. */
    boolean isOfOnePerson() {
      return before().isPresent() && before().equals(after());
    }

    Optional<String> replaced() {
      return isOfOnePerson() ? Optional.of(from.handle()) : Optional.empty();
    }

    List<String> people() {
      return Stream.concat(before().stream(), after().stream()).toList();
    }
  }

  private record Moved(Outcome outcome, Optional<String> next) {
    static Moved of(Attempt attempt) {
      return new Moved(Outcome.of(attempt.written()), attempt.next());
    }
  }

  private Moved move(
      Connection connection, Dialect dialect, Move move, Changes changes, WriteOptions options)
      throws SQLException {
    Stripes.lock(connection, dialect, move.people());
    List<String> excess =
        move.after().isPresent()
            ? people.excess(connection, move.after().get(), move.replaced(), options)
            : List.of();
    if (!excess.isEmpty() && options.limit().refuses()) {
      return Moved.of(Attempt.of(Written.REFUSED));
    }
    Row forward =
        codec.forward(
            move.from().handle(),
            new Forward(move.to().handle(), options.aliasUntil()),
            options.deadline());
    Found found = move.isOfOnePerson() ? Found.NOTHING : asSeen(move, changes);
    if (!forward(connection, found, forward, options.now())) {
      // The root of a person's session, or what others have written, is read first.
      found = find(connection, dialect, move.from(), changes, options.now());
      if (!forward(connection, found, forward, options.now())) {
        return Moved.of(found.attempt());
      }
    }
    insert(connection, move, found, changes, options);
    Written written = Written.stored(move.to().text());
    return new Moved(new Outcome(written, end(connection, excess)), Optional.empty());
  }

  /** The session as it was loaded, if that is what is stored; without asking. */
  private Found asSeen(Move move, Changes changes) {
    StoredSession session = move.session();
    return move.from().handle().equals(session.handle()) && changes.fit(session.attributes())
        ? new Found(
            Attempt.of(Written.GONE),
            Optional.of(session),
            codec.of(session).withRoot(session.handle()))
        : Found.NOTHING;
  }

  private static boolean forward(Connection connection, Found found, Row forward, Instant now)
      throws SQLException {
    return found.session().isPresent()
        && Rows.forward(connection, found.row().version(), forward, now);
  }

  private void insert(
      Connection connection, Move move, Found found, Changes changes, WriteOptions options)
      throws SQLException {
    StoredSession stored = found.session().orElseThrow();
    Envelope envelope = move.envelope().over(move.session().envelope(), stored.envelope());
    Map<String, String> attributes = changes.applyTo(stored.attributes());
    Row to = codec.session(move.to(), envelope, attributes, options.deadline());
    String root = move.isOfOnePerson() ? found.row().root() : move.to().handle();
    Rows.Owner owner = new Rows.Owner(move.after().map(people::name).orElse(null), root);
    Rows.insert(connection, to, envelope, owner, options.now());
  }

  /** Ends a session, or what it was rotated into; answers whether there was one. */
  boolean end(Token first) {
    String name = first.handle();
    while (true) {
      String current = name;
      if (database.repeatable((connection, any) -> endings.end(connection, current))) {
        return true;
      }
      Optional<Forward> forward =
          database
              .repeatable((connection, any) -> Rows.read(connection, current))
              .flatMap(codec::forward);
      if (forward.isEmpty()) {
        return false;
      }
      name = forward.get().handle();
    }
  }
}
