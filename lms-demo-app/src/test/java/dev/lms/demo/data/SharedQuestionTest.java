// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class SharedQuestionTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final AtomicInteger put = new AtomicInteger();
  private final CountDownLatch firstIsPut = new CountDownLatch(1);
  private final CountDownLatch firstMayBeAnswered = new CountDownLatch(1);

  /** The number of the question; the first takes until it may be answered. */
  private Optional<String> answer() {
    int number = put.incrementAndGet();
    if (number == 1) {
      firstIsPut.countDown();
      try {
        assertTrue(firstMayBeAnswered.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new CompletionException(e);
      }
    }
    return Optional.of(Integer.toString(number));
  }

  private static FutureTask<Optional<String>> asking(SharedQuestion question, List<Thread> all) {
    FutureTask<Optional<String>> task = new FutureTask<>(question::ask);
    all.add(Thread.ofPlatform().daemon().start(task));
    return task;
  }

  @Test
  void whoAsksWhileOneIsUnderWayIsGivenTheNextAndSharesIt() throws Exception {
    SharedQuestion question = new SharedQuestion(this::answer);
    List<Thread> threads = new ArrayList<>();
    FutureTask<Optional<String>> first = asking(question, threads);
    assertTrue(firstIsPut.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    List<FutureTask<Optional<String>>> later = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      later.add(asking(question, threads));
    }
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    while (threads.stream().skip(1).anyMatch(one -> one.getState() != Thread.State.WAITING)) {
      assertTrue(System.nanoTime() < giveUp, "they do not wait");
      LockSupport.parkNanos(1_000_000);
    }
    firstMayBeAnswered.countDown();
    assertEquals(Optional.of("1"), first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    for (FutureTask<Optional<String>> one : later) {
      assertEquals(Optional.of("2"), one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }
    assertEquals(Optional.of("3"), question.ask());
  }

  @Test
  void whatFailsIsNoAnswerToWhoWaitsAndIsPutAgain() {
    SharedQuestion question =
        new SharedQuestion(
            () -> {
              if (put.incrementAndGet() == 1) {
                throw new IllegalStateException("the first");
              }
              return Optional.of("well");
            });
    assertThrows(IllegalStateException.class, question::ask);
    assertEquals(Optional.of("well"), question.ask());
  }
}
