// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BreakerTest {
  /** What happens while the next call looks at the clock. */
  private Runnable meanwhile = () -> {};

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);
  private final List<String> told = new ArrayList<>();
  private final Breaker breaker =
      new Breaker(
          new SessionListener() {
            @Override
            public void outageBegan(SessionStoreException cause) {
              told.add("began: " + cause.getMessage());
            }

            @Override
            public void outageEnded(Duration lasted) {
              told.add("ended after " + lasted);
            }
          },
          this::now);

  private long now() {
    Runnable now = meanwhile;
    meanwhile = () -> {};
    now.run();
    return nanos.get();
  }

  private Breaker.State entered() {
    return requireNonNull(breaker.enter());
  }

  private void move(Duration by) {
    nanos.addAndGet(by.toNanos());
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      breaker.failed(entered(), new SessionStoreException("no answer"));
    }
  }

  @Test
  void itOpensWhenSoManyFailedInARow() {
    fail(Breaker.FAILURES - 1);
    assertFalse(breaker.isOpen());
    assertEquals(List.of(), told);
    fail(1);
    assertTrue(breaker.isOpen());
    assertNull(breaker.enter());
    assertEquals(List.of("began: no answer"), told);
  }

  /** Refused is who comes in an outage, not who comes as it ends. */
  @Test
  void whoComesWhileALateProbeIsAnsweredIsLetThrough() {
    fail(Breaker.FAILURES);
    move(Breaker.PAUSE);
    Breaker.State late = entered();
    move(Breaker.LONGEST_PROBE);
    meanwhile = () -> breaker.answered(late);
    Breaker.State call = entered();
    assertFalse(breaker.isOpen());
    breaker.answered(call);
  }

  @Test
  void whoComesWhileAProbeEndsUndecidedIsTheNextProbe() {
    fail(Breaker.FAILURES);
    move(Breaker.PAUSE);
    Breaker.State undecided = entered();
    move(Breaker.LONGEST_PROBE);
    meanwhile = () -> breaker.undecided(undecided);
    breaker.answered(entered());
    assertFalse(breaker.isOpen());
  }

  @Test
  void anAnswerInBetweenStartsTheCountAnew() {
    for (int i = 0; i < 10; i++) {
      fail(Breaker.FAILURES - 1);
      breaker.answered(entered());
    }
    assertFalse(breaker.isOpen());
  }

  @Test
  void afterAPauseOneProbeAtATimeIsLetThrough() {
    fail(Breaker.FAILURES);
    move(Breaker.PAUSE.minusNanos(1));
    assertNull(breaker.enter());
    move(Duration.ofNanos(1));
    Breaker.State probe = entered();
    assertNull(breaker.enter(), "one at a time");
    breaker.failed(probe, new SessionStoreException("no answer"));
    assertNull(breaker.enter(), "another pause");
    move(Breaker.PAUSE);
    assertNotNull(breaker.enter());
    assertEquals(1, told.size(), "still the same outage");
  }

  @Test
  void aProbeThatIsAnsweredEndsTheOutage() {
    fail(Breaker.FAILURES);
    move(Breaker.PAUSE);
    Breaker.State probe = entered();
    move(Duration.ofMillis(5));
    breaker.answered(probe);
    assertFalse(breaker.isOpen());
    assertEquals(List.of("began: no answer", "ended after PT1.005S"), told);
    fail(Breaker.FAILURES - 1);
    assertFalse(breaker.isOpen(), "the count is new");
  }

  @Test
  void whatBeganBeforeTheOutageSaysNothingAfterIt() {
    List<Breaker.State> slow = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      slow.add(entered());
    }
    fail(Breaker.FAILURES);
    breaker.answered(slow.get(0));
    assertTrue(breaker.isOpen(), "a late answer is no probe");
    move(Breaker.PAUSE);
    breaker.answered(entered());
    slow.forEach(late -> breaker.failed(late, new SessionStoreException("no answer")));
    assertFalse(breaker.isOpen(), "timeouts of the last outage begin no new one");
    assertEquals(2, told.size());
  }

  @Test
  void aProbeThatHangsIsNotWaitedForForEver() {
    fail(Breaker.FAILURES);
    move(Breaker.PAUSE);
    Breaker.State hanging = entered();
    move(Breaker.LONGEST_PROBE);
    Breaker.State other = entered();
    breaker.failed(hanging, new SessionStoreException("no answer"));
    assertNull(breaker.enter());
    breaker.answered(other);
    assertFalse(breaker.isOpen());
  }

  @Test
  void aProbeThatTellsNothingMakesRoomForAnother() {
    fail(Breaker.FAILURES);
    move(Breaker.PAUSE);
    breaker.undecided(entered());
    assertTrue(breaker.isOpen());
    assertNotNull(breaker.enter());
  }

  @Test
  void ofManyAtOnceExactlyOneIsTheProbe() throws Exception {
    fail(Breaker.FAILURES);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 500; round++) {
        move(Breaker.PAUSE);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Breaker.State>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          calls.add(
              threads.submit(
                  () -> {
                    start.await();
                    return breaker.enter();
                  }));
        }
        start.countDown();
        List<Breaker.State> probes = new ArrayList<>();
        for (Future<Breaker.State> call : calls) {
          Breaker.State state = call.get(60, TimeUnit.SECONDS);
          if (state != null) {
            probes.add(state);
          }
        }
        assertEquals(1, probes.size(), "round " + round);
        breaker.failed(probes.get(0), new SessionStoreException("no answer"));
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
