// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.Principal;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.migration.Transfer;
import dev.lms.session.store.Forward;
import dev.lms.session.store.RecordCodec;
import dev.lms.session.store.SessionTokens;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Begins, changes, moves and ends sessions in files, each under its lock. Thread-safe. */
final class FileWrites {
  private final SessionTokens tokens;
  private final SlotFolder files;
  private final SessionFiles sessions;
  private final FileSignIns signIns;

  FileWrites(SessionTokens tokens, SlotFolder files, SessionFiles sessions, FileSignIns signIns) {
    this.tokens = tokens;
    this.files = files;
    this.sessions = sessions;
    this.signIns = signIns;
  }

  /** Begins a session; empty, and nothing written, if the limit refuses another one. */
  Optional<String> create(Envelope envelope, Map<String, String> attributes, WriteOptions options)
      throws IOException {
    SessionTokens.Token token = tokens.mint();
    SlotFolder.Content content =
        new SlotFolder.Content(
            options.deadline(), SessionRecord.encode(envelope, attributes, token.group()));
    return signIns
        .begin(
            options.limit(),
            FileSignIns.Place.of(token.handle(), envelope, options.deadline(), options.now()),
            Optional.empty(),
            options.now(),
            () -> {
              try (FileLocks.Held held = sessions.lock(token.handle())) {
                sessions.begin(token.handle(), content);
              }
              return Attempt.of(Written.stored(token.text()));
            })
        .written()
        .token();
  }

  /** Applies changes to a session, under the name that it has by now. */
  Written update(
      SessionTokens.Token name, StoredSession session, Changes changes, WriteOptions options)
      throws IOException {
    Instant now = options.now();
    Instant deadline = options.deadline();
    // Only a deadline that moves is worth telling the person's index.
    Optional<FileSignIns.Place> place =
        deadline.isAfter(session.deadline())
            ? FileSignIns.Place.of(name.handle(), session.envelope(), deadline, now)
            : Optional.empty();
    Attempt attempt = signIns.touch(place, now, () -> commit(name, changes, deadline, now));
    return attempt.next().isEmpty()
        ? attempt.written()
        : update(name.as(attempt.next().get()), session, changes, options);
  }

  private Attempt commit(SessionTokens.Token name, Changes changes, Instant deadline, Instant now)
      throws IOException {
    try (FileLocks.Held held = sessions.lock(name.handle())) {
      Commit commit = new Commit(name, changes, deadline, now);
      files.change(name.handle(), commit);
      return commit.attempt;
    }
  }

  /** What a commit makes of a session's file, or why it makes nothing of it. */
  private static final class Commit
      implements Function<SlotFile.Slot, Optional<SlotFolder.Content>> {
    private final SessionTokens.Token name;
    private final Changes changes;
    private final Instant deadline;
    private final Instant now;
    private Attempt attempt = Attempt.GONE;

    Commit(SessionTokens.Token name, Changes changes, Instant deadline, Instant now) {
      this.name = name;
      this.changes = changes;
      this.deadline = deadline;
      this.now = now;
    }

    @Override
    public Optional<SlotFolder.Content> apply(SlotFile.Slot slot) {
      Found found = Found.in(slot, name, changes, now);
      attempt = found.attempt();
      return found
          .session()
          .map(
              current ->
                  new SlotFolder.Content(
                      later(deadline, current.deadline()), content(slot, current)));
    }

    private byte[] content(SlotFile.Slot slot, StoredSession current) {
      return changes.isEmpty()
          ? slot.bytes()
          : SessionRecord.encode(
              current.envelope(), changes.applyTo(current.attributes()), name.group());
    }
  }

  /**
   * What a write finds in a session's file.
   *
   * @param attempt what becomes of it
   * @param session empty if nothing may be written
   */
  private record Found(Attempt attempt, Optional<StoredSession> session) {
    static Found in(SlotFile.Slot slot, SessionTokens.Token name, Changes changes, Instant now) {
      Optional<Forward> forward = SessionFiles.forward(slot).filter(next -> next.isAlias(now));
      if (forward.isPresent()) {
        return new Found(Attempt.rotated(forward.get().handle()), Optional.empty());
      }
      Optional<StoredSession> current =
          FileSessionStore.decode(name, slot).filter(session -> session.deadline().isAfter(now));
      if (current.isEmpty()) {
        return new Found(Attempt.GONE, Optional.empty());
      }
      return changes.fit(current.get().attributes())
          ? new Found(Attempt.of(Written.stored(name.text())), current)
          : new Found(Attempt.of(Written.CONFLICT), Optional.empty());
    }
  }

