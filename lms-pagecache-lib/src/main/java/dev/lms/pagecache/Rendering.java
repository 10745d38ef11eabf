// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.engine.Notes;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The step in which a page is rendered, for one request or for all who wait. */
final class Rendering {
  private static final System.Logger LOG = System.getLogger(Rendering.class.getName());

  /** Reasons for which a stale page may stand in. */
  private static final Set<Reason> FAILURES = EnumSet.of(Reason.ABORTED, Reason.ERROR);

  private final Lookups lookups;
  private final Flights flights;
  private final Notes notes;
  private final Counters counters;
  private final InstantSource clock;
  private final LongSupplier nanos;

  Rendering(
      Lookups lookups,
      Flights flights,
      Notes notes,
      Counters counters,
      InstantSource clock,
      LongSupplier nanos) {
    this.lookups = lookups;
    this.flights = flights;
    this.notes = notes;
    this.counters = counters;
    this.clock = clock;
    this.nanos = nanos;
  }

  Outcome render(
      Lookups.Found found,
      PresentedRequest request,
      Renderer renderer,
      Flights.@Nullable Flight flight)
      throws IOException {
    AtomicBoolean left = new AtomicBoolean();
    Runnable nothingToShare =
        () -> {
          left.set(true);
          if (flight != null) {
            flight.giveUp();
          }
        };
    long began = nanos.getAsLong();
    Renderer.Result rendering;
    try {
      rendering = renderer.render(found.primary(), found.page(), nothingToShare);
    } catch (Throwable e) { // Errors too: whoever asks is better served with the stale page.
      Optional<Page> standIn = left.get() ? Optional.empty() : standIn(found, request);
      if (standIn.isPresent()) {
        LOG.log(System.Logger.Level.WARNING, "A stale page stands in for a render that failed", e);
        return standsIn(found, standIn.get(), Reason.ABORTED, flight);
      }
      counters.count(
          found.primary().route(), Lookups.passed(found, Optional.empty(), Reason.ABORTED));
      throw e;
    }
    if (rendering instanceof Renderer.Passed passed) {
      if (FAILURES.contains(passed.reason()) && !left.get()) {
        Optional<Page> standIn = standIn(found, request);
        if (standIn.isPresent()) {
          return standsIn(found, standIn.get(), passed.reason(), flight);
        }
      }
      notes.passed(found.key(), passed.reason(), flight != null);
      return Lookups.passed(found, Optional.empty(), passed.reason());
    }
    counters.rendered(found.primary().route(), Duration.ofNanos(nanos.getAsLong() - began));
    return rendered(found, (Renderer.Storable) rendering, request, flight);
  }

  private Outcome rendered(
      Lookups.Found found,
      Renderer.Storable rendering,
      PresentedRequest request,
      Flights.@Nullable Flight flight) {
    Page page = rendering.page();
    PageKey own = rendering.key();
    if (!own.equals(found.primary())) {
      notes.personal(found.primary());
    } else if (request.followsRfc9111() && !page.isFresh(clock.instant())) {
      notes.uncacheable(
          found.key()); // To be validated at each use: nobody should wait for another.
    } else {
      notes.forget(found.key());
    }
    PageKey key = request.keyOf(page, own);
    // Whoever asked before this is told about every purge that had returned by what the store says.
    long moment = flight == null ? 0 : flights.moment();
    Outcome outcome = lookups.store(found, own, key, page, request);
    if (flight != null && own.equals(found.primary())) {
      long confirmed = isConfirmed(outcome) ? moment : 0;
      flight.land(new Flights.Landing(key, page, Flights.Origin.RENDERED, confirmed));
    }
    return outcome;
  }

  /** Whether the store found that the page was not purged since the stamp. */
  private static boolean isConfirmed(Outcome outcome) {
    return outcome.stored()
        || outcome
            .reason()
            .filter(EnumSet.of(Reason.ASKED_ONCE, Reason.FULL)::contains)
            .isPresent();
  }

  /** A stale page for a render that failed, if one is allowed and was not purged meanwhile. */
  private Optional<Page> standIn(Lookups.Found found, PresentedRequest request) {
    if (found.page().isEmpty()) {
      return Optional.empty();
    }
    return lookups
        .find(found.primary(), request)
        .flatMap(Lookups.Found::page)
        .filter(page -> request.takesInstead(page, clock.instant()));
  }

  private Outcome standsIn(
      Lookups.Found found, Page page, Reason reason, Flights.@Nullable Flight flight) {
    if (flight != null) {
      flight.land(new Flights.Landing(found.key(), page, Flights.Origin.STANDS_IN, 0));
    }
    return Outcome.staleIfError(found.primary(), page, reason);
  }
}
