// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Lets as many requests at once reach handlers as the resource plan carries, keeps a bounded number
 * waiting for a bounded time, and refuses the rest with 503 and {@code Retry-After}. It stands
 * behind the page cache: a page from the cache takes less than a refusal, so it needs no place.
 * Shedding here keeps the server quick under overload; an executor that rejects would reset
 * connections.
 */
public final class AdmissionFilter extends Filter {
  private final int inFlight;
  private final int queue;
  private final LongAdder full = new LongAdder();
  private final LongAdder late = new LongAdder();
  private final Semaphore permits;
  private final Semaphore places;
  private final Duration maxWait;
  private final Set<String> exempt;

  /**
   * A filter with these limits.
   *
   * @param inFlight requests handled at once, at least 1
   * @param queue requests that may wait besides, 0 or more
   * @param maxWait how long one may wait
   * @param exempt raw paths that are always let in: health checks must answer under load
   */
  public AdmissionFilter(int inFlight, int queue, Duration maxWait, Set<String> exempt) {
    if (inFlight < 1 || queue < 0) {
      throw new IllegalArgumentException("inFlight " + inFlight + ", queue " + queue);
    }
    this.inFlight = inFlight;
    this.queue = queue;
    // Fair: first come, first served, or a waiting request could starve until it is refused.
    this.permits = new Semaphore(inFlight, true);
    this.places = new Semaphore(queue);
    this.maxWait = maxWait;
    this.exempt = Set.copyOf(exempt);
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    if (exempt.contains(RequestTarget.of(exchange).path())) {
      chain.doFilter(exchange);
      return;
    }
    if (!enter()) {
      throw HttpProblem.busy(
          "The site is busy. Please try again in a moment.", Duration.ofSeconds(1));
    }
    // Once the answer is made, whoever reads it slowly holds up nobody else.
    AtomicBoolean held = new AtomicBoolean(true);
    Runnable release =
        () -> {
          if (held.compareAndSet(true, false)) {
            permits.release();
          }
        };
    try {
      chain.doFilter(new LeavingExchange(exchange, release));
    } finally {
      release.run();
    }
  }

  /** Requests in handlers now. */
  public int inFlight() {
    return inFlight - permits.availablePermits();
  }

  /** Requests that wait now. */
  public int queued() {
    return queue - places.availablePermits();
  }

  /** Requests that were refused so far, as no place was left to wait in. */
  public long shedAtOnce() {
    return full.sum();
  }

  /** Requests that were refused so far, as they had waited for too long. */
  public long shedAfterWaiting() {
    return late.sum();
  }

  private boolean enter() {
    // The timed form with 0 respects those already waiting; tryAcquire() would barge past them.
    try {
      if (permits.tryAcquire(0, TimeUnit.NANOSECONDS)) {
        return true;
      }
      if (!places.tryAcquire()) {
        full.increment();
        return false;
      }
      try {
        boolean entered = permits.tryAcquire(maxWait.toNanos(), TimeUnit.NANOSECONDS);
        if (!entered) {
          late.increment();
        }
        return entered;
      } finally {
        places.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public String description() {
    return "admission by the resource plan";
  }
}
