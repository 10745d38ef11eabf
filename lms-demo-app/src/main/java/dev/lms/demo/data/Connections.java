// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A pool of a few connections, for what asks a database in its own time, such as a session store.
 * Thread-safe; whoever waits for a connection does so for a bounded time, and parks.
 */
public final class Connections implements DataSource, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /** After such a rest a connection is tried before anybody relies on it. */
  private static final Duration TRUSTED = Duration.ofSeconds(10);

  private static final int SECONDS_TO_ANSWER = 2;

  private final String url;
  private final Properties properties;
  private final Semaphore free;
  private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  private record Idle(Connection connection, long since) {
    boolean isGood() throws SQLException {
      return !connection.isClosed()
          && (System.nanoTime() - since < TRUSTED.toNanos()
              || connection.isValid(SECONDS_TO_ANSWER));
    }
  }

  /**
   * A pool that opens its connections when they are needed.
   *
   * @param url of JDBC
   * @param properties what the driver is told besides
   * @param most how many connections there are at a time
   */
  public Connections(String url, Properties properties, int most) {
    this.url = url;
    this.properties = properties;
    this.free = new Semaphore(most);
  }

  @Override
  public Connection getConnection() throws SQLException {
    try {
      if (!free.tryAcquire(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new SQLTransientConnectionException(
            "no connection became free within " + PATIENCE, "08001");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException("interrupted", "08001", e);
    }
    try {
      return lent(connection());
    } catch (SQLException | RuntimeException | Error e) {
      free.release();
      throw e;
    }
  }

  private Connection connection() throws SQLException {
    if (closed) {
      throw new SQLException("the pool is closed", "08003");
    }
    Idle latest = idle.pollFirst();
    if (latest != null && latest.isGood()) {
      return latest.connection();
    }
    if (latest != null) {
      latest.connection().close();
      // All others have rested longer: whoever tried one after the other would wait for each.
      closeIdle();
    }
    return DriverManager.getConnection(url, properties);
  }

  /** The same connection, whose end is its return. */
  private Connection lent(Connection connection) {
    AtomicBoolean returned = new AtomicBoolean();
    return (Connection)
        Proxy.newProxyInstance(
            Connections.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, arguments) -> {
              if (method.getName().equals("close")) {
                if (returned.compareAndSet(false, true)) {
                  giveBack(connection);
                }
                return null;
              }
              if (method.getName().equals("isClosed") && returned.get()) {
                return true;
              }
              return passOn(method, connection, arguments);
            });
  }

  private static @Nullable Object passOn(
      Method method, Connection connection, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  private void giveBack(Connection connection) throws SQLException {
    try {
      if (closed) {
        connection.close();
      } else if (connection.isClosed()) {
        // It broke, and what rests leads to the same server.
        closeIdle();
      } else {
        idle.addFirst(new Idle(connection, System.nanoTime()));
      }
    } finally {
      free.release();
    }
  }

  /** Closes what nobody uses; what somebody does is closed when it comes back. */
  @Override
  public void close() {
    closed = true;
    closeIdle();
  }

  private void closeIdle() {
    for (Idle one = idle.pollFirst(); one != null; one = idle.pollFirst()) {
      try {
        one.connection().close();
      } catch (SQLException e) {
        System.getLogger(Connections.class.getName())
            .log(System.Logger.Level.DEBUG, "a database connection did not close", e);
      }
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the URL says who asks");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException("the wait is fixed");
  }

  @Override
  public int getLoginTimeout() {
    return (int) PATIENCE.toSeconds();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("it logs nothing");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLFeatureNotSupportedException("nothing is wrapped");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
