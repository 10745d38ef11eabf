// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a sweep of the database removes, how it shares the work, and the scripts; on H2. */
class JdbcSweepTest extends JdbcFixture {
  private int rows(TestPool pool) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement query = connection.prepareStatement("SELECT COUNT(*) FROM lms_session");
        ResultSet rows = query.executeQuery()) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private void fill(JdbcSessionStore store, int count) {
    for (int i = 0; i < count; i++) {
      store.create(stranger(), Map.of(), AT);
    }
  }

  private static WriteOptions at(Instant now) {
    return WriteOptions.at(now, now.plus(Duration.ofHours(1)));
  }

  @Test
  void whatHasEndedIsRemovedAFewRowsAtATimeAndWhatLivesIsNot() throws Exception {
    TestPool pool = pool(2, true);
    JdbcSessionStore store = store(pool);
    fill(store, 450);
    String live = store.create(stranger(), Map.of("a", "1"), at(SOON)).orElseThrow();
    pool.asked();
    store.create(stranger(), Map.of(), at(SOON.plus(Duration.ofMinutes(6))));
    List<String> asked = asked(pool);
    assertEquals(3, asked.stream().filter("DELETE"::equals).count(), asked::toString);
    assertEquals(2, rows(pool));
    assertEquals(Map.of("a", "1"), loaded(store, live).attributes());
  }

  @Test
  void whatIsProlongedBetweenLookAndRemovalStays() throws Exception {
    TestPool pool = pool(2, true);
    JdbcSessionStore store = store(pool);
    StoredSession session = loaded(store, store.create(stranger(), Map.of(), AT).orElseThrow());
    AtomicInteger once = new AtomicInteger();
    pool.before(
        what -> {
          if (what.startsWith("DELETE") && once.getAndIncrement() == 0) {
            // A worker whose clock is behind.
            assertTrue(store.update(session, Changes.NONE, WriteOptions.at(NOW, LATER)).isStored());
          }
        });
    store.create(stranger(), Map.of(), at(SOON.plus(Duration.ofMinutes(2))));
    assertEquals(1, once.get());
    assertEquals(LATER, loaded(store, session.token()).deadline());
  }

  @Test
  void oneProcessSweepsAtATimeAndTheMarkMovesOnlyAfterTheWork() throws Exception {
    TestPool pool = pool(2, true);
    JdbcSessionStore one = store(pool);
    JdbcSessionStore two = store(pool);
    fill(one, 3);
    Instant then = SOON.plus(Duration.ofMinutes(10));
    pool.before(failing(new AtomicInteger(1), "DELETE", "XX000"));
    one.create(stranger(), Map.of(), at(then));
    assertTrue(rows(pool) > 5, "it failed");
    // Whoever failed still has the lease.
    two.create(stranger(), Map.of(), at(then.plusSeconds(1)));
    assertTrue(rows(pool) > 5, "another one does it");
    one.create(stranger(), Map.of(), at(then.plusSeconds(70)));
    assertEquals(3, rows(pool), "the lease has ended, and the mark had not moved");
    pool.asked();
    two.create(stranger(), Map.of(), at(then.plusSeconds(340)));
    assertEquals(List.of("UPDATE", "INSERT"), asked(pool), "it looks, and it is not due");
  }

  @Test
  void aDeadlockWithOthersIsNoReasonToGiveUp() throws Exception {
    TestPool pool = pool(2, true);
    JdbcSessionStore store = store(pool);
    fill(store, 3);
    pool.before(failing(new AtomicInteger(2), "DELETE", "40001"));
    store.create(stranger(), Map.of(), at(SOON.plus(Duration.ofMinutes(2))));
    assertEquals(1, rows(pool));
  }

  // The tables.

  @Test
  void theScriptsAreWhatTheStoreNeedsAndMayRunAgain() throws Exception {
    TestPool pool = pool(2, true);
    JdbcSessionStore without = JdbcSessionStore.builder(pool, KEYS).withTablesOfOthers().build();
    opened.add(0, without);
    assertThrows(
        SessionStoreException.class, () -> without.create(stranger(), Map.of(), AT), "no tables");
    for (int i = 0; i < 2; i++) {
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        for (String sql : Dialect.H2.schema()) {
          statement.execute(sql);
        }
      }
    }
    assertTrue(without.create(stranger(), Map.of(), AT).isPresent());
    assertTrue(
        Arrays.stream(Dialect.values()).allMatch(dialect -> dialect.schema().size() >= 3),
        "every database has a script");
  }
}
