// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The number of a SQLite file's last commit, as one connection counts them that never writes. It
 * takes a look at shared memory and no thread of the lanes. Thread-safe.
 */
final class DataVersion implements AutoCloseable {
  /** For so many attempts a turn is waited for in place: it takes less than to sleep and wake. */
  private static final int SPINS = 200;

  private final Lane.Opener opener;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Connection connection;
  private @Nullable PreparedStatement statement;
  private boolean closed;

  /** Opens its connection when it is first asked. */
  DataVersion(Lane.Opener opener) {
    this.opener = opener;
  }

  /** What differs as soon as any process has committed a change; empty if it cannot be told. */
  Optional<String> now() {
    lock();
    try {
      if (closed) {
        return Optional.empty();
      }
      PreparedStatement asking = statement();
      try (ResultSet row = asking.executeQuery()) {
        return row.next() ? Optional.of(Long.toString(row.getLong(1))) : Optional.empty();
      }
    } catch (SQLException e) {
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private void lock() {
    for (int i = 0; i < SPINS; i++) {
      if (lock.tryLock()) {
        return;
      }
      Thread.onSpinWait();
    }
    lock.lock();
  }

  private PreparedStatement statement() throws SQLException {
    if (statement == null) {
      Connection opened = opener.open();
      connection = opened;
      // https://sqlite.org/pragma.html#pragma_data_version
      statement = opened.prepareStatement("PRAGMA data_version");
    }
    return statement;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      System.getLogger(DataVersion.class.getName())
          .log(System.Logger.Level.WARNING, "a database connection did not close", e);
    } finally {
      lock.unlock();
    }
  }
}
