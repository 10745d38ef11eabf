// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.CommitOutcome;
import dev.lms.session.Envelope;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.store.SessionTokens;
import dev.lms.session.testkit.MovableClock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a step may not do to others, however it ends; on H2. */
class JdbcBordersTest extends JdbcFixture {
  private static final Pattern A_CLOCK_OF_ITS_OWN =
      Pattern.compile("(?i)\\b(now|current_\\w+|sysdate|localtime\\w*|unix_timestamp)\\b");

  private static final Changes ONE = new Changes(Map.of("a", "2"), Set.of(), Map.of("n", 1L));

  private static Envelope person() {
    return new Envelope(
        NOW, Optional.of(NOW), LATER, Optional.of(new Principal("ada", Set.of("student"))));
  }

  @Test
  void aBeginningNeverComesOverAnotherSession() throws Exception {
    TestPool pool = pool(1, true);
    JdbcSessionStore store = store(pool);
    StoredSession theirs =
        loaded(store, store.create(stranger(), Map.of("a", "1"), AT).orElseThrow());
    Row mine =
        new RowCodec(KEYS).session(SessionTokens.of(theirs), stranger(), Map.of("a", "2"), LATER);
    Rows.Owner nobody = new Rows.Owner(null, theirs.handle());
    try (Connection connection = pool.getConnection()) {
      assertThrows(
          SQLException.class, () -> Rows.insert(connection, mine, stranger(), nobody, NOW));
    }
    assertEquals(theirs, loaded(store, theirs.token()));
  }

  /** All that consists of several statements. */
  private static List<Consumer<StoredSession>> transactions(JdbcSessionStore store) {
    WriteOptions limited = AT.withLimit(SessionLimit.of(1));
    WriteOptions grace = AT.withGrace(Duration.ofSeconds(10));
    return List.of(
        session -> store.rotate(session, person(), ONE, limited),
        session -> store.rotate(session, session.envelope(), ONE, grace),
        session -> store.create(person(), Map.of(), limited),
        session -> store.revoke("ada", session.handle(), NOW),
        session -> store.revokeAll("ada", Optional.empty(), NOW),
        session -> store.changeRoles("ada", Set.of("tutor"), NOW));
  }

  /**
   * PostgreSQL refuses all that follows in a transaction, other databases would do half of it: so
   * nothing follows, and nothing stays.
   */
  @Test
  void nothingFollowsInATransactionInWhichSomethingFailed() {
    TestPool pool = pool(1, true);
    JdbcSessionStore store = store(pool);
    for (int which = 0; which < transactions(store).size(); which++) {
      boolean failed = true;
      for (int good = 0; failed; good++) {
        store.revokeAll("ada", Optional.empty(), NOW);
        StoredSession session =
            loaded(store, store.create(person(), Map.of("a", "1"), AT).orElseThrow());
        Consumer<StoredSession> step = transactions(store).get(which);
        pool.asked();
        AtomicInteger left = new AtomicInteger(good);
        pool.before(
            what -> {
              if (left.getAndDecrement() == 0) {
                throw new SQLException("made for the test", "22000");
              }
            });
        failed = fails(() -> step.accept(session));
        pool.before(sql -> {});
        List<String> asked = asked(pool);
        if (failed) {
          String where = "step " + which + " after " + good + ": " + asked;
          assertEquals(List.of("ROLLBACK"), asked.subList(good + 1, asked.size()), where);
          assertEquals(session, loaded(store, session.token()), where);
          assertEquals(1, store.list("ada", NOW).size(), where);
        } else {
          assertTrue(good >= 3, "step " + which + " is no transaction: " + asked);
        }
      }
    }
    assertEquals(List.of(), pool.spoiled());
  }

  private static boolean fails(Runnable step) {
    try {
      step.run();
      return false;
    } catch (SessionStoreException e) {
      return true;
    }
  }

  /** Of the class of states that says "rolled back" one says that nobody knows. */
  @Test
  void whatMayHaveBeenDoneIsNotDoneAgain() {
    TestPool pool = pool(1, true);
    JdbcSessionStore store = store(pool);
    StoredSession session = loaded(store, store.create(stranger(), Map.of(), AT).orElseThrow());
    for (String state : List.of("40003", "08007", "57014")) {
      for (String beginning : List.of("UPDATE", "INSERT", "COMMIT")) {
        AtomicInteger left = new AtomicInteger(1);
        pool.before(failing(left, beginning, state));
        assertThrows(
            SessionStoreException.class, () -> store.rotate(session, person(), ONE, AT), state);
        assertEquals(0, left.get());
      }
      pool.before(failing(new AtomicInteger(1), "UPDATE", state));
      assertThrows(SessionStoreException.class, () -> store.update(session, ONE, AT), state);
    }
  }

