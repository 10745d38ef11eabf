// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that nobody waits for the database longer than the patience, counted from when they
 * asked: whoever still waits for a connection then is interrupted, and whoever waits for an answer
 * loses the connection. Thread-safe.
 *
 * <p>A daemon thread looks several times a second, while something was asked lately.
 */
final class Waits implements AutoCloseable {
  /** What JDBC says of a connection that is lost: nobody knows what was done. */
  private static final String LOST = "08006";

  /** Nothing was asked of the server. */
  private static final String NOT_CONNECTED = "08001";

  private static final long LOOK_NANOS = Duration.ofMillis(50).toNanos();
  private static final int IDLE_LOOKS = 200;

  private final Duration patience;
  private final Set<Wait> all = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Thread> watcher = new AtomicReference<>();
  private volatile boolean closed;

  Waits(Duration patience) {
    this.patience = patience;
  }

  Duration patience() {
    return patience;
  }

  /** Begins to count, for the current thread. */
  Wait begin() {
    Wait wait = new Wait(System.nanoTime() + patience.toNanos());
    all.add(wait);
    if (watcher.get() == null) {
      Thread next = new Thread(this::watch, "lms-sessions-patience");
      next.setDaemon(true);
      if (watcher.compareAndSet(null, next)) {
        next.start();
      }
    }
    return wait;
  }

  private void watch() {
    int idle = 0;
    while (true) {
      LockSupport.parkNanos(LOOK_NANOS);
      long now = System.nanoTime();
      all.forEach(wait -> wait.endIfDue(now));
      idle = all.isEmpty() ? idle + 1 : 0;
      if (idle > 0 && (closed || idle > IDLE_LOOKS)) {
        watcher.set(null);
        // Whoever began before this was seen relies on this thread.
        if (all.isEmpty() || !watcher.compareAndSet(null, Thread.currentThread())) {
          return;
        }
      }
    }
  }

  /** Nobody needs to be watched any more, once what was asked has ended. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(watcher.get());
  }

  /** Of one call, with one connection at a time. */
  final class Wait implements AutoCloseable {
    private final long until;
    private final Thread thread = Thread.currentThread();
    private final ReentrantLock turn = new ReentrantLock();

    /** Whether it waits for a connection; then whether it was interrupted for that. */
    private boolean connecting;

    private volatile boolean interrupted;

    /** What it asks the server with. */
    private @Nullable Connection connection;

    private Wait(long until) {
      this.until = until;
    }

    boolean isOver() {
      return System.nanoTime() - until >= 0;
    }

    /** Borrows a connection. */
    Connection connection(DataSource source) throws SQLException {
      Connection found = null;
      connects();
      try {
        found = source.getConnection();
      } catch (RuntimeException e) {
        // So drivers say that they were interrupted.
        if (isInterrupted()) {
          throw new SQLTimeoutException("interrupted while connecting", NOT_CONNECTED, e);
        }
        throw e;
      } finally {
        connected(found);
      }
      return found;
    }

    private void connects() {
      inTurn(() -> connecting = true);
    }

    private boolean isInterrupted() {
      return interrupted || thread.isInterrupted();
    }

    private void connected(@Nullable Connection found) {
      inTurn(
          () -> {
            connecting = false;
            connection = found;
            if (interrupted) {
              // That was for the data source alone.
              interrupted = false;
              Thread.interrupted();
            }
          });
    }

    /** From here on the connection is left alone: it goes back to where others find it. */
    void release() {
      inTurn(() -> connection = null);
    }

    /** Nobody is interrupted, or cut off, in the middle of such a step. */
    private void inTurn(Runnable step) {
      turn.lock();
      try {
        step.run();
      } finally {
        turn.unlock();
      }
    }

    /** What is said of a time that was up. */
    SQLException timeout(SQLException cause) {
      return new SQLTimeoutException("no answer within " + patience, LOST, cause);
    }

    private void endIfDue(long now) {
      if (now - until >= 0) {
        inTurn(this::end);
      }
    }

    private void end() {
      if (connecting) {
        // Again and again: some swallow it once.
        interrupted = true;
        thread.interrupt();
      }
      Connection silent = connection;
      if (silent != null) {
        connection = null;
        // Closing may take its time as well, where what was sent is not taken either.
        Thread cutter = new Thread(() -> cut(silent), "lms-sessions-cut");
        cutter.setDaemon(true);
        cutter.start();
      }
    }

    @Override
    public void close() {
      all.remove(this);
    }
  }

  private static void cut(Connection silent) {
    try {
      silent.abort(Runnable::run);
    } catch (SQLException | RuntimeException | AbstractMethodError e) {
      System.getLogger(JdbcSessionStore.class.getName())
          .log(System.Logger.Level.DEBUG, "a silent connection cannot be cut", e);
    }
  }
}
