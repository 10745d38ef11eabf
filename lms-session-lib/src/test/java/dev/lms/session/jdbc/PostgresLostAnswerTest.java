// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * G2 on a bad network: PostgreSQL has done a step and committed it, and then the connection breaks.
 * Nothing may be done again; its caller learns that its fate is unknown. What does no harm twice,
 * reads and touches and ends, is done again.
 */
class PostgresLostAnswerTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Instant LAST = NOW.plus(Duration.ofDays(7));
  private static final WriteOptions AT = WriteOptions.at(NOW, SOON);
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), LAST, Optional.empty());
  private static final Envelope ANN =
      new Envelope(NOW, Optional.of(NOW), LAST, Optional.of(new Principal("ann", Set.of())));

  private PostgresProxy proxy;
  private TestPool pool;
  private JdbcSessionStore store;

  @BeforeEach
  void open() throws IOException {
    PostgresServer server = PostgresServer.shared();
    proxy = new PostgresProxy(server.port());
    String url = server.newDatabase().replace(":" + server.port(), ":" + proxy.port());
    // So that every statement names itself.
    pool = new TestPool(url + "&prepareThreshold=0&loginTimeout=30", 4);
    store = JdbcSessionStore.builder(pool, KEYS).withSweepsOn(Runnable::run).build();
  }

  @AfterEach
  void close() {
    store.close();
    pool.close();
    proxy.close();
  }

  private StoredSession begin() {
    return load(store.create(STRANGER, Map.of("a", "1"), AT).orElseThrow());
  }

  private StoredSession load(String token) {
    return Stores.load(store, token).orElseThrow();
  }

  private static Changes set(String value) {
    return new Changes(Map.of("a", value), Set.of(), Map.of());
  }

  private static Object outcome(Supplier<?> call) {
    try {
      return call.get();
    } catch (SessionStoreException e) {
      return "unknown";
    }
  }

  /** What becomes of a call whose statement, once done, is not answered; others act meanwhile. */
  private Object whereTheAnswerIsLost(String to, Supplier<?> call, Runnable meanwhile)
      throws Exception {
    try (PostgresProxy.Loss loss = proxy.loseAnswerTo(to)) {
      CompletableFuture<Object> mine = CompletableFuture.supplyAsync(() -> outcome(call));
      assertTrue(loss.isDone(), "nobody asked for " + to);
      meanwhile.run();
      loss.close();
      return mine.get();
    }
  }

  private Object whereTheAnswerIsLost(String to, Supplier<?> call) throws Exception {
    return whereTheAnswerIsLost(to, call, () -> {});
  }

  @Test
  void anIncrementIsNeverDoneTwice() throws Exception {
    StoredSession session = begin();
    Changes one = new Changes(Map.of(), Set.of(), Map.of("visits", 1L));
    assertEquals("unknown", whereTheAnswerIsLost("UPDATE", () -> store.update(session, one, AT)));
    assertEquals("1", load(session.token()).attributes().get("visits"));
    // As it was seen it is not any more: in a transaction.
    assertEquals("unknown", whereTheAnswerIsLost("COMMIT", () -> store.update(session, one, AT)));
    assertEquals("2", load(session.token()).attributes().get("visits"));
  }

  @Test
  void whatWasAcknowledgedMeanwhileIsNotUndone() throws Exception {
    Changes removal = new Changes(Map.of(), Set.of("a"), Map.of());
    for (Changes lost : List.of(set("mine"), removal)) {
      StoredSession session = begin();
      Object mine =
          whereTheAnswerIsLost(
              "UPDATE",
              () -> store.update(session, lost, AT),
              () -> {
                StoredSession seen = load(session.token());
                assertNotEquals(session.attributes(), seen.attributes(), "it was done");
                assertTrue(store.update(seen, set("theirs"), AT).isStored());
              });
      assertEquals("unknown", mine);
      assertEquals(Map.of("a", "theirs"), load(session.token()).attributes());
    }
  }

  @Test
  void aCommitDoesNotConflictWithItself() throws Exception {
    StoredSession session = begin();
    Changes mine = new Changes(Map.of("a", "2"), Set.of(), Map.of(), Map.of("a", Optional.of("1")));
    assertEquals("unknown", whereTheAnswerIsLost("UPDATE", () -> store.update(session, mine, AT)));
    assertEquals("2", load(session.token()).attributes().get("a"));
  }

  @Test
  void aRotationOfUnknownFateIsAnOutageNotAVanishedSession() throws Exception {
    StoredSession session = begin();
    assertEquals(
        "unknown", whereTheAnswerIsLost("COMMIT", () -> store.rotate(session, ANN, set("2"), AT)));
    assertEquals(Optional.empty(), Stores.load(store, session.token()), "it was rotated");
    assertEquals(1, store.list("ann", NOW).size(), "once");
  }

  @Test
  void aBeginningOfUnknownFateIsNotDoneAgain() throws Exception {
    begin();
    assertEquals(
        "unknown", whereTheAnswerIsLost("INSERT", () -> store.create(STRANGER, Map.of(), AT)));
    assertEquals("unknown", whereTheAnswerIsLost("WITH", () -> store.create(ANN, Map.of(), AT)));
    SessionCensus stats = store.stats(NOW);
    assertEquals(new SessionCensus(1, 2), stats, "each began once");
    assertEquals(1, store.revokeAll("ann", Optional.empty(), NOW), "and is not lost to us");
  }

  /** No transaction of another is undone by what was half done when the connection broke. */
  @Test
  void whatBreaksInTheMiddleOfATransactionLeavesNothing() throws Exception {
    StoredSession session = begin();
    assertEquals(
        "unknown", whereTheAnswerIsLost("INSERT", () -> store.rotate(session, ANN, set("2"), AT)));
    assertEquals(Map.of("a", "1"), load(session.token()).attributes());
    assertEquals(0, store.list("ann", NOW).size());
    assertTrue(store.rotate(session, ANN, set("2"), AT).isStored(), "nobody holds its lock");
  }

  @Test
  void readingTouchingAndSigningOutAreDoneAgain() throws Exception {
    StoredSession session = begin();
    assertEquals(
        Optional.of(session),
        whereTheAnswerIsLost("SELECT", () -> Stores.load(store, session.token())));
    Instant later = SOON.plusSeconds(500);
    Object touched =
        whereTheAnswerIsLost(
            "UPDATE",
            () -> store.update(session, Changes.NONE, WriteOptions.at(NOW, later)).isStored(),
            () -> assertTrue(store.update(session, set("theirs"), AT).isStored()));
    assertEquals(true, touched);
    assertEquals(later, load(session.token()).deadline());
    assertEquals(Map.of("a", "theirs"), load(session.token()).attributes());
    whereTheAnswerIsLost("DELETE", () -> Stores.end(store, session, NOW));
    assertEquals(Optional.empty(), Stores.load(store, session.token()));
  }

  /** Answers are swallowed, and the connection stays: as behind a firewall that forgot it. */
  @Test
  void anAnswerThatNeverComesIsAnOutageOfThatCall() throws Exception {
    JdbcSessionStore hasty =
        JdbcSessionStore.builder(pool, KEYS).withPatience(Duration.ofMillis(300)).build();
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    Optional<String> visits = Optional.empty();
    try (hasty) {
      while (visits.isEmpty()) {
        assertTrue(System.nanoTime() < giveUp, "never sent in time");
        visits = visitsWhoseAnswerNeverComes(hasty);
      }
    }
    assertEquals(Optional.of("1"), visits, "it was done, once");
  }

  /** None where this machine was too busy to send the change in so short a time. */
  private Optional<String> visitsWhoseAnswerNeverComes(JdbcSessionStore hasty) {
    StoredSession session = begin();
    Changes one = new Changes(Map.of(), Set.of(), Map.of("visits", 1L));
    if (outcome(() -> Stores.load(hasty, session.token())).equals("unknown")) {
      return Optional.empty(); // Who has to connect first is never sent.
    }
    proxy.silence(true);
    try {
      assertEquals("unknown", outcome(() -> hasty.update(session, one, AT)));
      assertEquals("unknown", outcome(() -> Stores.load(hasty, session.token())));
    } finally {
      proxy.silence(false);
    }
    return Optional.ofNullable(load(session.token()).attributes().get("visits"));
  }
}
