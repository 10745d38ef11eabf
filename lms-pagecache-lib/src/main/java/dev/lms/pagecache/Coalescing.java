// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.engine.Notes;
import dev.lms.pagecache.engine.OutagePages;
import dev.lms.pagecache.page.Tags;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.policy.ReusePolicy;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The third step of a request: the stored page answers it, or the render of another for the same
 * page does, or it leads a render that others wait for.
 */
final class Coalescing {
  /** How often a request boards a flight whose page it may not use, until it renders alone. */
  private static final int MOST_FLIGHTS = 3;

  /** For ever, as far as clocks count it. */
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private static final System.Logger LOG = System.getLogger(Coalescing.class.getName());

  private final Lookups lookups;
  private final Flights flights;
  private final Notes notes;
  private final Rendering rendering;
  private final OutagePages outagePages;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Duration maxWait;
  private final boolean rendersInBackground;

  /**
   * @param rendersInBackground whether there are threads for renders that nobody waits for
   */
  Coalescing(
      Lookups lookups,
      Flights flights,
      Notes notes,
      Rendering rendering,
      OutagePages outagePages,
      InstantSource clock,
      LongSupplier nanos,
      Duration maxWait,
      boolean rendersInBackground) {
    this.lookups = lookups;
    this.flights = flights;
    this.notes = notes;
    this.rendering = rendering;
    this.outagePages = outagePages;
    this.clock = clock;
    this.nanos = nanos;
    this.maxWait = maxWait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : maxWait;
    this.rendersInBackground = rendersInBackground;
  }

  Outcome answer(PageKey key, PresentedRequest request, Renderer renderer) throws IOException {
    long ticket = flights.ticket();
    Optional<Lookups.Found> found = lookups.find(key, request);
    if (found.isEmpty()) {
      return withoutStore(key, ticket, request, renderer);
    }
    outagePages.outageEnded();
    return answer(found.get(), ticket, request, renderer);
  }

  private Outcome answer(
      Lookups.Found found, long ticket, PresentedRequest request, Renderer renderer)
      throws IOException {
    if (found.reuse() == ReusePolicy.Reuse.USE) {
      return Outcome.hit(found.primary(), found.page().orElseThrow());
    }
    boolean staleWillDo = found.reuse() == ReusePolicy.Reuse.USE_AND_REVALIDATE;
    if (staleWillDo && renderer.rendersLater() && revalidatesInBackground(found.primary())) {
      return Outcome.stale(found.primary(), found.page().orElseThrow());
    }
    if (found.stamp().isEmpty() || (notes.isUncacheable(found.key()) && !staleWillDo)) {
      return rendering.render(found, request, renderer, null);
    }
    Stamp stamp = found.stamp().get();
    Waiting waiting = new Waiting(ticket);
    Flights.Boarding boarding = board(found.key(), stamp, request);
    for (int i = 1; ; i++) {
      if (boarding.leads()) {
        return lead(found, ticket, request, renderer, boarding.flight());
      }
      if (staleWillDo) {
        return Outcome.stale(found.primary(), found.page().orElseThrow());
      }
      Optional<Flights.Landing> landing = waiting.await(boarding.flight());
      if (landing.isEmpty() || !isFor(landing.get(), found.primary(), request)) {
        break;
      }
      if (waiting.suits(boarding.flight(), landing.get(), stamp, request)) {
        return brought(found.primary(), landing.get());
      }
      if (i == MOST_FLIGHTS) {
        break;
      }
      boarding = flights.boardAfter(boarding.flight(), stamp);
    }
    return rendering.render(found, request, renderer, null);
  }

  private Flights.Boarding board(PageKey key, Stamp stamp, PresentedRequest request) {
    Set<String> known = new HashSet<>(request.rule().tags());
    known.add(Tags.EVERYTHING);
    known.add(Tags.ofPath(key.path()));
    known.addAll(Tags.ofFolders(key.path()));
    return flights.board(key, stamp, known, lookups::isKnownToBePurged);
  }

  /** A request that waits for others' renders, in all no longer than the longest wait. */
  private final class Waiting {
    private final long ticket;
    private final long giveUp = nanos.getAsLong() + maxWait.toNanos();

    Waiting(long ticket) {
      this.ticket = ticket;
    }

    Optional<Flights.Landing> await(Flights.Flight flight) {
      return flight.await(Duration.ofNanos(giveUp - nanos.getAsLong()));
    }

    boolean suits(
        Flights.Flight flight,
        Flights.Landing landing,
        @Nullable Stamp stamp,
        PresentedRequest request) {
      // What the leader found may be older than a receipt that the leader did not show.
      return flight.suits(landing, ticket, stamp)
          && (request.receipt().isEmpty() || landing.origin() == Flights.Origin.RENDERED);
    }
  }

  private static Outcome brought(PageKey key, Flights.Landing landing) {
    return landing.stale()
        ? Outcome.staleIfError(key, landing.page(), Reason.ABORTED)
        : Outcome.collapsed(key, landing.page());
  }