  @Test
  void theClockOfTheDatabaseIsNotAsked() {
    TestPool pool = pool(1, true);
    JdbcSessionStore store = store(pool);
    StoredSession session = loaded(store, store.create(person(), Map.of(), AT).orElseThrow());
    store.update(session, Changes.NONE, WriteOptions.at(NOW, LATER));
    store.update(session, ONE, AT);
    store.list("ada", NOW);
    transactions(store).forEach(step -> step.accept(session));
    store.stats(NOW);
    store.purge(NOW);
    store.create(stranger(), Map.of(), WriteOptions.at(LATER, LATER.plusSeconds(60)));
    List<String> asked = new ArrayList<>(pool.asked());
    assertTrue(asked.size() > 30, asked::toString);
    Stream.of(Dialect.values()).forEach(dialect -> asked.addAll(dialect.schema()));
    for (String sql : asked) {
      assertFalse(A_CLOCK_OF_ITS_OWN.matcher(sql).find(), sql);
    }
  }

  @Test
  void aSweepLooksIntoNothing() throws Exception {
    TestPool pool = pool(2, true);
    JdbcSessionStore store = store(pool);
    store.create(stranger(), Map.of("a", "1"), AT);
    try (Connection connection = pool.getConnection();
        PreparedStatement write =
            connection.prepareStatement(
                "UPDATE lms_session SET content = CAST(X'00' AS VARBINARY)")) {
      assertEquals(2, write.executeUpdate());
    }
    pool.asked();
    store.create(stranger(), Map.of(), WriteOptions.at(SOON.plus(Duration.ofMinutes(6)), LATER));
    List<String> asked = pool.asked();
    assertTrue(asked.stream().anyMatch(sql -> sql.startsWith("DELETE")), asked::toString);
    assertFalse(
        asked.stream().anyMatch(sql -> sql.startsWith("SELECT") && sql.contains("content")),
        asked::toString);
    assertEquals(0, store.unreadable());
    assertEquals(1, store.stats(NOW).anonymous());
  }

  /** The cookie stays, and is good again when the database is. */
  @Test
  void aFailureIsAnOutageAndTheCookieStays() {
    TestPool pool = pool(1, true);
    Sessions sessions =
        Sessions.builder(store(pool), KEYS)
            .settings(SessionSettings.plainHttp())
            .clock(new MovableClock(NOW))
            .build();
    Session first = sessions.open(null);
    first.set("a", "1");
    assertEquals(CommitOutcome.STORED, first.commit());
    List<String> cookie = List.of(first.setCookie().orElseThrow().replaceFirst(";.*", ""));
    pool.before(
        what -> {
          throw new SQLException("made for the test", "XX000");
        });
    Session second = sessions.open(cookie);
    assertThrows(SessionStoreException.class, () -> second.get("a"));
    Session third = sessions.open(cookie);
    third.set("b", "2");
    assertThrows(SessionStoreException.class, third::commit);
    assertEquals(Optional.empty(), third.setCookie());
    assertEquals(Optional.empty(), second.setCookie());
    pool.before(sql -> {});
    assertEquals(Optional.of("1"), sessions.open(cookie).get("a"));
  }

  /** A request that reads, changes and signs in, with a pool that has no second connection. */
  @Test
  void aRequestHoldsOneConnectionAtATimeAndNoneBetween() {
    TestPool pool = pool(1, true);
    Sessions sessions =
        Sessions.builder(store(pool), KEYS)
            .settings(SessionSettings.plainHttp())
            .clock(new MovableClock(NOW))
            .build();
    Session session = sessions.open(null);
    session.set("a", "1");
    assertEquals(CommitOutcome.STORED, session.commit());
    List<String> cookie = List.of(session.setCookie().orElseThrow().replaceFirst(";.*", ""));
    Session request = sessions.open(cookie);
    assertEquals(Optional.of("1"), request.get("a"));
    // Nothing is held meanwhile: others get through.
    assertEquals(Optional.of("1"), sessions.open(cookie).get("a"));
    request.signIn(new Principal("ada", Set.of()));
    request.set("b", "2");
    assertEquals(CommitOutcome.STORED, request.commit());
    assertEquals(1, pool.mostLent());
    assertEquals(List.of(), pool.spoiled());
  }
}
