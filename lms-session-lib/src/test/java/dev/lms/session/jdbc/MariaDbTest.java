// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.contract.Stores;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What MariaDB does otherwise: letters, packets, locks in gaps, snapshots. */
class MariaDbTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant LAST = NOW.plus(Duration.ofDays(7));
  private static final WriteOptions AT = WriteOptions.at(NOW, NOW.plusSeconds(1800));
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), LAST, Optional.empty());

  private final String url = MariaDbServer.shared().newDatabase();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private TestPool pool(int size, boolean autoCommit) {
    TestPool pool = new TestPool(url, size, autoCommit);
    opened.add(pool);
    return pool;
  }

  private JdbcSessionStore store(TestPool pool) {
    JdbcSessionStore store =
        JdbcSessionStore.builder(pool, KEYS)
            .withPatience(TestPool.BUSY_MACHINE)
            .withSweepsOn(Runnable::run)
            .build();
    opened.add(0, store);
    return store;
  }

  private static Envelope person(String name) {
    return new Envelope(
        NOW, Optional.of(NOW), LAST, Optional.of(new Principal(name, Set.of("student"))));
  }

  private static StoredSession loaded(JdbcSessionStore store, String token) {
    return Stores.load(store, token).orElseThrow();
  }

  private static Changes set(String name, String value) {
    return new Changes(Map.of(name, value), Set.of(), Map.of());
  }

  private static long number(Connection connection, String sql, String... values)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        query.setString(i + 1, values[i]);
      }
      try (ResultSet rows = query.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  @Test
  void anIdInOtherLettersIsAnotherId() throws Exception {
    TestPool pool = pool(2, true);
    JdbcSessionStore store = store(pool);
    String token = store.create(person("ann"), Map.of(), AT).orElseThrow();
    String id = loaded(store, token).handle();
    try (Connection connection = pool.getConnection()) {
      for (String column : List.of("id", "root", "person")) {
        String sql =
            "SELECT COUNT(*) FROM lms_session WHERE " + column + " = UPPER(" + column + ")";
        assertEquals(0, number(connection, sql), column);
      }
      String sql = "SELECT COUNT(*) FROM lms_session WHERE id = ?";
      assertEquals(1, number(connection, sql, id));
      assertEquals(0, number(connection, sql, id.toUpperCase(Locale.ROOT)));
    }
  }

  @Test
  void aMebibyteComesBackWholeAndWhatThePacketsHaveNoRoomForChangesNothing() throws Exception {
    TestPool pool = pool(1, true);
    JdbcSessionStore store = store(pool);
    String large = "x".repeat(RowCodec.MOST_BYTES - 400);
    String token = store.create(STRANGER, Map.of("a", large), AT).orElseThrow();
    assertEquals(large, loaded(store, token).attributes().get("a"));
    String small = store.create(STRANGER, Map.of("a", "1"), AT).orElseThrow();
    StoredSession session = loaded(store, small);
    try (Connection admin = DriverManager.getConnection(url);
        Statement statement = admin.createStatement()) {
      statement.execute("SET GLOBAL max_allowed_packet = 65536");
      pool.forgetIdle();
      assertThrows(SessionStoreException.class, () -> store.update(session, set("b", large), AT));
      assertThrows(
          SessionStoreException.class, () -> store.create(STRANGER, Map.of("a", large), AT));
      statement.execute("SET GLOBAL max_allowed_packet = 16777216");
    }
    pool.forgetIdle();
    assertEquals(Map.of("a", "1"), loaded(store, small).attributes());
    assertEquals(2, store.stats(NOW).anonymous());
    assertTrue(store.update(session, set("b", large), AT).isStored());
  }

  /** InnoDB undoes one of two transactions that wait for each other: this one, which did less. */
  @Test
  void aDeadlockIsOvercome() throws Exception {
    TestPool pool = pool(2, true);
    JdbcSessionStore store = store(pool);
    StoredSession session = loaded(store, store.create(STRANGER, Map.of(), AT).orElseThrow());
    try (Connection other = DriverManager.getConnection(url);
        Statement statement = other.createStatement();
        Connection admin = DriverManager.getConnection(url)) {
      statement.execute("CREATE TABLE work (id INT PRIMARY KEY)");
      other.setAutoCommit(false);
      for (int i = 0; i < 50; i++) {
        statement.execute("INSERT INTO work VALUES (" + i + ")");
      }
      number(other, "SELECT kind FROM lms_session WHERE id = ? FOR UPDATE", session.handle());
      pool.asked();
      CompletableFuture<Written> mine =
          CompletableFuture.supplyAsync(
              () -> store.rotate(session, person("ann"), set("a", "1"), AT));
      long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (number(admin, "SELECT COUNT(*) FROM information_schema.INNODB_LOCK_WAITS") == 0) {
        assertTrue(System.nanoTime() < giveUp, "it waits for the row");
        // Who asks more often than ten times a second is always told the same.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(150));
      }
      statement.execute("UPDATE lms_session_lock SET due = due + 1 WHERE stripe >= 0");
      other.commit();
      String token = mine.get(60, TimeUnit.SECONDS).token().orElseThrow();
      assertEquals(Map.of("a", "1"), loaded(store, token).attributes());
      assertTrue(pool.asked().contains("ROLLBACK"), "there was no deadlock");
    }
    assertEquals(1, store.list("ann", NOW).size());
  }

  /** A list that was read before the lock was had would let both in. */
  @Test
  void theLimitHoldsHoweverManySignInAtOnce() throws Exception {
    for (boolean autoCommit : List.of(true, false)) {
      TestPool pool = pool(6, autoCommit);
      JdbcSessionStore store = store(pool);
      ExecutorService threads = Executors.newFixedThreadPool(6);
      try {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          String name = "person " + i % 2;
          all.add(threads.submit(() -> signInAndOut(store, name)));
        }
        for (Future<?> one : all) {
          one.get(60, TimeUnit.SECONDS);
        }
      } finally {
        threads.shutdownNow();
      }
      assertEquals(1, store.list("person 0", NOW).size());
      assertEquals(1, store.list("person 1", NOW).size());
      assertEquals(List.of(), pool.spoiled());
    }
  }

  private static void signInAndOut(JdbcSessionStore store, String name) {
    for (int i = 0; i < 12; i++) {
      if (i % 4 == 3) {
        store.revokeAll(name, Optional.empty(), NOW);
      }
      StoredSession visitor = loaded(store, store.create(STRANGER, Map.of(), AT).orElseThrow());
      WriteOptions one = AT.withLimit(SessionLimit.of(1));
      assertTrue(store.rotate(visitor, person(name), Changes.NONE, one).isStored());
      assertTrue(store.list(name, NOW).size() <= 1, "two at once");
    }
  }

  /** Transactions see what was there when they began: each must begin when it is asked. */
  @Test
  void nobodyIsShownWhatWasThereBefore() {
    JdbcSessionStore reader = store(pool(1, false));
    JdbcSessionStore writer = store(pool(1, true));
    String token = writer.create(STRANGER, Map.of("a", "1"), AT).orElseThrow();
    StoredSession seen = loaded(reader, token);
    assertTrue(writer.update(seen, set("a", "2"), AT).isStored());
    assertEquals(Map.of("a", "2"), loaded(reader, token).attributes());
    assertTrue(reader.update(seen, set("b", "3"), AT).isStored());
    assertEquals(Map.of("a", "2", "b", "3"), loaded(writer, token).attributes());
  }
}
