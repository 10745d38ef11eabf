// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lms.pagecache.store.PageStoreException;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BreakerTest {
  /**
   * Out of threads: the requests that notice are answered, and a later one finds the store back.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aProbeThatCannotBeginIsNotTheLast(boolean outOfMemory) {
    AtomicLong nanos = new AtomicLong();
    AtomicInteger refused = new AtomicInteger(2);
    AtomicInteger probes = new AtomicInteger();
    Breaker breaker =
        new Breaker(
            probes::incrementAndGet,
            probe -> {
              if (refused.getAndDecrement() > 0) {
                if (outOfMemory) {
                  throw new OutOfMemoryError("unable to create native thread");
                }
                throw new RejectedExecutionException("no thread");
              }
              probe.run();
            },
            nanos::get);
    breaker.failed(
        Objects.requireNonNull(breaker.enter()),
        new PageStoreException("no answer", new IOException("no answer")));
    assertNull(breaker.enter(), "not before a pause");
    assertEquals(1, refused.get());
    nanos.addAndGet(Breaker.PAUSE.toNanos());
    assertNull(breaker.enter());
    nanos.addAndGet(Breaker.PAUSE.toNanos());
    assertNull(breaker.enter());
    assertEquals(1, probes.get());
    assertNotNull(breaker.enter());
  }
}
