// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.session.SessionStoreException;
import dev.lms.session.migration.MigratingStore;
import java.lang.System.Logger.Level;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Says every half second, in both stores of a migration, that this worker serves from both, and
 * hears how far the migration is.
 */
final class SignOfLife implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SignOfLife.class.getName());
  private static final int PAUSE_MILLIS = 500;

  private final MigratingStore store;
  private final String worker =
      ProcessHandle.current().pid() + "-" + UUID.randomUUID().toString().substring(0, 8);
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("lms-migration").factory());

  private SignOfLife(MigratingStore store) {
    this.store = store;
  }

  static SignOfLife of(MigratingStore store) {
    SignOfLife sign = new SignOfLife(store);
    Future<?> _ =
        sign.thread.scheduleWithFixedDelay(sign::give, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    return sign;
  }

  private void give() {
    try {
      store.beat(worker);
    } catch (SessionStoreException e) {
      LOG.log(Level.DEBUG, "no sign of life for a migration of sessions", e);
    }
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      // Else the last sign might come after this.
      if (!thread.awaitTermination(2, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      store.leave(worker);
    } catch (SessionStoreException e) {
      LOG.log(Level.DEBUG, "a migration of sessions will take this worker for dead", e);
    }
  }
}
