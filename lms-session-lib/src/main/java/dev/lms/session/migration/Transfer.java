// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.migration;

import dev.lms.session.Envelope;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.store.Forward;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Moves sessions out of a {@link SessionStore}, and into it, while workers use it. {@link
 * MigratingStore} and {@link Migration} do the moving: a session is taken out of one store, which
 * keeps its data and lets nobody write it any more; it arrives in the other, unless something is
 * there; and only then the first store forgets it, all but a mark. Every step may be repeated, by
 * anybody, however late.
 *
 * <p>Thread-safe; every method throws {@link SessionStoreException} only if the store cannot be
 * asked, and every step is atomic.
 */
public interface Transfer {

  /**
   * Where a session is: a name that is the same in every store with the same keys.
   *
   * @param group the part of its token that survives rotation; empty if the store does not know it
   * @param handle its handle
   */
  record Place(Optional<String> group, String handle) {}

  /** What is in a place. */
  enum Kind {
    /** A live session. */
    SESSION,
    /** A session that was taken out and not yet handed over. */
    TAKEN,
    /** Says where a session went that got a new id. */
    FORWARD,
    /** Nothing that anybody here can read, or change. */
    UNREADABLE
  }

  /**
   * What moves.
   *
   * @param place its name
   * @param deadline when it ends unless it is used again
   * @param content a session or a forward
   */
  record Parcel(Place place, Instant deadline, Content content) {}

  /** What is in a parcel. */
  sealed interface Content {}

  /**
   * A session.
   *
   * @param envelope whose it is
   * @param attributes its attributes, by name
   * @param seen when it was last used, as far as its person's index knows
   * @param root the handle it had at sign-in, or its own
   */
  record Whole(Envelope envelope, Map<String, String> attributes, Instant seen, String root)
      implements Content {}

  /**
   * What a rotation left behind.
   *
   * @param forward where the session went
   */
  record Rotated(Forward forward) implements Content {}

  /**
   * Takes a session out: from now on no call but {@link #handedOver} changes it here. A change
   * finds it gone; whoever asks for it or ends it is told by an exception; what concerns all
   * sessions of a person leaves it alone, or throws. A forward only is read, since nobody changes
   * one.
   *
   * @param place where it is; what the store does not know of it is kept with it
   * @param now the moment that judges deadlines
   * @return what was taken out, now or before; empty if nothing live is there that can be read, or
   *     it was handed over
   */
  Optional<Parcel> takeOut(Place place, Instant now);

  /**
   * Forgets what was taken out, or a forward, because another store has it. A mark stays until its
   * deadline: those who have not heard of the move are told that they cannot know, not that there
   * is no session.
   *
   * @param parcel what was taken out
   */
  void handedOver(Parcel parcel);

  /**
   * Puts what comes from another store in its place, with the deadline it has, unless there is
   * something: a session, a forward, or the mark of one that has ended. A person's session is in
   * their index before it is in its place.
   *
   * @param parcel what {@link #takeOut} returned elsewhere
   * @param now the moment that judges deadlines
   * @return whether it was put there; false if it was there, has ended, or is in use here already
   */
  boolean arrive(Parcel parcel, Instant now);

  /**
   * {@return whether there is something in a place that this store knows: a session, a forward, or
   * the mark of one that has ended}
   *
   * @param place where to look
   */
  boolean holds(Place place);

  /**
   * From now on every session that ends here leaves a mark until its deadline, at which a late
   * {@link #arrive} stops.
   */
  void expectArrivals();

  /** {@return whether nothing can arrive here whose {@linkplain Place#group group} is unknown} */
  boolean needsGroups();

  /**
   * {@return where a person's sessions are, those included that were taken out}
   *
   * @param principalId the person's id
   */
  Collection<Place> placesOf(String principalId);

  /**
   * Visits every place in which there is something live, in no order. What comes and goes meanwhile
   * may be missed; marks are passed over.
   *
   * @param now the moment that judges deadlines
   * @param visitor hears of each, perhaps twice, and may move it
   */
  void forEachPlace(Instant now, BiConsumer<Place, Kind> visitor);

  /**
   * {@return what was noted about migrations, by name} In the store itself, so that every worker
   * and every command finds it.
   */
  Map<String, String> notes();

  /**
   * Notes something about a migration.
   *
   * @param name lower-case letters, digits and hyphens
   * @param text a line; empty to take the note away
   */
  void note(String name, String text);

  /**
   * {@return what a store throws that is asked for a session which was taken out}
   *
   * @param handle the session's handle
   */
  static SessionStoreException moved(String handle) {
    return SessionStoreException.ofThisCall(
        "session "
            + handle
            + " has moved to another store, which this worker does not know; is it configured for"
            + " the migration?",
        null);
  }
}
