// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.migration;

import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.migration.Transfer.Kind;
import dev.lms.session.migration.Transfer.Place;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * Moves all sessions of one store to another, while workers serve from both ({@link
 * MigratingStore}) or none does. May be ended at any moment and begun again. For one thread.
 */
public final class Migration {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int MOST_PASSES = 100;

  private final Transfer from;
  private final Transfer to;
  private final Clock clock;
  private final Settling settling;

  /**
   * What stays where it is.
   *
   * @param waiting sessions that move when their browser next sends a request: the old store does
   *     not know all of their name, and the new one needs it
   * @param unreadable entries that nobody here can read
   * @param failed sessions that did not arrive, and are still in the old store
   */
  public record Left(long waiting, long unreadable, long failed) {
    /** {@return whether there is no session left to move} */
    public boolean isNothing() {
      return waiting == 0 && failed == 0;
    }
  }

  /**
   * What there is to move, or was moved.
   *
   * @param sessions how many live sessions
   * @param left what stays
   */
  public record Count(long sessions, Left left) {}

  /** Is told how far it is. */
  public interface Progress {
    /**
     * Called after each session.
     *
     * @param moved how many have been moved
     */
    void moved(long moved);
  }

  /**
   * Creates a migration, which does nothing yet.
   *
   * @param from where sessions come from
   * @param to where they go, with the same keys
   * @param clock judges deadlines
   * @throws IllegalArgumentException if sessions cannot be moved out of one or into the other
   */
  public Migration(SessionStore from, SessionStore to, Clock clock) {
    this.from = MigratingStore.transferable(from);
    this.to = MigratingStore.transferable(to);
    this.clock = clock;
    this.settling = new Settling(this.from, this.to);
  }

  /**
   * Asks both stores something.
   *
   * @throws SessionStoreException if one cannot be asked
   */
  public void check() {
    from.notes();
    to.notes();
  }

  /** {@return what there is to move} Changes nothing. */
  public Count count() {
    long[] counts = new long[3];
    Set<Place> seen = new HashSet<>();
    from.forEachPlace(
        clock.instant(),
        (place, kind) -> {
          if (kind != Kind.FORWARD && seen.add(place)) {
            boolean waits = !settling.canMove(place);
            counts[kind == Kind.UNREADABLE ? 2 : waits ? 1 : 0]++;
          }
        });
    return new Count(counts[0], new Left(counts[1], counts[2], 0));
  }

  /** {@return the workers that have said that they serve from both stores} */
  public Set<String> workers() {
    Set<String> workers = new TreeSet<>();
    from.notes().keySet().stream().filter(Phase::isWorker).map(Phase::worker).forEach(workers::add);
    return workers;
  }

  /**
   * Sees that every worker serves from both stores, records that sessions move, and waits until
   * every worker has acknowledged it. A worker that gives no sign of life for the given time is
   * taken for dead.
   *
   * @param patience how long to wait for a sign of life, and for each acknowledgement
   * @return the workers that have acknowledged
   * @throws IllegalStateException if they cannot all be brought to it; the message says why, and no
   *     session was moved
   */
  public Set<String> begin(Duration patience) {
    if (Phase.in(to.notes()) == Phase.MOVING) {
      throw new IllegalStateException(
          "sessions are just being moved the other way; let that end first");
    }
    Set<String> alive = alive(patience);
    Map<String, String> there = to.notes();
    for (String worker : alive) {
      if (!there.containsKey(Phase.noteOf(worker))) {
        throw new IllegalStateException(
            "worker " + worker + " does not move its sessions to that store, but to another one");
      }
    }
    // What was recorded when sessions once left the store that they now come to.
    Phase.PREPARED.record(to);
    if (Phase.in(from.notes()) == Phase.PREPARED) {
      Phase.MOVING.record(from);
    }
    await(alive, patience);
    return alive;
  }

  private Set<String> alive(Duration patience) {
    Map<String, String> first = from.notes();
    Set<String> silent = new TreeSet<>(workers());
    long end = System.nanoTime() + patience.toNanos();
    while (!silent.isEmpty() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(POLL.toNanos());
      Map<String, String> now = from.notes();
      silent.removeIf(worker -> changed(Phase.noteOf(worker), first, now));
    }
    for (String worker : silent) {
      from.note(Phase.noteOf(worker), "");
      to.note(Phase.noteOf(worker), "");
    }
    return workers();
  }

  private static boolean changed(
      String note, Map<String, String> before, Map<String, String> after) {
    return !after.getOrDefault(note, "").equals(before.getOrDefault(note, ""));
  }

  private void await(Set<String> workers, Duration patience) {
    Set<String> missing = new TreeSet<>(workers);
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      Map<String, String> notes = from.notes();
      missing.removeIf(
          worker -> {
            String note = notes.getOrDefault(Phase.noteOf(worker), "");
            return note.isEmpty() || Phase.isAcknowledged(note, Phase.in(notes));
          });
      if (missing.isEmpty()) {
        return;
      }
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "not acknowledged within "
                + patience.toSeconds()
                + " s by worker "
                + String.join(", ", missing)
                + "; restart it and try again");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  /**
   * Moves what there is to move, looks again until nothing is left that can be moved, and records
   * that the migration is done if no session is left at all. Each session is looked for in the new
   * store before the old one forgets it.
   *
   * @param progress is told how far it is
   * @return what was moved, and what stays
   * @throws SessionStoreException if one of the stores cannot be asked; what was moved has moved
   */
  public Count move(Progress progress) {
    to.expectArrivals();
    Left left = new Left(0, 0, 0);
    long before = -1;
    for (int pass = 0; pass < MOST_PASSES && before < settling.moved(); pass++) {
      before = settling.moved();
      left = pass(progress);
    }
    if (left.isNothing() && before == settling.moved()) {
      Phase.DONE.record(from);
    }
    return new Count(settling.moved(), left);
  }

  private Left pass(Progress progress) {
    Set<Place> waiting = new HashSet<>();
    Set<Place> unreadable = new HashSet<>();
    Set<Place> failed = new HashSet<>();
    from.forEachPlace(
        clock.instant(),
        (place, kind) -> {
          if (kind == Kind.UNREADABLE) {
            unreadable.add(place);
          } else if (!settling.canMove(place)) {
            if (kind != Kind.FORWARD) {
              waiting.add(place);
            }
          } else if (!moved(place, progress)) {
            failed.add(place);
          }
        });
    return new Left(waiting.size(), unreadable.size(), failed.size());
  }

  /** False if it is still where it was, for a reason of its own. */
  private boolean moved(Place place, Progress progress) {
    try {
      settling.settle(place, clock.instant());
      progress.moved(settling.moved());
      return true;
    } catch (SessionStoreException e) {
      if (e.isOutage()) {
        throw e;
      }
      return false;
    }
  }
}
