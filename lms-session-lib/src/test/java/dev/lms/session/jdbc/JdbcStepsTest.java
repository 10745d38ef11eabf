// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.CommitOutcome;
import dev.lms.session.CookieSettings;
import dev.lms.session.EndReason;
import dev.lms.session.Envelope;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionEvent;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.contract.Stores;
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
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What each step asks of the database, and what becomes of connections; on H2. */
class JdbcStepsTest extends JdbcFixture {
  private static final String NAME = "ada";

  private static Envelope person() {
    return new Envelope(
        NOW, Optional.of(NOW), LATER, Optional.of(new Principal(NAME, Set.of("student"))));
  }

  private static Changes set(String name, String value) {
    return new Changes(Map.of(name, value), Set.of(), Map.of());
  }

  @Test
  void everyStepOfAVisitorsSessionIsOneStatement() {
    TestPool pool = pool(1, true);
    JdbcSessionStore store = store(pool);
    String token = store.create(stranger(), Map.of("a", "1"), AT).orElseThrow();
    assertEquals(List.of("INSERT"), asked(pool));
    StoredSession session = loaded(store, token);
    assertEquals(List.of("SELECT"), asked(pool));
    assertTrue(store.update(session, set("a", "2"), AT).isStored());
    assertEquals(List.of("UPDATE"), asked(pool));
    session = loaded(store, token);
    pool.asked();
    Changes more = new Changes(Map.of("b", "1"), Set.of("a"), Map.of("n", 1L));
    assertTrue(store.update(session, more, AT).isStored());
    assertEquals(List.of("UPDATE"), asked(pool), "counters and removals as well");
    assertTrue(store.update(session, Changes.NONE, WriteOptions.at(NOW, LATER)).isStored());
    assertEquals(List.of("UPDATE"), asked(pool));
    session = loaded(store, token);
    pool.asked();
    String next = store.rotate(session, stranger(), Changes.NONE, AT).token().orElseThrow();
    assertEquals(List.of("UPDATE", "INSERT", "COMMIT"), asked(pool));
    session = loaded(store, next);
    pool.asked();
    assertTrue(Stores.end(store, session, NOW));
    assertEquals(List.of("DELETE"), asked(pool));
    assertEquals(Opened.ABSENT, store.open(next, NOW));
    assertEquals(List.of("SELECT"), asked(pool));
  }

  @Test
  void whatAPersonsSessionCosts() {
    TestPool pool = pool(1, true);
    JdbcSessionStore store = store(pool);
    StoredSession visitor =
        loaded(store, store.create(stranger(), Map.of("a", "1"), AT).orElseThrow());
    pool.asked();
    String token = store.rotate(visitor, person(), Changes.NONE, AT).token().orElseThrow();
    assertEquals(List.of("UPDATE", "UPDATE", "INSERT", "COMMIT"), asked(pool), "sign-in");
    StoredSession session = loaded(store, token);
    pool.asked();
    WriteOptions grace = AT.withGrace(Duration.ofSeconds(10));
    assertTrue(store.rotate(session, session.envelope(), Changes.NONE, grace).isStored());
    assertEquals(
        List.of("UPDATE", "SELECT", "UPDATE", "INSERT", "COMMIT"), asked(pool), "a new id");
    store.create(person(), Map.of(), AT);
    assertEquals(List.of("UPDATE", "INSERT", "COMMIT"), asked(pool), "without an old session");
    store.create(person(), Map.of(), AT.withLimit(SessionLimit.of(1)));
    assertEquals(List.of("UPDATE", "SELECT", "INSERT", "DELETE", "DELETE", "COMMIT"), asked(pool));
    pool.asked();
    assertEquals(1, store.list(NAME, NOW).size());
    assertEquals(List.of("SELECT", "SELECT"), asked(pool));
    store.revokeAll(NAME, Optional.empty(), NOW);
    assertEquals(List.of("UPDATE", "DELETE", "DELETE", "COMMIT"), asked(pool));
  }

