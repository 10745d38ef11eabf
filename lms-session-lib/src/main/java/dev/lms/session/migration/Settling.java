// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.migration;

import dev.lms.session.SessionStoreException;
import dev.lms.session.migration.Transfer.Parcel;
import dev.lms.session.migration.Transfer.Place;
import dev.lms.session.migration.Transfer.Rotated;
import dev.lms.session.migration.Transfer.Whole;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Moves one session from one store to the other, or ends a move that somebody else began. Any
 * number of processes may do so at once for one session: from the first step on its data does not
 * change, it arrives once, and what has ended meanwhile has left a mark. Thread-safe.
 */
final class Settling {
  /** A session gets a new id once in a while, not in a circle. */
  private static final int LONGEST_CHAIN = 1_000;

  private final Transfer from;
  private final Transfer to;
  private final LongAdder sessions = new LongAdder();

  Settling(Transfer from, Transfer to) {
    this.from = from;
    this.to = to;
  }

  /** Whether it can be moved by what is known of it. */
  boolean canMove(Place place) {
    return place.group().isPresent() || !to.needsGroups();
  }

  /**
   * Sees to it that a session, and all it was rotated into, is in the new store.
   *
   * @return whether anything was moved
   */
  boolean settle(Place place, Instant now) {
    return settle(place, now, 0);
  }

  private boolean settle(Place place, Instant now, int depth) {
    Optional<Parcel> parcel = from.takeOut(place, now);
    if (parcel.isEmpty()) {
      return false;
    }
    // Where a forward leads comes first: whoever follows it finds something.
    if (parcel.get().content() instanceof Rotated rotated && depth < LONGEST_CHAIN) {
      settle(new Place(place.group(), rotated.forward().handle()), now, depth + 1);
    }
    to.arrive(parcel.get(), now);
    if (!to.holds(parcel.get().place())) {
      // Not handed over: its data is still where it came from, and the next attempt takes it.
      throw SessionStoreException.ofThisCall(
          "session " + place.handle() + " was not there after it had arrived", null);
    }
    from.handedOver(parcel.get());
    if (parcel.get().content() instanceof Whole) {
      sessions.increment();
    }
    return true;
  }

  /** How many sessions this has moved. */
  long moved() {
    return sessions.sum();
  }

  /** Moves all sessions of a person that can be moved; how many that were. */
  int settlePerson(String principalId, Instant now) {
    int moved = 0;
    for (Place place : from.placesOf(principalId)) {
      moved += canMove(place) && settle(place, now) ? 1 : 0;
    }
    return moved;
  }

  /** What is left of a person in the old store, and cannot be moved yet. */
  Collection<Place> left(String principalId) {
    return from.placesOf(principalId);
  }
}
