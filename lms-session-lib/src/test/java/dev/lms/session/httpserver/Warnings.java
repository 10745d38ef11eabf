// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Listens to what the filter warns of. */
final class Warnings extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger(SessionFilter.class.getName());
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  Warnings() {
    logger.addHandler(this);
  }

  List<Optional<String>> routes() {
    return records.stream()
        .map(LogRecord::getParameters)
        .map(parameters -> Optional.ofNullable(parameters).map(all -> String.valueOf(all[0])))
        .toList();
  }

  void await(int count) {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (records.size() < count) {
      assertTrue(System.nanoTime() < giveUp, () -> count + " warnings, but there are " + routes());
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  @Override
  public void publish(LogRecord logged) {
    records.add(logged);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
