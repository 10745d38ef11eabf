package dev.lms.pagecache;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * One render for each key and stamp: the first to miss leads, others wait for what the leader
 * brings. Because the stamp is part of it, a request that starts after a purge never joins a render
 * that began before.
 */
final class Flights {
  private static final int SLOTS = 1 << 10;

  private record Id(PageKey key, Stamp stamp) {}

  private final ConcurrentMap<Id, Flight> active = new ConcurrentHashMap<>();

  /** Counts landings; with the newest of each slot, tells whether a flight landed in between. */
  private final AtomicLong landings = new AtomicLong();

  private final AtomicLongArray newest = new AtomicLongArray(SLOTS);

  /** To be taken before a lookup, and shown to {@link #landedSince} after its miss. */
  long ticket() {
    return landings.get();
  }

  /** The flight for this key and stamp: under way, or a new one that the caller leads. */
  Boarding board(PageKey key, Stamp stamp) {
    Flight mine = new Flight(new Id(key, stamp));
    Flight other = active.putIfAbsent(mine.id, mine);
    return other == null ? new Boarding(mine, true) : new Boarding(other, false);
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

  /**
   * What a flight brought.
   *
   * @param key what the page is for: the secondary key where pages vary
   * @param page the page
   * @param stale whether an older page stands in for a render that failed
   */
  record Landing(PageKey key, Page page, boolean stale) {}

  record Boarding(Flight flight, boolean leads) {}

  /** A render under way. */
  final class Flight {
    private final Id id;
    private final CompletableFuture<Optional<Landing>> result = new CompletableFuture<>();

    private Flight(Id id) {
      this.id = id;
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
      newest.accumulateAndGet(slotOf(id.key()), landings.incrementAndGet(), Math::max);
      result.complete(landing);
      active.remove(id, this);
    }

    /** Waits for the leader; empty if there is nothing to share or it takes too long. */
    Optional<Landing> await(Duration atMost) {
      try {
        return result.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        // Whoever comes next leads a flight of their own instead of waiting for this one.
        active.remove(id, this);
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
