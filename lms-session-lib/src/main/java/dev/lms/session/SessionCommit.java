// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes what a request has changed in its session, in one atomic step of the store. */
final class SessionCommit {
  private final Site site;
  private final OutagePolicy policy;
  private final LoadedSession found;
  private final Changes.Pending pending;
  private final Renewal renewal;

  /** What a commit threw, after which nobody knows what was written. */
  private @Nullable Throwable lost;

  SessionCommit(
      Site site,
      OutagePolicy policy,
      LoadedSession found,
      Changes.Pending pending,
      Renewal renewal) {
    this.site = site;
    this.policy = policy;
    this.found = found;
    this.pending = pending;
    this.renewal = renewal;
  }

  CommitOutcome commit() {
    if (lost != null) {
      throw new SessionStoreException(
          "an earlier commit of this session failed, and nobody knows what it has written", lost);
    }
    try {
      return written(this::writeAll);
    } finally {
      dropChanges();
    }
  }

  void dropChanges() {
    pending.clear();
    renewal.clear();
  }

  boolean hasChanges() {
    return renewal.isWanted() || !pending.isEmpty();
  }

  /** Whether something is lost if the changes are not written; a new id alone is nothing. */
  boolean hasToBeKept() {
    return renewal.hasToBeKept() || !pending.isEmpty();
  }

  /** Whether a commit has thrown, after which this session commits no more. */
  boolean isLost() {
    return lost != null;
  }

  /** Remembers what was thrown by a write whose fate nobody knows. */
  private CommitOutcome written(Supplier<CommitOutcome> write) {
    try {
      return write.get();
    } catch (IllegalStateException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      lost = e;
      throw e;
    }
  }

  private CommitOutcome writeAll() {
    Changes changes = pending.changes();
    boolean renewing = renewal.isWanted();
    if (!renewing && changes.isEmpty() && !found.isKnown()) {
      return CommitOutcome.UNCHANGED;
    }
    StoredSession current = found.load();
    found.failInOutage();
    if (current == null) {
      return changes.isEmpty() && !renewal.isSignIn() ? CommitOutcome.UNCHANGED : create(changes);
    }
    return write(current, pending.guarded(changes, current.attributes()), renewing);
  }

  private CommitOutcome create(Changes changes) {
    Instant now = site.now();
    Envelope envelope = renewal.envelope(now, now, site.lifetimes());
    Instant deadline = lifetimes(envelope).deadline(now, envelope.absoluteDeadline());
    Map<String, String> attributes =
        changes.added().isEmpty() ? changes.set() : changes.applyTo(Map.of());
    Optional<String> token =
        site.store()
            .create(envelope, attributes, WriteOptions.at(now, deadline).withLimit(site.limit()));
    if (token.isEmpty()) {
      return CommitOutcome.REFUSED;
    }
    found.handOut(token.get(), envelope, now);
    found.issuePassport(token.get(), envelope, deadline);
    site.events().created(() -> name(token.get(), envelope));
    return CommitOutcome.STORED;
  }

  private CommitOutcome rotate(StoredSession current, Changes changes) {
    Instant now = site.now();
    Envelope envelope = renewal.renewed(current.envelope(), now, site.lifetimes());
    Instant deadline = lifetimes(envelope).deadline(now, envelope.absoluteDeadline());
    WriteOptions options = WriteOptions.at(now, deadline);
    if (renewal.isSignIn()) {
      options = options.withLimit(site.limit());
    } else if (!renewal.changesRoles() && !current.envelope().renewalDue()) {
      options = options.withGrace(site.rotation().grace());
    }
    Written written = site.store().rotate(current, envelope, changes, options);
    if (written.outcome() == CommitOutcome.GONE && renewal.isSignIn()) {
      // A visitor's old session may end while they sign in: the sign-in stands, the old data do
      // not.
      return create(changes);
    }
    written
        .token()
        .filter(token -> !token.equals(current.token()))
        .flatMap(token -> name(token, envelope))
        .ifPresent(session -> site.events().rotated(session, current.handle()));
    CommitOutcome outcome = wrote(written, current, envelope, now);
    issuePassport(written, current, envelope, deadline);
    return outcome;
  }

  /** Gives a session the new id that is due, with nothing else changed, before its next commit. */
  void renewIfDue() {
    StoredSession current = found.load();
    if (current != null && current.envelope().renewalDue() && !renewal.isWanted() && !isLost()) {
      written(() -> rotate(current, Changes.NONE));
    }
  }

  private CommitOutcome write(StoredSession current, Changes changes, boolean renewing) {
    if (renewing || current.envelope().renewalDue()) {
      return rotate(current, changes);
    }
    return changes.isEmpty() ? touch(current) : update(current, changes);
  }

  /** A page that was read already is not lost because its session could not slide. */
  private CommitOutcome touch(StoredSession current) {
    try {
      return update(current, Changes.NONE);
    } catch (SessionStoreException e) {
      if (policy == OutagePolicy.FAIL_CLOSED) {
        throw e;
      }
      return CommitOutcome.UNCHANGED;
    }
  }

  private CommitOutcome update(StoredSession current, Changes changes) {
    Instant now = site.now();
    Lifetimes lifetimes = lifetimes(current.envelope());
    Instant deadline = lifetimes.deadline(now, current.envelope().absoluteDeadline());
    Duration gain = Duration.between(current.deadline(), deadline);
    if (gain.compareTo(lifetimes.touchInterval()) < 0) {
      if (changes.isEmpty()) {
        return CommitOutcome.UNCHANGED;
      }
      // Only a move worth a touch is worth telling the person's index.
      deadline = current.deadline();
    }
    Written written = site.store().update(current, changes, WriteOptions.at(now, deadline));
    CommitOutcome outcome = wrote(written, current, current.envelope(), now);
    if (deadline.isAfter(current.deadline())) {
      issuePassport(written, current, current.envelope(), deadline);
    }
    return outcome;
  }

  /**
   * If the session is gone, the cookie is left alone: another response may have replaced it
   * already, and deleting it here would sign that person out.
   */
  private CommitOutcome wrote(
      Written written, StoredSession current, Envelope envelope, Instant now) {
    found.written(written.outcome() == CommitOutcome.GONE);
    written
        .token()
        .filter(token -> !token.equals(current.token()))
        .ifPresent(token -> found.handOut(token, envelope, now));
    if (written.outcome() == CommitOutcome.GONE) {
      site.events().gone(SessionEvent.of(current));
    } else if (written.outcome() == CommitOutcome.CONFLICT) {
      site.events().conflict(SessionEvent.of(current));
    }
    return written.outcome();
  }

  /** Not for an alias, whose time is short. */
  private void issuePassport(
      Written written, StoredSession current, Envelope envelope, Instant deadline) {
    written
        .token()
        .filter(token -> !isAlias(token, current))
        .ifPresent(token -> found.issuePassport(token, envelope, deadline));
  }

  private boolean isAlias(String token, StoredSession current) {
    return token.equals(current.token())
        && !site.store().handle(token).equals(Optional.of(current.handle()));
  }

  /** Those of the sign-in, if it has its own. */
  private Lifetimes lifetimes(Envelope envelope) {
    return envelope
        .sliding()
        .map(sliding -> Lifetimes.of(sliding, site.lifetimes().absolute()))
        .orElse(site.lifetimes());
  }

  private Optional<SessionEvent> name(String token, Envelope envelope) {
    return site.store().handle(token).map(handle -> SessionEvent.of(handle, envelope));
  }
}
