// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.observation;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/** Several observers as one, whose failures harm nobody. Thread-safe. */
final class Observed implements StoreObserver {
  private static final System.Logger LOG = System.getLogger(StoreObserver.class.getName());

  /** What nobody watches costs nothing. */
  private static final Call UNSEEN = (outcome, failure) -> {};

  private final List<StoreObserver> observers;

  Observed(List<StoreObserver> observers) {
    this.observers = List.copyOf(observers);
  }

  @Override
  public Call begins(String operation) {
    Call all = UNSEEN;
    for (StoreObserver observer : observers) {
      try {
        all = inside(all, observer.begins(operation));
      } catch (RuntimeException | Error e) {
        failed(observer, e);
      }
    }
    return all;
  }

  /** What began last ends first: a span may have become the current one. */
  private static Call inside(Call outer, Call inner) {
    return (outcome, failure) -> {
      end(inner, outcome, failure);
      outer.ended(outcome, failure);
    };
  }

  private static void end(Call call, Outcome outcome, Optional<Throwable> failure) {
    try {
      call.ended(outcome, failure);
    } catch (RuntimeException | Error e) {
      failed(call, e);
    }
  }

  private static void failed(Object observer, Throwable e) {
    LOG.log(
        Level.WARNING,
        "an observer of the session store failed: " + observer.getClass().getName(),
        e);
  }
}
