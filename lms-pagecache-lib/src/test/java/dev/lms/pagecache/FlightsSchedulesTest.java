// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.fuzz.Schedules;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.Stamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P5: however requests for a page come together, it is rendered once. */
@Tag("long")
class FlightsSchedulesTest {
  @Test
  void eachPageIsRenderedOnce() {
    Schedules.check(SomePages.class);
  }

  /** Requests as the cache serves them: looked up, boarded, looked up again, rendered. */
  @Param(name = "page", gen = IntGen.class, conf = "0:4")
  public static final class SomePages {
    private static final int COUNT = 5;
    private static final Stamp STAMP = new Stamp("", 1);

    private final Flights flights = new Flights();
    private final AtomicReferenceArray<Page> store = new AtomicReferenceArray<>(COUNT);
    private final AtomicIntegerArray renders = new AtomicIntegerArray(COUNT);

    /** How often it was rendered by then. */
    @Operation
    @SuppressWarnings("ThreadPriorityCheck") // It only makes what is sought likelier.
    public int request(@Param(name = "page") int page) {
      PageKey key = Pages.key("/" + page);
      long ticket = flights.ticket();
      if (store.get(page) == null) {
        Thread.yield(); // For others to render it now.
        Flights.Boarding boarding = flights.board(key, STAMP, Set.of(), (stamp, tags) -> false);
        if (boarding.leads()) {
          lead(boarding.flight(), ticket, page, key);
        } else if (boarding.flight().await(Duration.ofSeconds(5)).isEmpty()) {
          throw new IllegalStateException("waited in vain");
        }
      }
      return renders.get(page);
    }

    private void lead(Flights.Flight flight, long ticket, int page, PageKey key) {
      Flights.Origin origin = Flights.Origin.FOUND;
      if (!flights.landedSince(ticket, key) || store.get(page) == null) {
        renders.incrementAndGet(page);
        store.set(page, Pages.page(key, "page", Instant.EPOCH));
        origin = Flights.Origin.RENDERED;
      }
      flight.land(new Flights.Landing(key, store.get(page), origin, 0));
    }

    /** The same. */
    @Operation
    public int otherRequest(@Param(name = "page") int page) {
      return request(page);
    }
  }
}
