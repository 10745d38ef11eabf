// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.engine;

import dev.lms.pagecache.fuzz.Schedules;
import dev.lms.pagecache.store.PageStoreException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P5: one probe at a time, and a store that answers again is asked again. */
@Tag("long")
class BreakerSchedulesTest {
  @Test
  void thereIsOneProbeAtATimeAndThenTheStoreIsBack() {
    Schedules.check(Store.class);
  }

  /** A store that comes and goes while requests ask it. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static final class Store {
    private final AtomicBoolean answers = new AtomicBoolean(true);
    private final AtomicInteger probes = new AtomicInteger();
    private final AtomicBoolean sawTwo = new AtomicBoolean();
    private final AtomicLong nanos = new AtomicLong();
    private final Breaker breaker = new Breaker(this::probe, Runnable::run, nanos::get);
    private final AtomicReferenceArray<Breaker.Spell> spells = new AtomicReferenceArray<>(5);

    @SuppressWarnings("ThreadPriorityCheck") // It only makes what is sought likelier.
    private void probe() {
      if (probes.incrementAndGet() > 1) {
        sawTwo.set(true);
      }
      Thread.yield();
      probes.decrementAndGet();
      if (!answers.get()) {
        throw noAnswer();
      }
    }

    private static PageStoreException noAnswer() {
      return new PageStoreException("no answer", new IOException("no answer"));
    }

    /** A request that asks the store if it may. */
    @Operation
    public void request(@Param(name = "thread") int thread) {
      spells.set(thread, breaker.enter());
    }

    /** It got no answer. */
    @Operation
    public void failed(@Param(name = "thread") int thread) {
      Breaker.Spell spell = spells.get(thread);
      if (spell != null) {
        breaker.failed(spell, noAnswer());
      }
    }

    /** From now on. */
    @Operation
    public void silent() {
      answers.set(false);
    }

    /** From now on. */
    @Operation
    public void audible() {
      answers.set(true);
    }

    /** Until the next probe is due. */
    @Operation
    public void pause() {
      nanos.addAndGet(Breaker.PAUSE.toNanos());
    }

    /** When all is quiet. */
    @Validate
    public void theStoreIsBack() {
      answers.set(true);
      pause();
      breaker.enter(); // This probes.
      if (breaker.enter() == null || sawTwo.get()) {
        throw new IllegalStateException(sawTwo.get() ? "two probes" : "never asked again");
      }
    }
  }
}
