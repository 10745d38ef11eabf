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
import dev.lms.session.Session;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * G11: a PostgreSQL that falls silent holds nobody for longer than the patience, however many wait,
 * and however long the pool would let them.
 */
class PostgresSilenceTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant LAST = NOW.plus(Duration.ofDays(7));
  private static final WriteOptions AT = WriteOptions.at(NOW, NOW.plusSeconds(1800));
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), LAST, Optional.empty());
  private static final Envelope ANN =
      new Envelope(NOW, Optional.of(NOW), LAST, Optional.of(new Principal("ann", Set.of())));
  private static final Changes ONE = new Changes(Map.of(), Set.of(), Map.of("n", 1L));
  private static final int THOUSANDS = Runtime.version().feature() < 21 ? 500 : 2000;
  private static final Duration PATIENCE = Duration.ofMillis(600);

  /** Once the patience, and the rest for busy processors; one after the other, half a minute. */
  private static final Duration AT_MOST = Duration.ofSeconds(10);

  private final PostgresServer server = PostgresServer.shared();

  /** Without this, a thread that connects would not heed that it is interrupted. */
  private final TestPool pool = new TestPool(server.newDatabase() + "&loginTimeout=30", 8);

  private final JdbcSessionStore store =
      JdbcSessionStore.builder(pool, KEYS)
          .withPatience(PATIENCE)
          .withSweepsOn(Runnable::run)
          .build();

  /** While the database answers, however busy the machine is. */
  private final JdbcSessionStore patient =
      JdbcSessionStore.builder(pool, KEYS)
          .withPatience(TestPool.BUSY_MACHINE)
          .withSweepsOn(Runnable::run)
          .build();

  @AfterEach
  void stop() {
    patient.close();
    store.close();
    pool.close();
  }

  private static ExecutorService threads() throws Throwable {
    if (Runtime.version().feature() < 21) {
      return Executors.newFixedThreadPool(THOUSANDS);
    }
    return (ExecutorService)
        MethodHandles.publicLookup()
            .findStatic(
                Executors.class,
                "newVirtualThreadPerTaskExecutor",
                MethodType.methodType(ExecutorService.class))
            .invokeExact();
  }

  /** How long the one waited that waited longest, of so many. */
  private Duration longestWait(int callers, Executable call) throws Throwable {
    ExecutorService threads = threads();
    server.pause();
    try {
      List<Future<Long>> calls = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        calls.add(
            threads.submit(
                () -> {
                  long asked = System.nanoTime();
                  assertThrows(SessionStoreException.class, call);
                  return System.nanoTime() - asked;
                }));
      }
      long longest = 0;
      for (Future<Long> waited : calls) {
        longest = Math.max(longest, waited.get(60, TimeUnit.SECONDS));
      }
      return Duration.ofNanos(longest);
    } finally {
      server.resume();
      threads.shutdownNow();
    }
  }

  private static void assertBounded(Duration longest) {
    assertTrue(longest.compareTo(AT_MOST) < 0, "somebody waited for " + longest);
  }

  private StoredSession begin() {
    return load(patient.create(STRANGER, Map.of("n", "0"), AT).orElseThrow());
  }

  private StoredSession load(String token) {
    return Stores.load(patient, token).orElseThrow();
  }

  private static void await(BooleanSupplier condition) {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < giveUp, "it does not come back");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  @Test
  void thousandsOfReadersWaitNoLongerThanOne() throws Throwable {
    StoredSession session = begin();
    assertBounded(longestWait(THOUSANDS, () -> Stores.load(store, session.token())));
    assertEquals("0", load(session.token()).attributes().get("n"), "without a restart");
  }

  /** Each change was done once or not at all, whatever the server makes of it when it wakes up. */
  @Test
  void hundredsOfWritersWaitNoLongerThanOneAndNothingIsDoneTwice() throws Throwable {
    StoredSession session = begin();
    pool.asked();
    assertBounded(longestWait(400, () -> store.update(session, ONE, AT)));
    long sent = pool.asked().stream().filter(sql -> sql.startsWith("UPDATE")).count();
    assertTrue(sent <= 8, "sent " + sent + " times: again, after an answer that did not come");
    assertTrue(patient.update(load(session.token()), ONE, AT).isStored());
    int count = Integer.parseInt(load(session.token()).attributes().get("n"));
    assertTrue(count >= 1 && count <= 1 + sent, count + " of " + sent);
  }

  @Test
  void signingInCountsFromWhenItWasAsked() throws Throwable {
    begin();
    assertBounded(longestWait(400, () -> store.create(ANN, Map.of(), AT)));
    assertTrue(patient.create(ANN, Map.of(), AT).isPresent());
  }

  /** Each answer comes soon enough, and all together do not. */
  @Test
  void manySlowAnswersTogetherAreNotWaitedForEither() {
    begin();
    // A sign-in with a limit takes several steps; one without takes a single statement.
    WriteOptions limited = AT.withLimit(SessionLimit.of(3));
    pool.before(sql -> LockSupport.parkNanos(PATIENCE.toNanos() / 2));
    long asked = System.nanoTime();
    assertThrows(SessionStoreException.class, () -> store.create(ANN, Map.of(), limited));
    assertBounded(Duration.ofNanos(System.nanoTime() - asked));
    pool.before(sql -> {});
    assertEquals(0, patient.list("ann", NOW).size(), "half of it was done");
    assertTrue(patient.create(ANN, Map.of(), AT).isPresent());
  }

  /** With a pool that is cold: a driver's own patience may be as long as it likes. */
  @Test
  void connectingCountsAsWell() throws Throwable {
    StoredSession session = begin();
    pool.forgetIdle();
    assertBounded(longestWait(400, () -> Stores.load(store, session.token())));
    assertEquals("0", load(session.token()).attributes().get("n"));
  }

  private static Sessions sessions(JdbcSessionStore store) {
    return Sessions.builder(store, KEYS)
        .settings(SessionSettings.plainHttp())
        .clock(Clock.fixed(NOW, ZoneOffset.UTC))
        .build();
  }

  /** Behind the breaker, whose own count of failures is another reason for them to fail. */
  @Test
  void aSilentDatabaseIsAnOutageThatEndsByItselfAndTakesNoInterruptWithIt() throws Throwable {
    Sessions sessions = sessions(store);
    Session session = sessions(patient).open(null);
    session.set("n", "0");
    session.commit();
    List<String> cookie = List.of(session.setCookie().orElseThrow().replaceFirst(";.*", ""));
    assertBounded(
        longestWait(
            THOUSANDS,
            () -> {
              try {
                sessions.open(cookie).exists();
              } finally {
                // Whoever was interrupted for the pool's sake goes on as if not.
                assertTrue(!Thread.currentThread().isInterrupted(), "still interrupted");
              }
            }));
    await(
        () -> {
          try {
            return sessions.open(cookie).exists();
          } catch (SessionStoreException e) {
            return false;
          }
        });
    assertEquals(1, sessions.statistics().outages());
  }
}
