// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedTextTest {
  private final AtomicInteger made = new AtomicInteger();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);

  private String make() {
    int number = made.incrementAndGet();
    if (number == 1) {
      begun.countDown();
      try {
        assertTrue(mayEnd.await(60, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    return "text " + number;
  }

  @Test
  void whoeverAsksLaterGetsANewerOne() {
    mayEnd.countDown();
    SharedText text = new SharedText(this::make);
    assertEquals("text 1", text.get());
    assertEquals("text 2", text.get());
  }

  @Test
  void thoseWhoAskWhileOneIsMadeShareTheNext() throws Exception {
    SharedText text = new SharedText(this::make);
    FutureTask<String> first = new FutureTask<>(text::get);
    new Thread(first).start();
    assertTrue(begun.await(60, TimeUnit.SECONDS));
    List<FutureTask<String>> others = new ArrayList<>();
    List<Thread> waiting = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      FutureTask<String> other = new FutureTask<>(text::get);
      others.add(other);
      waiting.add(new Thread(other));
      waiting.getLast().start();
    }
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!waiting.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING)) {
      assertTrue(System.nanoTime() < giveUp, "all wait");
      Thread.onSpinWait();
    }
    mayEnd.countDown();
    assertEquals("text 1", first.get(60, TimeUnit.SECONDS));
    for (FutureTask<String> other : others) {
      assertEquals("text 2", other.get(60, TimeUnit.SECONDS));
    }
    assertEquals(2, made.get());
  }
}
