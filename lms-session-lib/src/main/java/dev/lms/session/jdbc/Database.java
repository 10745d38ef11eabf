// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.SessionStoreException;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database, with one connection at a time, which goes back to the {@link DataSource} as it
 * came. Finds out on first use what database it is, and makes the tables where they are missing.
 * Thread-safe.
 *
 * <p>What the database says that it has undone, because somebody else was in the way, is asked
 * again as a whole. What broke off before the answer is asked again only if it does no harm however
 * often it is done; of all else nobody knows whether it was done, and its caller is told so. All
 * that belongs to one call together takes no longer than the patience ({@link Waits}).
 */
final class Database implements AutoCloseable {
  /** How long a call may take, from when it was asked. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final System.Logger LOG = System.getLogger(JdbcSessionStore.class.getName());
  private static final int MOST_ATTEMPTS = 50;
  private static final int MOST_ATTEMPTS_AT_SCHEMA = 5;
  private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(10).toNanos();

  private final DataSource source;
  private final boolean makesTables;
  private final Waits waits;
  private volatile @Nullable Dialect dialect;

  Database(DataSource source, boolean makesTables, Duration patience) {
    this.source = source;
    this.makesTables = makesTables;
    this.waits = new Waits(patience);
  }

  @Override
  public void close() {
    waits.close();
  }

  /** Something to do with a connection. */
  interface Work<T> {
    T with(Connection connection, Dialect dialect) throws SQLException;
  }

  /** How to do it. */
  private enum Way {
    REPEATABLE,
    ONCE,
    BEGINNING,
    TRANSACTION;

    boolean isTransaction(Dialect dialect) {
      return this == TRANSACTION || (this == BEGINNING && !dialect.locksWhileInserting());
    }
  }

  /** For one statement that does no harm however often it is run, and however late. */
  <T> T repeatable(Work<T> work) {
    return run(work, Way.REPEATABLE);
  }

  /** For one statement of any other kind. */
  <T> T once(Work<T> work) {
    return run(work, Way.ONCE);
  }

  /**
   * For several statements, which are all done or none. The first one locks something by writing or
   * {@code FOR UPDATE}: in SQLite a transaction that has read cannot wait for others any more.
   */
  <T> T transaction(Work<T> work) {
    return run(work, Way.TRANSACTION);
  }

  /** For one statement where the database can lock and insert in one, else for a transaction. */
  <T> T beginning(Work<T> work) {
    return run(work, Way.BEGINNING);
  }

  private <T> T run(Work<T> work, Way way) {
    try (Waits.Wait wait = waits.begin()) {
      for (int attempt = 1; ; attempt++) {
        Dialect known = dialect;
        try {
          if (known == null) {
            known = prepare(wait);
            dialect = known;
          }
          return attempt(wait, work, known, way.isTransaction(known));
        } catch (SQLException e) {
          if (!isWorthAnother(e, known, way, attempt, wait)) {
            throw failure(wait.isOver() ? wait.timeout(e) : e);
          }
          pause(attempt);
        }
      }
    }
  }

  private static boolean isWorthAnother(
      SQLException e, @Nullable Dialect dialect, Way way, int attempt, Waits.Wait wait) {
    if (Thread.currentThread().isInterrupted() || wait.isOver() || attempt >= MOST_ATTEMPTS) {
      return false;
    }
    // Until the product is known nothing was done for the caller, so another attempt is safe.
    boolean undone = dialect == null ? Dialect.mayHaveRetreated(e) : dialect.hasRetreated(e);
    return undone || (way == Way.REPEATABLE && attempt == 1 && isBrokenConnection(e));
  }

