// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static java.util.Objects.requireNonNull;

import dev.lms.session.CommitOutcome;
import dev.lms.session.EndReason;
import dev.lms.session.Envelope;
import dev.lms.session.Principal;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionEvent;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionLimit;
import dev.lms.session.Written;
import dev.lms.session.store.RecordCodec;
import dev.lms.session.store.SessionPages;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Keeps the sessions of people and the {@linkplain FileIndex index} in step: with the person's lock
 * held from the first step to the last, a session is entered before it begins and leaves after it
 * has ended.
 */
final class FileSignIns {
  private final SessionFiles sessions;
  private final FileIndex index;

  FileSignIns(SessionFiles sessions, FileIndex index) {
    this.sessions = sessions;
    this.index = index;
  }

  /** Whose index a session belongs into, and as what. */
  record Place(String principalId, FileIndex.Entry entry) {
    /** Empty for a stranger's. */
    static Optional<Place> of(String handle, Envelope envelope, Instant deadline, Instant now) {
      Instant signedIn = envelope.authenticated().orElse(envelope.created());
      return envelope
          .principal()
          .map(
              person ->
                  new Place(
                      person.id(), new FileIndex.Entry(handle, deadline, now, signedIn, handle)));
    }
  }

  /** Writes a session, if there is something to write it from. */
  interface Write {
    Attempt run() throws IOException;
  }

  /** Enters the session into its person's index, writes it, and ends what the limit says. */
  Attempt begin(
      SessionLimit limit,
      Optional<Place> place,
      Optional<String> replaced,
      Instant now,
      Write write)
      throws IOException {
    if (place.isEmpty()) {
      return write.run();
    }
    String person = place.get().principalId();
    List<FileIndex.Entry> oldest;
    Attempt attempt;
    try (FileLocks.Held held = index.lock(person)) {
      Optional<List<FileIndex.Entry>> excess =
          index.enter(person, place.get().entry(), replaced, limit, now);
      if (excess.isEmpty()) {
        return Attempt.of(Written.REFUSED);
      }
      attempt = write.run();
      if (!attempt.written().isStored()) {
        index.leave(person, List.of(place.get().entry().handle()), now);
        return attempt;
      }
      oldest = excess.get();
      end(person, oldest, now);
      if (replaced.isPresent()) {
        index.leave(person, List.of(replaced.get()), now);
      }
    }
    for (FileIndex.Entry entry : oldest) {
      SessionEvent session = new SessionEvent(entry.handle(), Optional.of(person));
      sessions.listener().ended(session, EndReason.LIMIT);
    }
    return attempt;
  }

  /** Moves the deadline of the entry, then writes; takes the entry out if the session has ended. */
  Attempt touch(Optional<Place> place, Instant now, Write write) throws IOException {
    if (place.isEmpty()) {
      return write.run();
    }
    String person = place.get().principalId();
    FileIndex.Entry entry = place.get().entry();
    try (FileLocks.Held held = index.lock(person)) {
      index.touch(person, entry, now);
      Attempt attempt = write.run();
      if (attempt.written().outcome() == CommitOutcome.GONE) {
        index.leave(person, List.of(entry.handle()), now);
      }
      return attempt;
    }
  }

  /** Takes out a session that has ended. */
  void leave(String principalId, String handle, Instant now) throws IOException {
    try (FileLocks.Held held = index.lock(principalId)) {
      index.leave(principalId, List.of(handle), now);
    }
  }

  /** Some of the person's live sessions, the latest sign-in first. */
  PrincipalIndex.Page page(String principalId, Optional<String> from, int most, Instant now)
      throws IOException {
    try (FileLocks.Held held = index.lock(principalId)) {
      Map<String, FileIndex.Entry> entries = new HashMap<>();
      index.entries(principalId).forEach(entry -> entries.put(entry.handle(), entry));
      return SessionPages.<IOException>cut(
          entries.values().stream()
              .map(entry -> new SessionPages.Place(entry.signedIn(), entry.handle()))
              .toList(),
          from,
          most,
          handles -> {
            List<SessionInfo> found = new ArrayList<>();
            for (String handle : handles) {
              sessions
                  .read(handle)
                  .filter(slot -> slot.deadline().isAfter(now))
                  .flatMap(slot -> describe(requireNonNull(entries.get(handle)), principalId, slot))
                  .ifPresent(found::add);
            }
            return found;
          });
    }
  }

  private static Optional<SessionInfo> describe(
      FileIndex.Entry entry, String principalId, SlotFile.Slot slot) {
    return RecordCodec.decodeEnvelope(slot.content())
        .filter(envelope -> isOf(envelope, principalId))
        .map(envelope -> new SessionInfo(entry.handle(), envelope, entry.seen(), slot.deadline()));
  }

  private static boolean isOf(Envelope envelope, String principalId) {
    return envelope.principal().map(Principal::id).equals(Optional.of(principalId));
  }

  /**
   * Gives the person other roles in all their sessions; how many had others. No sign-in is half-way
   * while the person's lock is held, and a rotation comes before or after.
   */
  int changeRoles(String principalId, Set<String> roles, Instant now) throws IOException {
    int changed = 0;
    try (FileLocks.Held held = index.lock(principalId)) {
      for (FileIndex.Entry entry : index.entries(principalId)) {
        changed +=
            sessions.change(entry.handle(), slot -> inRoles(slot, principalId, roles, now)) ? 1 : 0;
      }
    }
    return changed;
  }

  /** Empty if there is nothing to change. */
  private static Optional<SlotFolder.Content> inRoles(
      SlotFile.Slot slot, String principalId, Set<String> roles, Instant now) {
    return RecordCodec.decode(slot.content())
        .filter(content -> slot.deadline().isAfter(now) && isOf(content.envelope(), principalId))
        .filter(content -> !content.envelope().withRoles(roles).equals(content.envelope()))
        .map(
            content ->
                new SlotFolder.Content(
                    slot.deadline(), RecordCodec.encode(content.withRoles(roles))));
  }

  /** Ends one session of a person, under any name it had; how many were live. */
  int revoke(String principalId, String handle, Instant now) throws IOException {
    try (FileLocks.Held held = index.lock(principalId)) {
      String current = sessions.current(handle);
      return end(
          principalId, entry -> entry.handle().equals(current) || entry.root().equals(handle), now);
    }
  }

  /** Ends all sessions of a person but one, if any, under any name it had; how many were live. */
  int revokeAll(String principalId, Optional<String> except, Instant now) throws IOException {
    try (FileLocks.Held held = index.lock(principalId)) {
      String kept = sessions.current(except.orElse(""));
      return end(principalId, entry -> !entry.handle().equals(kept), now);
    }
  }

  private int end(String principalId, Predicate<FileIndex.Entry> which, Instant now)
      throws IOException {
    return end(principalId, index.entries(principalId).stream().filter(which).toList(), now);
  }

  /** Ends sessions, then takes them out of the index; the caller holds the person's lock. */
  private int end(String principalId, List<FileIndex.Entry> doomed, Instant now)
      throws IOException {
    int live = 0;
    for (FileIndex.Entry entry : doomed) {
      live += sessions.end(entry.handle(), now) ? 1 : 0;
    }
    if (!doomed.isEmpty()) {
      index.leave(principalId, doomed.stream().map(FileIndex.Entry::handle).toList(), now);
    }
    return live;
  }
}