  /** Moves a session to a new name, because of a change of privilege; the old one is dead. */
  Written replace(StoredSession session, Envelope envelope, Changes changes, WriteOptions options)
      throws IOException {
    SessionTokens.Token old = SessionTokens.of(session);
    while (true) {
      Attempt attempt = rotate(old, session, envelope, changes, options);
      if (attempt.next().isEmpty()) {
        return attempt.written();
      }
      old = old.as(attempt.next().get());
    }
  }

  /** Moves a session to a new name, and leaves the old one good for the grace. */
  Written rotate(StoredSession session, Changes changes, WriteOptions options) throws IOException {
    Optional<SessionTokens.Token> old = tokens.parse(session.token());
    if (old.isEmpty()) {
      return Written.GONE;
    }
    if (!old.get().handle().equals(session.handle())) {
      // Loaded through an alias: another request has just rotated it.
      return update(SessionTokens.of(session), session, changes, options);
    }
    Attempt attempt = rotate(old.get(), session, session.envelope(), changes, options);
    return attempt.next().isEmpty()
        ? attempt.written()
        : update(old.get().as(attempt.next().get()), session, changes, options);
  }

  private Attempt rotate(
      SessionTokens.Token old,
      StoredSession session,
      Envelope envelope,
      Changes changes,
      WriteOptions options)
      throws IOException {
    Instant now = options.now();
    Instant deadline = options.deadline();
    SessionTokens.Token token = tokens.mintBeside(old);
    Forward forward = new Forward(token.handle(), options.aliasUntil());
    Optional<String> before = session.envelope().principal().map(Principal::id);
    Optional<String> after = envelope.principal().map(Principal::id);
    boolean samePerson = before.equals(after);
    Attempt attempt =
        signIns.begin(
            options.limit(),
            FileSignIns.Place.of(token.handle(), envelope, deadline, now),
            samePerson ? Optional.of(old.handle()) : Optional.empty(),
            now,
            () -> move(session, old, token, envelope, forward, changes, deadline, now));
    if (attempt.written().isStored() && before.isPresent() && !samePerson) {
      signIns.leave(before.get(), old.handle(), now);
    }
    return attempt;
  }

  private Attempt move(
      StoredSession loaded,
      SessionTokens.Token old,
      SessionTokens.Token token,
      Envelope envelope,
      Forward forward,
      Changes changes,
      Instant deadline,
      Instant now)
      throws IOException {
    // Nobody knows the new name yet, but a sweep would take a file half written for debris.
    try (FileLocks.Held held = sessions.lock(old.handle(), token.handle())) {
      Optional<SlotFile.Slot> slot = files.read(old.handle());
      if (slot.isEmpty()) {
        return Attempt.GONE;
      }
      Found found = Found.in(slot.get(), old, changes, now);
      if (found.session().isEmpty()) {
        return found.attempt();
      }
      StoredSession stored = found.session().get();
      byte[] content =
          SessionRecord.encode(
              envelope.over(loaded.envelope(), stored.envelope()),
              changes.applyTo(stored.attributes()),
              token.group());
      sessions.begin(token.handle(), new SlotFolder.Content(deadline, content));
      try {
        sessions.forward(old.handle(), forward, deadline);
      } catch (IOException | RuntimeException e) {
        sessions.end(token.handle());
        throw e;
      }
      // Only now, because there is no way back: the new session is all there is.
      files.syncFolder(old.handle());
      return Attempt.of(Written.stored(token.text()));
    }
  }

  /**
   * Ends a session, or what it was rotated into; takes it out of its person's index. Answers
   * whether there was one.
   */
  boolean end(SessionTokens.Token first, Optional<String> person, Instant now) throws IOException {
    SessionTokens.Token name = first;
    Optional<String> whose = person;
    boolean ended = false;
    Optional<Forward> forward;
    do {
      try (FileLocks.Held held = sessions.lock(name.handle())) {
        // Of a newer program it may be a forward: what that leads to would live on.
        Optional<SlotFile.Slot> slot = files.readKnown(name.handle());
        if (slot.filter(SessionRecord::hasMoved).isPresent()) {
          throw Transfer.moved(name.handle());
        }
        forward = slot.flatMap(SessionFiles::forward);
        if (forward.isEmpty()) {
          whose = slot.flatMap(FileWrites::person).or(() -> person);
          ended = slot.flatMap(found -> RecordCodec.decode(found.content())).isPresent();
          sessions.end(name.handle());
        }
      }
      if (forward.isPresent()) {
        name = name.as(forward.get().handle());
      }
    } while (forward.isPresent());
    if (whose.isPresent()) {
      signIns.leave(whose.get(), name.handle(), now);
    }
    return ended;
  }

  private static Optional<String> person(SlotFile.Slot slot) {
    return RecordCodec.decode(slot.content())
        .flatMap(content -> content.envelope().principal())
        .map(Principal::id);
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
