// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.config.Config;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Another worker of this site, for whoever runs only one. Thread-safe. */
final class SecondWorker implements AutoCloseable {
  private static final int HEAP_MB = 128;

  private final Config config;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable ChildWorker worker;
  private boolean closed;

  SecondWorker(Config config) {
    this.config = config;
  }

  /** Starts it if it does not run, and waits until it serves. */
  void start() {
    lock.lock();
    try {
      if (!closed && (worker == null || !worker.isAlive())) {
        worker = ChildWorker.start(config, HEAP_MB, 0);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      if (worker != null) {
        worker.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
