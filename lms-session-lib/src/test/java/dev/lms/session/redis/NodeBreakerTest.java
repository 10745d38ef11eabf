// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NodeBreakerTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);
  private final NodeBreaker breaker = new NodeBreaker(nanos::get);

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      breaker.failed();
    }
  }

  @Test
  void aNodeIsLeftAloneAfterSoManyFailuresInARow() {
    fail(NodeBreaker.FAILURES - 1);
    breaker.answered();
    fail(NodeBreaker.FAILURES - 1);
    assertTrue(breaker.letsThrough());
    assertTrue(breaker.failed());
    assertFalse(breaker.failed(), "told once");
    assertFalse(breaker.letsThrough());
  }

  @Test
  void eachPauseOneIsLetThroughUntilItAnswers() {
    fail(NodeBreaker.FAILURES);
    for (int i = 0; i < 3; i++) {
      nanos.addAndGet(NodeBreaker.PAUSE.toNanos());
      assertTrue(breaker.letsThrough());
      assertFalse(breaker.letsThrough());
    }
    breaker.answered();
    assertTrue(breaker.letsThrough());
    assertTrue(breaker.letsThrough());
  }

  @Test
  void ofManyAtOnceOneIsTheProbe() throws Exception {
    fail(NodeBreaker.FAILURES);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 200; round++) {
        nanos.addAndGet(NodeBreaker.PAUSE.toNanos());
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          calls.add(
              threads.submit(
                  () -> {
                    start.await();
                    return breaker.letsThrough();
                  }));
        }
        start.countDown();
        int probes = 0;
        for (Future<Boolean> call : calls) {
          probes += call.get(60, TimeUnit.SECONDS) ? 1 : 0;
        }
        assertEquals(1, probes, "round " + round);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
