// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.redis.PagesScript.number;
import static dev.lms.pagecache.redis.PagesScript.utf8;

import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Purges, and waits until no node trusts a near copy from before.
 *
 * <p>Three ways lead there. Every node that Redis knows of has said that it obeys. Or the longest
 * lease has passed since Redis answered: every lease from before the purge has run out, and every
 * later one came with the news of it. And in any case the epoch is settled ({@link KnownEpoch}):
 * nodes that Redis forgot when it began cannot have a lease any more. Time is measured here and by
 * each node for itself, by clocks that are never set.
 */
final class Purges {
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(16);

  /**
   * A purge that Redis has taken.
   *
   * @param at its place in the order of purges; without an epoch if Redis had no memory for it and
   *     forgot everything instead
   * @param answered when
   * @param waitsFor how many nodes did not obey yet
   * @param settled whether Redis was told that the epoch is
   */
  record Purge(Stamp at, long answered, long waitsFor, boolean settled) {}

  private final PagesScript script;
  private final String wakePrefix;
  private final long longestLease;
  private final LongSupplier nanos;
  private final KnownEpoch known;

  /** The oldest purge for which nobody waited, and which nodes were therefore not forgotten for. */
  private final AtomicReference<@Nullable Purge> unforgotten = new AtomicReference<>();

  Purges(
      PagesScript script,
      String wakePrefix,
      KnownEpoch known,
      Duration longestLease,
      LongSupplier nanos) {
    this.script = script;
    this.known = known;
    this.wakePrefix = wakePrefix;
    this.longestLease = longestLease.toNanos();
    this.nanos = nanos;
  }

  Purge begin(Collection<String> tags) {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(utf8(wakePrefix));
    arguments.add(number(TimeUnit.NANOSECONDS.toMillis(longestLease) + 1));
    arguments.addAll(place(outlasted()));
    arguments.add(utf8(known.settled()));
    tags.forEach(tag -> arguments.add(utf8(tag)));
    List<?> reply = script.list("purge", List.of(), arguments);
    Stamp at = PagesScript.stamp(reply);
    known.saw(at.epoch());
    return new Purge(at, nanos.getAsLong(), (Long) reply.get(2), (Long) reply.get(3) == 1);
  }

  /**
   * Purges without waiting. A node that is gone is waited for by nobody then, so it is forgotten
   * with a later purge, once no lease from before this one can last.
   */
  Purge beginWithoutWaiting(Collection<String> tags) {
    Purge purge = begin(tags);
    if (purge.waitsFor() > 0) {
      unforgotten.compareAndSet(null, purge);
    }
    return purge;
  }

  /** The purge from before the longest lease for which nodes are yet to be forgotten. */
  private Stamp outlasted() {
    Purge purge = unforgotten.get();
    if (purge != null
        && nanos.getAsLong() - purge.answered() >= longestLease
        && unforgotten.compareAndSet(purge, null)) {
      return purge.at();
    }
    return new Stamp("", 0);
  }

  /** Waits until {@link #holds}. */
  void await(Purge purge) {
    long pause = FIRST_PAUSE;
    while (!holds(purge)) {
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        throw new PageStoreException(
            "Interrupted before all nodes had obeyed a purge; purge again",
            new InterruptedException());
      }
    }
  }

  /** Whether no node trusts a near copy that should have obeyed. */
  boolean holds(Purge purge) {
    long now = nanos.getAsLong();
    if (now - purge.answered() >= longestLease) {
      forget(purge);
      return true;
    }
    if (!known.isSettled(purge.at().epoch(), purge.settled())) {
      return false;
    }
    return purge.waitsFor() == 0 || behind(purge) == 0;
  }

  /** How many nodes do not obey yet; not zero if that cannot be known. */
  private long behind(Purge purge) {
    try {
      return script.number("behind", List.of(), place(purge.at()));
    } catch (PageStoreException e) {
      return -1;
    }
  }

  /**
   * Whoever does not obey by now has no lease: later purges need not wait for them, nor for those
   * that nobody knows of.
   */
  private void forget(Purge purge) {
    if (purge.waitsFor() == 0 && purge.settled()) {
      return;
    }
    List<byte[]> arguments = new ArrayList<>(place(purge.at()));
    arguments.add(utf8(known.settled()));
    try {
      script.number("forget", List.of(), arguments);
    } catch (PageStoreException e) {
      // The next purge waits once more. This one holds all the same.
    }
  }

  private static List<byte[]> place(Stamp at) {
    return List.of(utf8(at.epoch()), number(at.clock()));
  }
}
