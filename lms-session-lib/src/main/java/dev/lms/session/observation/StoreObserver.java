// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.observation;

import java.util.List;
import java.util.Optional;

/**
 * Watches calls to the store: for spans and for meters of one's own. {@code Sessions.statistics()}
 * counts them without one. Pass it to {@code Sessions.Builder.observer}.
 *
 * <p>Many threads call it at once, and their requests wait for it. What it throws is logged and
 * changes nothing.
 */
public interface StoreObserver {
  /**
   * The store is about to be called.
   *
   * @param operation what it is asked to do: the name of a {@code StoreOperation} in lower case,
   *     such as {@code load}
   * @return is told how the call ended, on this thread
   */
  Call begins(String operation);

  /**
   * {@return several observers as one, which throws nothing} Who is told last that a call begins is
   * told first that it ended.
   *
   * @param observers the observers, in the order in which they are told that a call begins
   */
  static StoreObserver all(List<StoreObserver> observers) {
    return new Observed(observers);
  }

  /** A call under way. */
  @FunctionalInterface
  interface Call {
    /**
     * The call ended. Called once.
     *
     * @param outcome how
     * @param failure what it threw, if it threw something
     */
    void ended(Outcome outcome, Optional<Throwable> failure);
  }

  /** How a call ended. */
  enum Outcome {
    /** The store answered. */
    ANSWERED,
    /** The store did not answer, or failed. */
    FAILED,
    /** The store was not asked: the breaker is open. */
    REFUSED,
    /** The store was not asked: the token was not made with the site's keys. */
    FORGED
  }
}
