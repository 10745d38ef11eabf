// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A few platform threads, as many connections, and a bounded line of callers before them. SQLite
 * waits and reads in native code, where a virtual thread would hold on to its carrier; here the
 * caller parks on a future instead.
 */
final class Lane implements AutoCloseable {
  private static final int SECONDS_TO_ANSWER = 3;

  private final String begin;
  private final @Nullable Opener opener;
  private final Duration patience;
  private final ThreadPoolExecutor threads;
  private final BlockingQueue<Connection> idle;

  /** Opens a connection. */
  interface Opener {
    Connection open() throws SQLException;
  }

  /**
   * @param begin the statement that opens a transaction
   * @param connections one for each thread; closed with the lane
   * @param queue how many callers may wait for a thread
   * @param patience how long each of them may
   */
  Lane(String name, String begin, List<Connection> connections, int queue, Duration patience) {
    this(name, begin, connections, queue, patience, null);
  }

  /** The same with connections that may break; {@code opener} opens others in their place. */
  Lane(
      String name,
      String begin,
      List<Connection> connections,
      int queue,
      Duration patience,
      @Nullable Opener opener) {
    this.opener = opener;
    this.begin = begin;
    this.patience = patience;
    int size = connections.size();
    this.idle = new ArrayBlockingQueue<>(size, false, connections);
    this.threads =
        new ThreadPoolExecutor(
            size,
            size,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queue),
            Thread.ofPlatform().name("database-" + name).daemon().factory());
  }

  /** How many callers wait for a thread. */
  int waiting() {
    return threads.getQueue().size();
  }

  /** How many threads work. */
  int active() {
    return threads.getActiveCount();
  }

  /** Runs the work in a transaction of its own and answers when it is committed. */
  <R> R run(Database.Work<R> work) {
    CompletableFuture<R> result = new CompletableFuture<>();
    AtomicBoolean claimed = new AtomicBoolean();
    try {
      threads.execute(
          () -> {
            if (claimed.compareAndSet(false, true)) {
              complete(result, work);
            }
          });
    } catch (RejectedExecutionException e) {
      throw threads.isShutdown()
          ? new DatabaseException("the database is closed", e)
          : new DatabaseBusyException("too many callers wait for the database", e);
    }
    try {
      return result.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw asUnchecked(e.getCause());
    } catch (TimeoutException e) {
      if (claimed.compareAndSet(false, true)) {
        throw new DatabaseBusyException("waited " + patience + " for the database", e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (claimed.compareAndSet(false, true)) {
        throw new DatabaseException("interrupted while waiting for the database", e);
      }
    }
    // It has begun: only its end tells whether it happened. SQLite's busy timeout bounds that.
    try {
      return result.join();
    } catch (CompletionException e) {
      throw asUnchecked(e.getCause());
    }
  }

  private <R> void complete(CompletableFuture<R> result, Database.Work<R> work) {
    Connection connection = idle.poll();
    if (connection == null) {
      result.completeExceptionally(new DatabaseException("the database is closed"));
      return;
    }
    R value;
    try {
      if (opener != null && !isGood(connection)) {
        connection.close();
        connection = opener.open();
      }
      value = transact(connection, work);
    } catch (Throwable e) { // Errors too: the caller waits for an answer.
      idle.add(connection);
      result.completeExceptionally(e);
      return;
    }
    idle.add(connection);
    result.complete(value);
  }

  /** Asked each time: the first call after the server was started anew meets a dead one. */
  private static boolean isGood(Connection connection) throws SQLException {
    return !connection.isClosed() && connection.isValid(SECONDS_TO_ANSWER);
  }

  private <R> R transact(Connection connection, Database.Work<R> work) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(begin);
      boolean committed = false;
      try {
        R value = work.run(new Sql(connection, opener != null));
        statement.execute("COMMIT");
        committed = true;
        return value;
      } finally {
        if (!committed) {
          rollback(statement);
        }
      }
    }
  }

  /** Some failures have already ended the transaction; then there is nothing to roll back. */
  private static void rollback(Statement statement) {
    try {
      statement.execute("ROLLBACK");
    } catch (SQLException alreadyEnded) {
      // The failure that led here is the one to report.
    }
  }

  private static RuntimeException asUnchecked(@Nullable Throwable cause) {
    if (cause instanceof SQLException e) {
      if (isFull(e)) {
        return new DatabaseFullException("the disk of the database is full: " + e.getMessage(), e);
      }
      if (isDamaged(e)) {
        return new DatabaseDamagedException(
            "the database is not what it was; bring it back: " + e.getMessage(), e);
      }
      return isBusy(e)
          ? new DatabaseBusyException("another process holds the database: " + e.getMessage(), e)
          : new DatabaseException("the database failed: " + e.getMessage(), e);
    }
    if (cause instanceof Error e) {
      throw e;
    }
    return cause instanceof RuntimeException e
        ? e
        : new DatabaseException("the work on the database failed", cause);
  }

  /** SQLITE_FULL, or a write that the system refused, which is how some disks are full. */
  private static boolean isFull(SQLException e) {
    return (e.getErrorCode() & 0xff) == 13
        || e.getErrorCode() == 778
        || "53100".equals(e.getSQLState());
  }

  /**
   * SQLITE_CORRUPT, SQLITE_NOTADB, or their like in PostgreSQL; or a table of ours is not there.
   */
  private static boolean isDamaged(SQLException e) {
    int primary = e.getErrorCode() & 0xff;
    String state = String.valueOf(e.getSQLState());
    return primary == 11
        || primary == 26
        || (primary == 1 && String.valueOf(e.getMessage()).contains("no such table"))
        || List.of("XX001", "XX002", "42P01").contains(state);
  }

  /** SQLITE_BUSY or SQLITE_LOCKED; extended result codes keep the primary one in the low byte. */
  private static boolean isBusy(SQLException e) {
    int primary = e.getErrorCode() & 0xff;
    String state = String.valueOf(e.getSQLState());
    // Of a server: out of reach, shutting down, without a place for us, or in others' way.
    return primary == 5
        || primary == 6
        || Stream.of("08", "57P", "53", "40", "55P").anyMatch(state::startsWith);
  }

  /** Lets work that has begun or waits finish, for a bounded time, then closes the connections. */
  @Override
  public void close() {
    threads.shutdown();
    boolean interrupted = false;
    try {
      if (!threads.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
      try {
        connection.close();
      } catch (SQLException e) {
        System.getLogger(Lane.class.getName())
            .log(System.Logger.Level.WARNING, "a database connection did not close", e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
