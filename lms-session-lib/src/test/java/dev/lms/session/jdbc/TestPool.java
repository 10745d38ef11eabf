// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A small pool for tests that counts what is asked of the database, and fails whoever gives a
 * connection back otherwise than it came.
 */
public final class TestPool implements DataSource, AutoCloseable {
  /** The patience of stores that are not tested for it: a machine with much to do is no outage. */
  public static final Duration BUSY_MACHINE = Duration.ofMinutes(1);

  private final String url;
  private final boolean autoCommit;
  private final Semaphore free;
  private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();
  private final AtomicInteger borrowed = new AtomicInteger();
  private final AtomicInteger lent = new AtomicInteger();
  private final AtomicInteger mostLent = new AtomicInteger();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> spoiled = new CopyOnWriteArrayList<>();
  private volatile Step before = sql -> {};

  /** Something that is asked of the database. */
  interface Step {
    void take(String what) throws SQLException;
  }

  public TestPool(String url, int size) {
    this(url, size, true);
  }

  TestPool(String url, int size, boolean autoCommit) {
    this.url = url;
    this.autoCommit = autoCommit;
    this.free = new Semaphore(size);
  }

  /** Is told each statement, each commit, and of each new connection, before it is done. */
  void before(Step what) {
    before = what;
  }

  /** The statements and commits since this was asked last. */
  List<String> asked() {
    List<String> all = new ArrayList<>(asked);
    asked.clear();
    return all;
  }

  int borrowed() {
    return borrowed.getAndSet(0);
  }

  int mostLent() {
    return mostLent.get();
  }

  List<String> spoiled() {
    return spoiled;
  }

  @Override
  public Connection getConnection() throws SQLException {
    try {
      // Far longer than any store has patience.
      if (!free.tryAcquire(60, TimeUnit.SECONDS)) {
        throw new SQLTransientConnectionException("no connection is free", "08001");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted", e);
    }
    try {
      Connection real = idle.poll();
      if (real == null || real.isClosed()) {
        before.take("CONNECT");
        real = DriverManager.getConnection(url);
        real.setAutoCommit(autoCommit);
      }
      borrowed.incrementAndGet();
      mostLent.accumulateAndGet(lent.incrementAndGet(), Math::max);
      return counting(real);
    } catch (SQLException | RuntimeException e) {
      free.release();
      throw e;
    }
  }

  private Connection counting(Connection real) {
    return proxy(
        Connection.class,
        (name, arguments) -> {
          switch (name) {
            case "close" -> {
              giveBack(real);
              return null;
            }
            case "commit", "rollback" -> ask(name.toUpperCase(Locale.ROOT));
            default -> {}
          }
          if (name.equals("prepareStatement")) {
            return counting(real.prepareStatement((String) arguments[0]), (String) arguments[0]);
          }
          return null;
        },
        real);
  }

  private PreparedStatement counting(PreparedStatement real, String sql) {
    return proxy(
        PreparedStatement.class,
        (name, arguments) -> {
          if (name.startsWith("execute")) {
            ask(sql);
          }
          return null;
        },
        real);
  }

  private void ask(String what) throws SQLException {
    asked.add(what);
    before.take(what);
  }

  private void giveBack(Connection real) {
    try {
      if (!real.isClosed()) {
        if (real.getAutoCommit() != autoCommit) {
          spoiled.add("auto-commit");
        }
        idle.add(real);
      }
    } catch (SQLException e) {
      spoiled.add(e.toString());
    } finally {
      lent.decrementAndGet();
      free.release();
    }
  }

  /** What is done before, or instead where it answers something; "close" is never passed on. */
  private interface Around {
    @Nullable Object call(String name, Object[] arguments) throws SQLException;
  }

  private static <T> T proxy(Class<T> type, Around around, T real) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              Object instead = around.call(method.getName(), arguments);
              if (instead != null
                  || (type == Connection.class && method.getName().equals("close"))) {
                return instead;
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  /** What the server forgot is forgotten here too. */
  void forgetIdle() {
    for (Connection real = idle.poll(); real != null; real = idle.poll()) {
      close(real);
    }
  }

  private static void close(Connection real) {
    try {
      real.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    forgetIdle();
  }

  @Override
  public Connection getConnection(String user, String password) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PrintWriter getLogWriter() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setLogWriter(PrintWriter out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setLoginTimeout(int seconds) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