  @Test
  void nothingIsBorrowedForForgedIdsOrWhereNothingChanged() {
    TestPool pool = pool(1, true);
    JdbcSessionStore store = store(pool);
    Sessions sessions =
        Sessions.builder(store, KEYS)
            .settings(SessionSettings.defaults().withCookie(CookieSettings.plainHttp()))
            .clock(new MovableClock(NOW))
            .build();
    Session first = sessions.open(null);
    first.set("a", "1");
    assertEquals(CommitOutcome.STORED, first.commit());
    String cookie = first.setCookie().orElseThrow().replaceFirst(";.*", "");
    assertTrue(pool.borrowed() > 0);
    Session idle = sessions.open(List.of(cookie));
    assertEquals(CommitOutcome.UNCHANGED, idle.commit());
    assertEquals(0, pool.borrowed(), "nobody asked for the session");
    Session reader = sessions.open(List.of(cookie));
    assertEquals(Optional.of("1"), reader.get("a"));
    assertEquals(CommitOutcome.UNCHANGED, reader.commit());
    assertEquals(1, pool.borrowed(), "to read it");
    assertEquals(Opened.ABSENT, store.open(cookie.replaceFirst(".*=", "") + "x", NOW));
    assertFalse(store.revoke(NAME, "' OR 1 = 1 --", NOW));
    assertEquals(0, pool.borrowed());
  }

