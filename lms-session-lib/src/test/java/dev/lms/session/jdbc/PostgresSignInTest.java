// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionLimit;
import dev.lms.session.WriteOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** In PostgreSQL a sign-in is one statement, which waits its turn as the transactions do. */
class PostgresSignInTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final WriteOptions AT = WriteOptions.at(NOW, NOW.plusSeconds(1800));
  private static final Envelope ANN =
      new Envelope(
          NOW,
          Optional.of(NOW),
          NOW.plus(Duration.ofDays(7)),
          Optional.of(new Principal("ann", Set.of())));

  /** Waits until so many of this database wait for a lock. */
  private static void awaitWaiting(Statement statement, int count) throws Exception {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    int waiting = -1;
    while (waiting != count) {
      assertTrue(System.nanoTime() < giveUp, waiting + " wait");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      String sql =
          "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND"
              + " wait_event_type = 'Lock'";
      try (ResultSet rows = statement.executeQuery(sql)) {
        rows.next();
        waiting = rows.getInt(1);
      }
    }
  }

  /** G1: every sign-in completed before a revocation returns is ended by it. */
  @Test
  void aRevocationThatCameLaterEndsASignInThatHadToWait() throws Exception {
    String url = PostgresServer.shared().newDatabase();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (TestPool pool = new TestPool(url, 4);
        JdbcSessionStore store =
            JdbcSessionStore.builder(pool, KEYS)
                .withPatience(TestPool.BUSY_MACHINE)
                .withSweepsOn(Runnable::run)
                .build();
        Connection other = DriverManager.getConnection(url);
        Connection admin = DriverManager.getConnection(url);
        Statement watch = admin.createStatement();
        Statement statement = other.createStatement()) {
      assertTrue(store.create(ANN, Map.of(), AT).isPresent());
      pool.asked();
      assertTrue(store.create(ANN, Map.of(), AT).isPresent());
      assertEquals(List.of("WITH"), JdbcFixture.asked(pool));
      assertTrue(store.create(ANN, Map.of(), AT.withLimit(SessionLimit.of(9))).isPresent());
      assertEquals(List.of("UPDATE", "SELECT", "INSERT", "COMMIT"), JdbcFixture.asked(pool));
      other.setAutoCommit(false);
      statement.execute("SELECT 1 FROM lms_session_lock FOR UPDATE");
      CompletableFuture<Optional<String>> signIn =
          CompletableFuture.supplyAsync(() -> store.create(ANN, Map.of(), AT), threads);
      awaitWaiting(watch, 1);
      CompletableFuture<Integer> revocation =
          CompletableFuture.supplyAsync(
              () -> store.revokeAll("ann", Optional.empty(), NOW), threads);
      awaitWaiting(watch, 2);
      other.commit();
      assertTrue(signIn.get(60, TimeUnit.SECONDS).isPresent());
      assertEquals(4, revocation.get(60, TimeUnit.SECONDS));
      assertEquals(0, store.list("ann", NOW).size());
    } finally {
      threads.shutdownNow();
    }
  }
}
