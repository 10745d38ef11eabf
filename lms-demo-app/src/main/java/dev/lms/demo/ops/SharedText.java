// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A text that is dear to make. However many ask at once, one is made at a time, and those who
 * waited share one that was begun after they had asked: nobody reads what is older than their
 * question. Thread-safe.
 */
final class SharedText {
  private final Supplier<String> source;
  private final ReentrantLock lock = new ReentrantLock();
  private String newest = "";
  private long begun;
  private boolean made;

  SharedText(Supplier<String> source) {
    this.source = source;
  }

  String get() {
    long asked = System.nanoTime();
    lock.lock();
    try {
      if (!made || begun - asked < 0) {
        long now = System.nanoTime();
        newest = source.get();
        begun = now;
        made = true;
      }
      return newest;
    } finally {
      lock.unlock();
    }
  }
}
