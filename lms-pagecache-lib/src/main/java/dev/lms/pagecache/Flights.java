// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.Stamp;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One render for each key: the first to miss leads, others wait for what the leader brings. What it
 * brought may be from before a purge that had returned when one of those who wait asked; {@link
 * Flight#suits} tells. Whoever cannot use it boards again. A purge that is known to concern the
 * page ends a flight for all who come later; any other leaves it alone.
 */
final class Flights {
  private static final int SLOTS = 1 << 10;

  /** Later than any moment. */
  private static final long NOT_YET = Long.MAX_VALUE;

  private final ConcurrentMap<PageKey, Flight> active = new ConcurrentHashMap<>();

  /** Counts what happens here: flights begin, their pages are confirmed, they land. */
  private final AtomicLong moments = new AtomicLong();

  /** The newest landing of each slot. */
  private final AtomicLongArray newest = new AtomicLongArray(SLOTS);

  /** When a request began: to be taken before its first lookup. */
  long ticket() {
    return moments.get();
  }

  /** A moment after the beginning of all requests that have begun so far. */
  long moment() {
    return moments.incrementAndGet();
  }

  /**
   * The flight for this key: under way, or a new one that the caller leads.
   *
   * @param stamp of the caller's lookup
   * @param tags those that are known of the page before it is rendered
   * @param purged whether one of some tags is known to have been purged since a stamp
   */
  Boarding board(
      PageKey key,
      Stamp stamp,
      Collection<String> tags,
      BiPredicate<Stamp, Collection<String>> purged) {
    Flight mine = new Flight(key, stamp, tags, moment());
    while (true) {
      Flight other = active.putIfAbsent(key, mine);
      if (other == null) {
        return Boarding.leading(mine);
      }
      if (other.takes(stamp, purged)) {
        return Boarding.following(other);
      }
      if (active.replace(key, other, mine)) {
        return Boarding.leading(mine);
      }
    }
  }

  /**
   * The flight of a request that could not ask the store: the first whose page is rendered after
   * the request began. Whoever leads it waits for the one before, and tells when it {@linkplain
   * Flight#begins() begins}; so all who came during one render share the next, and wait once.
   *
   * @param ticket when the request began
   */
  Boarding boardNext(PageKey key, long ticket) {
    Flight mine = new Flight(key, null, Set.of(), NOT_YET);
    Flight other = active.putIfAbsent(key, mine);
    while (other != null && !other.beginsAfter(ticket)) {
      Flight next = other.next.compareAndExchange(null, mine);
      if (next == null) {
        active.put(key, mine);
        return new Boarding(mine, true, other);
      }
      other = next;
    }
    return other == null ? Boarding.leading(mine) : Boarding.following(other);
  }

  /**
   * The flight of all whom one flight did not suit: it begins after they asked. It is theirs even
   * if it has landed when the last of them comes.
   *
   * @param previous the flight they waited for
   * @param stamp of the caller's lookup
   */
  Boarding boardAfter(Flight previous, Stamp stamp) {
    Flight mine = new Flight(previous.key, stamp, previous.tags, moment());
    Flight other = previous.next.compareAndExchange(null, mine);
    if (other != null) {
      return Boarding.following(other);
    }
    active.put(mine.key, mine);
    return Boarding.leading(mine);
  }

  /**
   * Whether a flight for this key may have landed after the ticket was taken. A leader who is told
   * so must look again: the lookup may have missed by a hair what that flight stored.
   */
  boolean landedSince(long ticket, PageKey key) {
    return newest.get(slotOf(key)) > ticket;
  }

  private static int slotOf(PageKey key) {
    return (key.hashCode() * 0x9e37_79b9) >>> (Integer.SIZE - 10);
  }

  /** How a landing was come by. */
  enum Origin {
    /** Rendered by the leader. */
    RENDERED,
    /** Found in the store after all. */
    FOUND,
    /** Found in the store, no longer fresh: it stands in for a render that failed. */
    STANDS_IN
  }

  /**
   * What a flight brought.
   *
   * @param key what the page is for: the secondary key where pages vary
   * @param page the page
   * @param origin how it was come by
   * @param confirmed a moment after which the store found it not to have been purged since the
   *     flight's stamp; zero if it did not
   */
  record Landing(PageKey key, Page page, Origin origin, long confirmed) {
    boolean stale() {
      return origin == Origin.STANDS_IN;
    }
  }

  /**
   * What to do about a flight.
   *
   * @param leads whether to render, or to wait for who does
   * @param after the flight under way that a leader waits for; null if there is none
   */
  record Boarding(Flight flight, boolean leads, @Nullable Flight after) {
    private static Boarding leading(Flight flight) {
      return new Boarding(flight, true, null);
    }

    private static Boarding following(Flight flight) {
      return new Boarding(flight, false, null);
    }
  }

  /** A render under way. */
  final class Flight {
    private final PageKey key;
    private final @Nullable Stamp stamp;
    private final Collection<String> tags;
    private volatile long began;
    private final CompletableFuture<Optional<Landing>> result = new CompletableFuture<>();
    private final AtomicReference<@Nullable Flight> next = new AtomicReference<>();

    private Flight(PageKey key, @Nullable Stamp stamp, Collection<String> tags, long began) {
      this.key = key;
      this.stamp = stamp;
      this.tags = tags;
      this.began = began;
    }

    /** Whether it may still bring what a request with this stamp can use. */
    private boolean takes(Stamp other, BiPredicate<Stamp, Collection<String>> purged) {
      if (other.equals(stamp)) {
        return true;
      }
      return stamp != null && stamp.epoch().equals(other.epoch()) && !purged.test(stamp, tags);
    }

    /** Whether all that leads to the page is done after the ticket was taken. */
    private boolean beginsAfter(long ticket) {
      return ticket < began;
    }

    /**
     * Whether no purge that had returned when a request began may be missing in what was brought.
     * One of these is enough: all was rendered or found after the request had begun; no purge at
     * all came between the two lookups; or the store found, after the request had begun, that the
     * page was not purged since this flight's stamp.
     *
     * @param ticket when the request began
     * @param other the stamp of its lookup; null if the store could not be asked
     */
    boolean suits(Landing landing, long ticket, @Nullable Stamp other) {
      return beginsAfter(ticket)
          || (other != null && other.equals(stamp))
          || ticket < landing.confirmed();
    }

    /** What leads to the page is done from now on only, so it suits all who have asked so far. */
    void begins() {
      began = moment();
    }

    /** Ends the flight with a page for all who wait. Only the first ending counts. */
    void land(Landing landing) {
      end(Optional.of(landing));
    }

    /** Ends the flight with nothing to share: those who wait render for themselves. */
    void giveUp() {
      end(Optional.empty());
    }

    private void end(Optional<Landing> landing) {
      if (result.isDone()) {
        return;
      }
      // This order lets a late leader see either the flight or its landing.
      newest.accumulateAndGet(slotOf(key), moment(), Math::max);
      result.complete(landing);
      active.remove(key, this);
    }

    /** Waits for the leader; empty if there is nothing to share or it takes too long. */
    Optional<Landing> await(Duration atMost) {
      try {
        return result.get(Math.max(0, atMost.toNanos()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        // Whoever comes next leads a flight of their own instead of waiting for this one.
        active.remove(key, this);
        return Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      } catch (ExecutionException e) {
        throw new IllegalStateException("A flight never ends with an exception", e);
      }
    }
  }
}
