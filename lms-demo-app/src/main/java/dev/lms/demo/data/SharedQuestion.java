// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A question that many ask at once. Whoever asks is given an answer to what was put after that, and
 * shares it with all others who were waiting then. One is under way at a time. Thread-safe.
 */
final class SharedQuestion {
  /** The question that is put next, and who waits for its answer. */
  private static final class Round {
    private final AtomicBoolean led = new AtomicBoolean();
    private final CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
  }

  private final Supplier<Optional<String>> question;
  private final ReentrantLock asking = new ReentrantLock();
  private final AtomicReference<Round> next = new AtomicReference<>(new Round());

  /**
   * @param question puts it, and is what bounds how long everybody waits
   */
  SharedQuestion(Supplier<Optional<String>> question) {
    this.question = question;
  }

  /** An answer; empty if there is none. */
  Optional<String> ask() {
    Round round = next.get();
    if (round.led.compareAndSet(false, true)) {
      lead(round);
    }
    return round.answer.join();
  }

  private void lead(Round round) {
    asking.lock();
    try {
      // Whoever asks from here on waits for the next one.
      next.set(new Round());
      round.answer.complete(question.get());
    } finally {
      // Whatever happened, nobody waits for ever.
      round.answer.complete(Optional.empty());
      asking.unlock();
    }
  }
}