  /** The first call after the server was started anew meets a connection that is dead already. */
  private static boolean isBrokenConnection(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  private static SessionStoreException failure(SQLException e) {
    if (Thread.currentThread().isInterrupted()) {
      return SessionStoreException.ofThisCall("interrupted while asking the database", e);
    }
    return new SessionStoreException("cannot ask the database of the sessions", e);
  }

  /**
   * Longer and longer, and by their clocks not equally long for all who are in each other's way.
   */
  private static void pause(int attempt) {
    long most = Math.min(LONGEST_PAUSE_NANOS, 100_000L << Math.min(attempt, 10));
    LockSupport.parkNanos(1 + Math.floorMod(System.nanoTime(), most));
  }

  private <T> T attempt(Waits.Wait wait, Work<T> work, Dialect known, boolean inTransaction)
      throws SQLException {
    Lent lent = Lent.from(source, wait, inTransaction);
    boolean done = false;
    try {
      T result = work.with(lent.connection(), known);
      lent.commit();
      done = true;
      return result;
    } finally {
      lent.giveBack(wait, done);
    }
  }

  /** A connection, and how it was when it came. */
  private record Lent(Connection connection, boolean autoCommit, boolean manual) {
    static Lent from(DataSource source, Waits.Wait wait, boolean inTransaction)
        throws SQLException {
      Connection connection = wait.connection(source);
      try {
        if (wait.isOver()) {
          throw new SQLTransientConnectionException("a connection came too late", "08001");
        }
        boolean autoCommit = connection.getAutoCommit();
        if (autoCommit && inTransaction) {
          connection.setAutoCommit(false);
        }
        return new Lent(connection, autoCommit, inTransaction || !autoCommit);
      } catch (SQLException | RuntimeException | Error e) {
        wait.release();
        close(connection);
        throw e;
      }
    }

    void commit() throws SQLException {
      if (manual) {
        connection.commit();
      }
    }

    /** Nothing that goes wrong here changes what was done. */
    void giveBack(Waits.Wait wait, boolean done) {
      try {
        if (manual && !done) {
          connection.rollback();
        }
        if (manual && autoCommit) {
          connection.setAutoCommit(true);
        }
      } catch (SQLException e) {
        LOG.log(Level.DEBUG, "a connection goes back otherwise than it came", e);
      } finally {
        wait.release();
        close(connection);
      }
    }

    private static void close(Connection connection) {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.log(Level.DEBUG, "a connection cannot be given back", e);
      }
    }
  }

  /** Sees to the tables; those of several processes may do so at once. */
  private Dialect prepare(Waits.Wait wait) throws SQLException {
    Dialect found = attempt(wait, (connection, none) -> product(connection), Dialect.SQLITE, false);
    for (int attempt = 1; ; attempt++) {
      try {
        if (attempt(wait, Database::hasTables, found, false)) {
          return found;
        }
      } catch (SQLException e) {
        if (!makesTables || isBrokenConnection(e) || wait.isOver()) {
          throw e;
        }
        LOG.log(Level.DEBUG, "the tables of the sessions are not there yet", e);
      }
      if (!makesTables) {
        throw new SQLException("the tables of the sessions are not complete; see the SQL script");
      }
      makeTables(wait, found, attempt);
    }
  }

  private void makeTables(Waits.Wait wait, Dialect found, int attempt) throws SQLException {
    try {
      for (String statement : found.schema()) {
        attempt(wait, (connection, same) -> execute(connection, statement), found, false);
      }
    } catch (SQLException e) {
      // Of two who make a table at once PostgreSQL refuses one: then it is there.
      if (attempt >= MOST_ATTEMPTS_AT_SCHEMA || isBrokenConnection(e) || wait.isOver()) {
        throw e;
      }
      pause(attempt);
    }
  }

  private static boolean execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.execute(sql);
    }
  }

  private static boolean hasTables(Connection connection, Dialect any) throws SQLException {
    String sql =
        "SELECT COUNT(*), (SELECT COUNT(*) FROM lms_session WHERE id = '') FROM lms_session_lock";
    try (PreparedStatement query = connection.prepareStatement(sql);
        ResultSet rows = query.executeQuery()) {
      return rows.next() && rows.getInt(1) > Stripes.COUNT;
    }
  }

  private static Dialect product(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    return Dialect.of(product)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "sessions are kept in PostgreSQL, MariaDB, SQLite or H2, not in " + product));
  }
}
