// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps calls from a store that does not answer, so that they fail at once instead of waiting one
 * after the other (M. Nygard, Release It!, "Circuit Breaker").
 *
 * <p>Closed, it lets every call through. When several in a row have failed, it opens: calls are
 * refused, and after a pause one is let through as a probe. If the probe is answered, it closes; if
 * not, it waits for another pause. There are no timers: calls move it.
 *
 * <p>A call reports to the state it was let through in. So what a call says that began before the
 * last change, and comes late, counts for nothing. Thread-safe, without locks.
 */
final class Breaker {
  /** So many failures in a row are an outage. */
  static final int FAILURES = 5;

  /** How long to wait before each probe. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  /** A probe that takes longer is not waited for: another is let through. */
  static final Duration LONGEST_PROBE = Duration.ofSeconds(10);

  /** What a call was let through in; states are compared by identity. */
  sealed interface State {}

  private record Closed(AtomicInteger failures) implements State {}

  private record Open(long since, long nextProbe) implements State {}

  private final SessionListener listener;
  private final LongSupplier nanoTime;
  private final AtomicReference<State> state = new AtomicReference<>(closed());

  /** Tells the listener when an outage begins and ends. */
  Breaker(SessionListener listener, LongSupplier nanoTime) {
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  private static Closed closed() {
    return new Closed(new AtomicInteger());
  }

  boolean isOpen() {
    return state.get() instanceof Open;
  }

  /** Null if the call is refused; else, hand it to one of the methods below when the call ended. */
  @Nullable State enter() {
    while (true) {
      State current = state.get();
      if (!(current instanceof Open open)) {
        return current;
      }
      long now = nanoTime.getAsLong();
      if (now - open.nextProbe() < 0) {
        return null;
      }
      Open probing = new Open(open.since(), now + LONGEST_PROBE.toNanos());
      if (state.compareAndSet(open, probing)) {
        return probing;
      }
      // Somebody else is the probe, or was it and has just been answered: look again which.
    }
  }

  /** The store answered. */
  void answered(State call) {
    if (call instanceof Closed closed) {
      // Most calls only read: a write by each would move the cache line between processors.
      if (closed.failures().get() != 0) {
        closed.failures().set(0);
      }
    } else if (call instanceof Open probe && state.compareAndSet(probe, closed())) {
      listener.outageEnded(Duration.ofNanos(nanoTime.getAsLong() - probe.since()));
    }
  }

  /** The store did not answer. Answers whether the outage began with this. */
  boolean failed(State call, SessionStoreException cause) {
    long now = nanoTime.getAsLong();
    long nextProbe = now + PAUSE.toNanos();
    if (call instanceof Open probe) {
      state.compareAndSet(probe, new Open(probe.since(), nextProbe));
      return false;
    }
    boolean began =
        call instanceof Closed closed
            && closed.failures().incrementAndGet() >= FAILURES
            && state.compareAndSet(closed, new Open(now, nextProbe));
    if (began) {
      listener.outageBegan(cause);
    }
    return began;
  }

  /** The call ended without asking the store, or by a bug: it tells nothing. */
  void undecided(State call) {
    if (call instanceof Open probe) {
      state.compareAndSet(probe, new Open(probe.since(), nanoTime.getAsLong()));
    }
  }
}
