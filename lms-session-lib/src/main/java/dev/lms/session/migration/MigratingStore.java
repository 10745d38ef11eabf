// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.migration;

import dev.lms.session.Changes;
import dev.lms.session.CommitOutcome;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.migration.Transfer.Place;
import dev.lms.session.store.SessionTokens;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Two stores that are one while sessions move from the first to the second. Thread-safe.
 *
 * <p>Until a {@link Migration} is recorded in the old store, that store does everything, as it does
 * for workers that know no other; so workers are switched to this one by one. From then on sessions
 * begin in the new store, and whichever is asked for is moved there first. Once all are moved, the
 * old store is not asked any more.
 *
 * <p>A worker that has not heard of the migration yet finds that out when it matters: where the old
 * store has nothing, and after it has ended something there, it looks whether one was recorded, and
 * does it again by the new rules. Every worker {@linkplain #beat says regularly} that it is there
 * and what it has heard of, which the migration waits for.
 */
public final class MigratingStore implements SessionStore, PrincipalIndex, SessionStore.Reporting {
  private final SessionStore from;
  private final SessionStore to;
  private final Transfer old;
  private final Transfer next;
  private final PrincipalIndex oldIndex;
  private final PrincipalIndex nextIndex;
  private final SessionTokens tokens;
  private final Settling settling;
  private final AtomicLong beats = new AtomicLong();
  private volatile Phase phase = Phase.PREPARED;

  /**
   * Creates a store over two.
   *
   * @param from where sessions come from; closed with this one
   * @param to where they go; closed with this one
   * @param keys the secret keys of both
   * @throws IllegalArgumentException if one of them is not both {@link Transferable} and a {@link
   *     PrincipalIndex}
   */
  public MigratingStore(SessionStore from, SessionStore to, KeyRing keys) {
    this.from = from;
    this.to = to;
    this.old = transferable(from);
    this.next = transferable(to);
    this.oldIndex = (PrincipalIndex) from;
    this.nextIndex = (PrincipalIndex) to;
    this.tokens = new SessionTokens(keys);
    this.settling = new Settling(old, next);
  }

  static Transfer transferable(SessionStore store) {
    if (store instanceof Transferable known && store instanceof PrincipalIndex) {
      return known.transfer();
    }
    throw new IllegalArgumentException(
        "sessions cannot be moved into or out of a " + store.getClass().getSimpleName());
  }

  /**
   * Says in both stores that this worker is there, and looks whether a migration was recorded. To
   * be called about once a second.
   *
   * @param worker a name that no other process has: lower-case letters, digits and hyphens
   */
  public void beat(String worker) {
    hasBegun();
    long beat = beats.incrementAndGet();
    next.note(Phase.noteOf(worker), phase.acknowledged(beat));
    old.note(Phase.noteOf(worker), phase.acknowledged(beat));
  }

  /**
   * Takes back what {@link #beat} said, because the worker ends.
   *
   * @param worker its name
   */
  public void leave(String worker) {
    old.note(Phase.noteOf(worker), "");
    next.note(Phase.noteOf(worker), "");
  }

  /** Whether sessions may be in the new store, as of now. */
  private boolean hasBegun() {
    if (phase != Phase.DONE) {
      Phase noted = Phase.in(old.notes());
      if (noted.compareTo(phase) > 0) {
        // First: from its first change on, what ends in the new store leaves a mark.
        next.expectArrivals();
        phase = noted;
      }
    }
    return phase != Phase.PREPARED;
  }

  private void settle(Place place, Instant now) {
    if (phase == Phase.MOVING) {
      settling.settle(place, now);
    }
  }

  private int settlePerson(String principalId, Instant now) {
    return phase == Phase.MOVING ? settling.settlePerson(principalId, now) : 0;
  }

  private boolean isLeftBehind(String principalId) {
    return phase == Phase.MOVING && !settling.left(principalId).isEmpty();
  }

  /** What a call that does no harm when it is repeated finds in the old store, if it says. */
  private <T> T inOld(Supplier<T> call, T nothing) {
    try {
      return call.get();
    } catch (SessionStoreException e) {
      // It may have moved meanwhile.
      if (e.isOutage() || !hasBegun()) {
        throw e;
      }
      return nothing;
    }
  }

  @Override
  public Optional<String> handle(String token) {
    return to.handle(token);
  }

  private Optional<Place> place(String token) {
    return tokens.parse(token).map(MigratingStore::place);
  }

  private static Place place(SessionTokens.Token token) {
    return new Place(Optional.of(token.group()), token.handle());
  }

  @Override
  public Opened open(String token, Instant now) {
    Optional<Place> place = place(token);
    if (place.isEmpty()) {
      return Opened.ABSENT;
    }
    if (phase == Phase.PREPARED) {
      Opened opened = inOld(() -> from.open(token, now), Opened.ABSENT);
      if (!opened.equals(Opened.ABSENT) || !hasBegun()) {
        return opened;
      }
    }
    Opened opened = to.open(token, now);
    if (!opened.equals(Opened.ABSENT) || phase == Phase.DONE) {
      return opened;
    }
    settle(place.get(), now);
    return to.open(token, now);
  }

  @Override
  public Optional<String> create(
      Envelope envelope, Map<String, String> attributes, WriteOptions options) {
    if (phase == Phase.PREPARED) {
      return from.create(envelope, attributes, options);
    }
    gatherFor(envelope, options);
    return to.create(envelope, attributes, options);
  }

  /** A limit counts the sessions of one store. */
  private void gatherFor(Envelope envelope, WriteOptions options) {
    if (!options.limit().equals(SessionLimit.NONE)) {
      envelope.principal().ifPresent(person -> settlePerson(person.id(), options.now()));
    }
  }

  /** A change of a session, in one store or the other. */
  private interface Change {
    Written in(SessionStore store);
  }

  /** A change is not repeated after a failure; that there is no session is none. */
  private Written change(StoredSession session, WriteOptions options, Change change) {
    if (phase == Phase.PREPARED) {
      Written written = change.in(from);
      if (written.outcome() != CommitOutcome.GONE || !hasBegun()) {
        return written;
      }
    }
    Written written = change.in(to);
    if (written.outcome() != CommitOutcome.GONE || phase == Phase.DONE) {
      return written;
    }
    settle(place(SessionTokens.of(session)), options.now());
    return change.in(to);
  }

  @Override
  public Written update(StoredSession session, Changes changes, WriteOptions options) {
    return change(session, options, store -> store.update(session, changes, options));
  }

  @Override
  public Written rotate(
      StoredSession session, Envelope envelope, Changes changes, WriteOptions options) {
    gatherFor(envelope, options);
    return change(session, options, store -> store.rotate(session, envelope, changes, options));
  }

  @Override
  public boolean delete(String token, Optional<StoredSession> loaded, Instant now) {
    boolean ended = false;
    if (phase == Phase.PREPARED) {
      ended = inOld(() -> from.delete(token, loaded, now), false);
      if (!hasBegun()) {
        return ended;
      }
    }
    // Once it is in the new store its end leaves a mark there, and nobody brings it again.
    place(token).ifPresent(place -> settle(place, now));
    loaded.map(SessionTokens::of).ifPresent(name -> settle(place(name), now));
    return to.delete(token, loaded, now) || ended;
  }

  @Override
  public Page page(String principalId, Optional<String> cursor, int most, Instant now) {
    if (!hasBegun()) {
      return oldIndex.page(principalId, cursor, most, now);
    }
    settlePerson(principalId, now);
    Page page = nextIndex.page(principalId, cursor, most, now);
    if (page.next().isPresent() || !isLeftBehind(principalId)) {
      return page;
    }
    List<SessionInfo> all = new ArrayList<>(page.sessions());
    all.addAll(oldIndex.list(principalId, now));
    return new Page(all, Optional.empty());
  }

  @Override
  public boolean revoke(String principalId, String handle, Instant now) {
    if (phase == Phase.PREPARED) {
      boolean ended = inOld(() -> oldIndex.revoke(principalId, handle, now), false);
      if (ended || !hasBegun()) {
        return ended;
      }
    }
    settlePerson(principalId, now);
    return nextIndex.revoke(principalId, handle, now)
        || (isLeftBehind(principalId) && oldIndex.revoke(principalId, handle, now));
  }

  @Override
  public int revokeAll(String principalId, Optional<String> except, Instant now) {
    return forPerson(principalId, now, index -> index.revokeAll(principalId, except, now));
  }

  @Override
  public int changeRoles(String principalId, Set<String> roles, Instant now) {
    return forPerson(principalId, now, index -> index.changeRoles(principalId, roles, now));
  }

  /** Does something with all sessions of a person; answers with how many. */
  private interface ForPerson {
    int in(PrincipalIndex index);
  }

  /** Until nothing has moved meanwhile: what began in the old store before this ended is found. */
  private int forPerson(String principalId, Instant now, ForPerson work) {
    int done = 0;
    if (phase == Phase.PREPARED) {
      done = inOld(() -> work.in(oldIndex), 0);
      if (!hasBegun()) {
        return done;
      }
    }
    do {
      settlePerson(principalId, now);
      done += work.in(nextIndex);
      if (isLeftBehind(principalId)) {
        done += inOld(() -> work.in(oldIndex), 0);
      }
    } while (settlePerson(principalId, now) > 0);
    return done;
  }

  @Override
  public SessionCensus stats(Instant now) {
    if (!hasBegun()) {
      return oldIndex.stats(now);
    }
    SessionCensus there = nextIndex.stats(now);
    if (phase == Phase.DONE) {
      return there;
    }
    SessionCensus here = oldIndex.stats(now);
    return new SessionCensus(
        here.signedIn() + there.signedIn(),
        here.anonymous() + there.anonymous(),
        here.unreadable() + there.unreadable());
  }

  @Override
  public long purge(Instant now) {
    if (!hasBegun()) {
      long ended = inOld(() -> oldIndex.purge(now), 0L);
      if (!hasBegun()) {
        return ended;
      }
    }
    long ended = 0;
    if (phase == Phase.MOVING) {
      old.forEachPlace(
          now,
          (place, kind) -> {
            if (settling.canMove(place) && kind != Transfer.Kind.UNREADABLE) {
              settle(place, now);
            }
          });
      ended += oldIndex.purge(now);
    }
    return ended + nextIndex.purge(now);
  }

  @Override
  public void reportTo(SessionListener listener) {
    for (SessionStore store : List.of(from, to)) {
      if (store instanceof SessionStore.Reporting reporting) {
        reporting.reportTo(listener);
      }
    }
  }

  @Override
  public void outageBegan() {
    for (SessionStore store : List.of(from, to)) {
      if (store instanceof SessionStore.Reporting reporting) {
        reporting.outageBegan();
      }
    }
  }

  /** {@return what both promise} */
  @Override
  public Set<Capability> capabilities() {
    Set<Capability> both = EnumSet.noneOf(Capability.class);
    both.addAll(from.capabilities());
    both.retainAll(to.capabilities());
    return both;
  }

  @Override
  public void close() {
    try {
      from.close();
    } finally {
      to.close();
    }
  }
}