  @Test
  void aPoolOfOneIsEnoughAndGetsItsConnectionBackAsItWas() throws Exception {
    for (boolean autoCommit : List.of(true, false)) {
      TestPool pool = pool(1, autoCommit);
      JdbcSessionStore store = store(pool);
      List<String> told = new ArrayList<>();
      store.reportTo(
          new SessionListener() {
            @Override
            public void ended(SessionEvent session, EndReason reason) {
              // A listener may ask the store.
              told.add(session.handle() + store.list(NAME, NOW).size());
            }
          });
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          all.add(threads.submit(() -> oneOfEach(store)));
        }
        for (Future<?> one : all) {
          one.get();
        }
      } finally {
        threads.shutdownNow();
      }
      store.create(person(), Map.of(), AT);
      store.create(person(), Map.of(), AT.withLimit(SessionLimit.of(1)));
      assertEquals(1, told.size());
      assertEquals(1, pool.mostLent());
      assertEquals(List.of(), pool.spoiled());
      store.purge(NOW);
      assertEquals(new SessionCensus(0, 0), store.stats(NOW));
    }
  }

  private static void oneOfEach(JdbcSessionStore store) {
    Envelope someone =
        new Envelope(
            NOW,
            Optional.of(NOW),
            LATER,
            Optional.of(new Principal(UUID.randomUUID().toString(), Set.of())));
    String id = someone.principal().orElseThrow().id();
    StoredSession session = loaded(store, store.create(stranger(), Map.of(), AT).orElseThrow());
    assertTrue(store.update(session, set("a", "1"), AT).isStored());
    Written signedIn = store.rotate(session, someone, set("b", "2"), AT);
    session = loaded(store, signedIn.token().orElseThrow());
    assertEquals(Map.of("a", "1", "b", "2"), session.attributes());
    assertEquals(1, store.changeRoles(id, Set.of("tutor"), NOW));
    assertEquals(Written.GONE, store.update(session, Changes.NONE, WriteOptions.at(SOON, LATER)));
    assertEquals(1, store.list(id, NOW).size());
    assertTrue(store.revoke(id, session.handle(), NOW));
    Changes overflow = new Changes(Map.of(), Set.of(), Map.of("n", 1L));
    StoredSession full =
        loaded(store, store.create(stranger(), Map.of("n", "" + Long.MAX_VALUE), AT).orElseThrow());
    assertThrows(IllegalStateException.class, () -> store.update(full, overflow, AT));
    assertTrue(Stores.end(store, full, NOW));
  }

  @Test
  void aTouchMovesTheDeadlineAndLeavesWhatOthersWroteSince() {
    TestPool pool = pool(2, true);
    JdbcSessionStore store = store(pool);
    String token = store.create(stranger(), Map.of("a", "1"), AT).orElseThrow();
    StoredSession seen = loaded(store, token);
    assertTrue(store.update(seen, set("a", "2"), AT).isStored());
    pool.asked();
    assertTrue(store.update(seen, Changes.NONE, WriteOptions.at(NOW, LATER)).isStored());
    List<String> asked = pool.asked();
    assertEquals(1, asked.size());
    assertFalse(asked.get(0).contains("content"), asked::toString);
    assertEquals(Map.of("a", "2"), loaded(store, token).attributes());
    assertEquals(LATER, loaded(store, token).deadline());
    assertTrue(store.update(seen, Changes.NONE, AT).isStored());
    assertEquals(LATER, loaded(store, token).deadline(), "never back");
  }

  @Test
  void aChangeThatMeetsAnotherIsMadeAnewInATransaction() {
    TestPool pool = pool(2, true);
    JdbcSessionStore store = store(pool);
    String token = store.create(stranger(), Map.of(), AT).orElseThrow();
    StoredSession seen = loaded(store, token);
    assertTrue(store.update(seen, set("a", "1"), AT).isStored());
    pool.asked();
    assertTrue(store.update(seen, set("b", "2"), AT).isStored());
    assertEquals(List.of("UPDATE", "SELECT", "UPDATE", "COMMIT"), asked(pool));
    assertEquals(Map.of("a", "1", "b", "2"), loaded(store, token).attributes());
    Changes unseen =
        new Changes(Map.of("a", "9"), Set.of(), Map.of(), Map.of("a", Optional.empty()));
    assertEquals(Written.CONFLICT, store.update(seen, unseen, AT));
    assertEquals("1", loaded(store, token).attributes().get("a"));
  }

  @Test
  void whatIsTooLargeIsRefusedBeforeAnythingIsWritten() {
    TestPool pool = pool(1, true);
    JdbcSessionStore store = store(pool);
    String large = "x".repeat(RowCodec.MOST_BYTES);
    assertThrows(
        IllegalArgumentException.class, () -> store.create(stranger(), Map.of("a", large), AT));
    assertEquals(List.of(), asked(pool));
    String almost = large.substring(400);
    String token = store.create(stranger(), Map.of("a", almost), AT).orElseThrow();
    StoredSession session = loaded(store, token);
    assertEquals(almost, session.attributes().get("a"));
    assertThrows(IllegalArgumentException.class, () -> store.update(session, set("b", large), AT));
    assertThrows(
        IllegalArgumentException.class, () -> store.rotate(session, person(), set("b", large), AT));
    assertEquals(Set.of("a"), loaded(store, token).attributes().keySet());
  }

  /** G9: whoever can write to the table, but has no key, makes no session. */
  @Test
  void whatSomebodyElseWroteIsAbsentAndCounted() throws Exception {
    TestPool pool = pool(2, true);
    JdbcSessionStore store = store(pool);
    List<String> told = new ArrayList<>();
    store.reportTo(
        new SessionListener() {
          @Override
          public void unreadable(String handle) {
            told.add(handle);
          }
        });
    List<String> spoil =
        List.of(
            "UPDATE lms_session SET content = CAST(X'00' AS VARBINARY) WHERE id = ?",
            "UPDATE lms_session SET version = (SELECT MAX(version) FROM lms_session WHERE id <> 'x')"
                + " || CAST(X'' AS VARBINARY), content = (SELECT MAX(content) FROM lms_session)"
                + " WHERE id = ?",
            "UPDATE lms_session SET kind = 1 WHERE id = ?");
    for (String sql : spoil) {
      StoredSession session =
          loaded(store, store.create(stranger(), Map.of("a", "1"), AT).orElseThrow());
      store.create(stranger(), Map.of("z", "2"), AT);
      long before = store.unreadable();
      try (Connection connection = pool.getConnection();
          PreparedStatement write = connection.prepareStatement(sql)) {
        write.setString(1, session.handle());
        assertEquals(1, write.executeUpdate());
      }
      assertEquals(Opened.ABSENT, store.open(session.token(), NOW), sql);
      assertEquals(before + 1, store.unreadable(), sql);
      assertEquals(session.handle(), told.get(told.size() - 1));
    }
    assertEquals(spoil.size(), store.stats(NOW).unreadable());
  }

  @Test
  void whatTheDatabaseHasUndoneIsAskedAgainAsAWhole() {
    TestPool pool = pool(1, true);
    JdbcSessionStore store = store(pool);
    StoredSession session = loaded(store, store.create(stranger(), Map.of(), AT).orElseThrow());
    for (String beginning : List.of("UPDATE", "INSERT", "COMMIT")) {
      pool.before(failing(new AtomicInteger(3), beginning, "40001"));
      Changes one = new Changes(Map.of(), Set.of(), Map.of("n", 1L));
      String token = store.rotate(session, person(), one, AT).token().orElseThrow();
      session = loaded(store, token);
    }
    assertEquals(Map.of("n", "3"), session.attributes());
    pool.before(failing(new AtomicInteger(Integer.MAX_VALUE), "UPDATE", "40001"));
    StoredSession last = session;
    assertThrows(SessionStoreException.class, () -> store.update(last, set("a", "1"), AT));
    assertEquals(List.of(), pool.spoiled());
  }

  /** SQLite refuses whoever connects while another process recovers its log. */
  @Test
  void aDatabaseThatIsBusyAtTheStartIsAskedAgain() {
    TestPool pool = pool(1, true);
    AtomicInteger left = new AtomicInteger(3);
    pool.before(
        what -> {
          if (what.equals("CONNECT") && left.getAndDecrement() > 0) {
            throw new SQLException("the database file is locked", null, 5);
          }
        });
    JdbcSessionStore store = JdbcSessionStore.builder(pool, KEYS).build();
    opened.add(0, store);
    assertTrue(store.create(stranger(), Map.of(), AT).isPresent());
    assertTrue(left.get() <= 0, "it was busy three times");
  }

  /** G2: nobody knows whether a change was done whose answer is lost. */
  @Test
  void aLostAnswerIsAskedForAgainOnlyWhereThatDoesNoHarm() {
    TestPool pool = pool(1, true);
    JdbcSessionStore store = store(pool);
    String token = store.create(stranger(), Map.of(), AT).orElseThrow();
    StoredSession session = loaded(store, token);
    pool.before(failing(new AtomicInteger(1), "SELECT", "08006"));
    assertEquals(session, loaded(store, token));
    pool.before(failing(new AtomicInteger(1), "UPDATE", "08006"));
    assertTrue(store.update(session, Changes.NONE, WriteOptions.at(NOW, LATER)).isStored());
    for (String beginning : List.of("UPDATE", "INSERT", "COMMIT")) {
      AtomicInteger left = new AtomicInteger(1);
      pool.before(failing(left, beginning, "08006"));
      assertThrows(
          SessionStoreException.class, () -> store.rotate(session, person(), set("a", "1"), AT));
      assertEquals(0, left.get());
    }
    pool.before(failing(new AtomicInteger(1), "UPDATE", "08006"));
    assertThrows(SessionStoreException.class, () -> store.update(session, set("a", "1"), AT));
    pool.before(failing(new AtomicInteger(1), "INSERT", "08006"));
    assertThrows(SessionStoreException.class, () -> store.create(stranger(), Map.of(), AT));
    assertEquals(Map.of(), loaded(store, token).attributes());
    assertEquals(List.of(), pool.spoiled());
  }
}
