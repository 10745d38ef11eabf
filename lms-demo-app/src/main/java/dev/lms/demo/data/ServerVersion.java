// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Asks a PostgreSQL which transactions have ended: its snapshot, which each commit changes, and its
 * start, since after a failover the numbers might come again. Many share one round trip.
 */
final class ServerVersion implements Version {
  private static final String QUESTION =
      "SELECT pg_current_snapshot() || ' of ' || pg_postmaster_start_time()";

  /** Each caller has something else to do if it takes longer. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final PostgresUrl url;
  private final SharedQuestion question = new SharedQuestion(this::ask);

  /** Guards what follows. */
  private final ReentrantLock using = new ReentrantLock();

  /** Null while it is opened anew, which may take long: nobody waits for that. */
  private @Nullable Connection connection;

  private boolean opening;

  /** When that was tried last. */
  private long opened;

  private boolean closed;

  /** Over a connection of its own. */
  ServerVersion(PostgresUrl url) throws SQLException {
    this.url = url;
    this.connection = connect(url);
    this.opened = System.nanoTime();
  }

  private static Connection connect(PostgresUrl url) throws SQLException {
    Connection connection = url.connect();
    connection.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis());
    return connection;
  }

  @Override
  public Optional<String> now() {
    return question.ask();
  }

  private Optional<String> ask() {
    using.lock();
    try {
      if (connection == null) {
        openSoon();
        return Optional.empty();
      }
      // Prepared by the driver once it has come often.
      try (PreparedStatement asking = connection.prepareStatement(QUESTION);
          ResultSet answer = asking.executeQuery()) {
        answer.next();
        return Optional.of(answer.getString(1));
      } catch (SQLException e) {
        closeQuietly();
        return Optional.empty();
      }
    } finally {
      using.unlock();
    }
  }

  /** Not at once again: a server that does not answer may hold each connection for seconds. */
  private void openSoon() {
    if (!opening && !closed && System.nanoTime() - opened > PATIENCE.toNanos()) {
      opening = true;
      Thread.startVirtualThread(this::open);
    }
  }

  private void open() {
    @Nullable Connection another = null;
    try {
      another = connect(url);
    } catch (SQLException e) {
      // Whoever asks later has it tried again.
    }
    using.lock();
    try {
      opening = false;
      opened = System.nanoTime();
      connection = another;
      if (closed) {
        closeQuietly();
      }
    } finally {
      using.unlock();
    }
  }

  private void closeQuietly() {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      // It was broken already.
    }
    connection = null;
  }

  /** Nothing to do: the server counts its commits. */
  @Override
  public void changed() {}

  @Override
  public void close() {
    using.lock();
    try {
      closed = true;
      closeQuietly();
    } finally {
      using.unlock();
    }
  }
}
