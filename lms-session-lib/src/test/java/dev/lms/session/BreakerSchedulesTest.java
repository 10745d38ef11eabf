// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.fuzz.Schedules;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** G11: what calls are told is what they would be told one after the other. */
@Tag("long")
class BreakerSchedulesTest {
  @Test
  void whatCallsAreToldHasAnOrder() {
    Schedules.check(Calls.class);
  }

  /** Calls while time passes; one more that fails opens the breaker. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static final class Calls {
    private final AtomicLong nanos = new AtomicLong();
    private final Breaker breaker = new Breaker(new SessionListener() {}, this::slowly);

    /** What each thread's last call was let through in. */
    private final AtomicReferenceArray<Breaker.State> calls = new AtomicReferenceArray<>(5);

    /** A breaker of which all but one call have failed. */
    public Calls() {
      for (int i = 1; i < Breaker.FAILURES; i++) {
        enter(0);
        failed(0);
      }
    }

    /** Lets others come between what the breaker saw before and what it does then. */
    @SuppressWarnings("ThreadPriorityCheck") // It only makes what is sought likelier.
    private long slowly() {
      Thread.yield();
      return nanos.get();
    }

    /** Whether a call is let through. */
    @Operation
    public boolean enter(@Param(name = "thread") int thread) {
      Breaker.State entered = breaker.enter();
      calls.set(thread, entered);
      return entered != null;
    }

    /** The store answered the last call of this thread. */
    @Operation
    public void answered(@Param(name = "thread") int thread) {
      Breaker.State entered = calls.get(thread);
      if (entered != null) {
        breaker.answered(entered);
      }
    }

    /** It did not; whether the outage began with that. */
    @Operation
    public boolean failed(@Param(name = "thread") int thread) {
      Breaker.State entered = calls.get(thread);
      return entered != null && breaker.failed(entered, new SessionStoreException("no answer"));
    }

    /** Until even a probe that hangs is not waited for any more. */
    @Operation
    public void pause() {
      nanos.addAndGet(Breaker.LONGEST_PROBE.toNanos());
    }

    /** What everybody sees. */
    @Operation
    public boolean isOpen() {
      return breaker.isOpen();
    }
  }
}