  private Outcome lead(
      Lookups.Found found,
      long ticket,
      PresentedRequest request,
      Renderer renderer,
      Flights.Flight flight)
      throws IOException {
    try {
      if (flights.landedSince(ticket, found.key())) {
        Lookups.Found again = lookups.find(found.primary(), request).orElse(found);
        if (again.reuse() == ReusePolicy.Reuse.USE) {
          Page page = again.page().orElseThrow();
          flight.land(new Flights.Landing(again.key(), page, Flights.Origin.FOUND, 0));
          return Outcome.hit(found.primary(), page);
        }
      }
      return rendering.render(found, request, renderer, flight);
    } finally {
      flight.giveUp();
    }
  }

  /** Whether what another request brought may answer this one too. */
  private boolean isFor(Flights.Landing landing, PageKey primary, PresentedRequest request) {
    Page page = landing.page();
    if (!request.keyOf(page, primary).equals(landing.key())) {
      return false;
    }
    return landing.stale()
        ? request.takesInstead(page, clock.instant())
        : !request.followsRfc9111()
            || request.judge(page, clock.instant()) == ReusePolicy.Reuse.USE;
  }

  /**
   * Only pages for strangers are rendered where nobody waits: the render of any other needs to know
   * who is asking, and that is known of a request, not of a thread.
   */
  boolean revalidatesInBackground(PageKey key) {
    return rendersInBackground && key.variant().equals(Variant.ANON.text());
  }

  void revalidateNow(PageKey key, PresentedRequest request, Renderer renderer) {
    Optional<Lookups.Found> found = lookups.find(key, request);
    if (found.isEmpty()
        || found.get().stamp().isEmpty()
        || found.get().reuse() == ReusePolicy.Reuse.USE) {
      return;
    }
    Flights.Boarding boarding = board(found.get().key(), found.get().stamp().get(), request);
    if (!boarding.leads()) {
      return;
    }
    try {
      Outcome unused =
          renderer
              .observation()
              .watch(() -> rendering.render(found.get(), request, renderer, boarding.flight()));
    } catch (Throwable e) {
      LOG.log(System.Logger.Level.WARNING, "A page could not be rendered again", e);
    } finally {
      boarding.flight().giveUp();
    }
  }

  /**
   * Without the store nobody knows of purges, so a request is only given what was rendered after it
   * began, or would have been the same: those who come during a render wait for the next one,
   * together.
   */
  private Outcome withoutStore(
      PageKey key, long ticket, PresentedRequest request, Renderer renderer) throws IOException {
    if (notes.isUncacheable(key)) {
      return alone(key, renderer);
    }
    Optional<Page> unchanged =
        outagePages.find(key, page -> mayHave(page, request), request.rule().contentVersion());
    if (unchanged.isPresent()) {
      return Outcome.hit(key, unchanged.get());
    }
    Waiting waiting = new Waiting(ticket);
    Flights.Boarding boarding = flights.boardNext(key, ticket);
    if (boarding.leads()) {
      return leadWithoutStore(key, request, renderer, boarding, waiting);
    }
    Flights.Flight flight = boarding.flight();
    Optional<Flights.Landing> landing = waiting.await(flight);
    if (landing.isEmpty()
        || !isFor(landing.get(), key, request)
        || !waiting.suits(flight, landing.get(), null, request)) {
      return alone(key, renderer);
    }
    return brought(key, landing.get());
  }

  /** What a receipt is of may be known to nobody but the store. */
  private boolean mayHave(Page page, PresentedRequest request) {
    return request.receipt().isEmpty()
        && request.judge(page, clock.instant()) == ReusePolicy.Reuse.USE;
  }

  @SuppressWarnings("ThreadPriorityCheck") // A yield that is not obeyed costs a render, no more.
  private Outcome leadWithoutStore(
      PageKey key,
      PresentedRequest request,
      Renderer renderer,
      Flights.Boarding boarding,
      Waiting waiting)
      throws IOException {
    Flights.Flight flight = boarding.flight();
    try {
      if (boarding.after() != null) {
        Optional<Flights.Landing> unused = waiting.await(boarding.after());
        if (notes.isUncacheable(key)) {
          return alone(key, renderer);
        }
      }
      // Requests that arrived with this one ask first, and need no other render.
      Thread.yield();
      flight.begins();
      Optional<String> version = OutagePages.told(request.rule().contentVersion());
      Renderer.Result rendering = renderer.render(key, Optional.empty(), flight::giveUp);
      if (rendering instanceof Renderer.Passed passed) {
        notes.passed(key, passed.reason(), true);
      } else if (rendering instanceof Renderer.Storable storable && storable.key().equals(key)) {
        Page page = storable.page();
        PageKey own = request.keyOf(page, key);
        if (own.equals(key)) {
          version.ifPresent(told -> outagePages.keep(key, told, page));
        }
        flight.land(new Flights.Landing(own, page, Flights.Origin.RENDERED, 0));
      }
      return withoutStore(key, rendering);
    } finally {
      flight.giveUp();
    }
  }

  private static Outcome alone(PageKey key, Renderer renderer) throws IOException {
    return withoutStore(key, renderer.render(key, Optional.empty(), () -> {}));
  }

  private static Outcome withoutStore(PageKey key, Renderer.Result rendering) {
    Optional<Page> page =
        rendering instanceof Renderer.Storable storable
            ? Optional.of(storable.page())
            : Optional.empty();
    return Outcome.passed(Outcome.Source.BYPASS, Variant.Kind.of(key), page, Reason.STORE);
  }
}
