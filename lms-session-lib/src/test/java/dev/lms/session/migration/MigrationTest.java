// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Opened;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.WriteOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole migrations, with workers that know of them and others. */
class MigrationTest extends MigrationFixture {
  @ParameterizedTest
  @EnumSource(Way.class)
  void allIsThereAfterwardsAndTheOldStoreKnowsThatItCannotKnow(Way way) {
    open(way);
    MigratingStore worker = worker();
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      tokens.add(signIn(worker));
    }
    List<SessionInfo> listed = index(worker).list("ada", NOW);
    Migration.Count before = migration(from, to).count();
    assertEquals(20, before.sessions());
    assertEquals(0, index(to).stats(NOW).live(), "a look moves nothing");
    Migration.Count moved = migrate();
    assertEquals(20, moved.sessions());
    assertTrue(moved.left().isNothing());
    assertEquals(0, index(from).stats(NOW).live());
    assertEquals(20, index(to).stats(NOW).live());
    assertEquals(Set.copyOf(listed), Set.copyOf(index(to).list("ada", NOW)));
    for (String token : tokens) {
      assertEquals(SOON, load(to, token).orElseThrow().deadline());
      assertEquals(load(to, token), load(worker(), token));
    }
    // Worker and command that were not told of it: neither "no session" nor "signed out".
    assertThrows(SessionStoreException.class, () -> from.open(tokens.get(0), NOW));
    assertThrows(
        SessionStoreException.class, () -> from.delete(tokens.get(0), Optional.empty(), NOW));
    assertEquals(0, migrate().sessions(), "again is nothing");
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void whatLeftComesBack(Way way) {
    open(way);
    String token = signIn(worker());
    migrate();
    SessionStore first = from;
    from = to;
    to = first;
    assertEquals(1, migrate().sessions());
    assertTrue(load(first, token).isPresent());
    assertEquals(1, index(worker()).revokeAll("ada", Optional.empty(), NOW));
    assertGone(worker(), token);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void whatHasEndedDoesNotMove(Way way) {
    open(way);
    String token = from.create(PERSON, Map.of(), WriteOptions.at(NOW, NOW)).orElseThrow();
    assertEquals(0, migrate().sessions());
    assertFalse(load(to, token).isPresent());
  }

  /** Two commands and two workers at once, none of which waits for another. */
  @ParameterizedTest
  @EnumSource(Way.class)
  void manyMayMoveTheSameSessionsAtOnce(Way way) throws Exception {
    open(way);
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      tokens.add(signIn(from));
    }
    Phase.MOVING.record(((Transferable) from).transfer());
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        MigratingStore worker = worker();
        all.add(threads.submit(() -> tokens.forEach(token -> addOne(worker, token))));
        all.add(threads.submit(() -> migration(from, to).move(moved -> {})));
      }
      for (Future<?> one : all) {
        one.get(1, TimeUnit.MINUTES);
      }
    } finally {
      threads.shutdownNow();
    }
    for (String token : tokens) {
      assertEquals("2", load(worker(), token).orElseThrow().attributes().get("n"));
    }
    assertEquals(0, index(from).stats(NOW).live());
    assertEquals(10, index(to).list("ada", NOW).size());
  }

  private static void addOne(SessionStore worker, String token) {
    Opened.Live live = (Opened.Live) worker.open(token, NOW);
    assertTrue(worker.update(live.session(), ONE_MORE, OPTIONS).isStored());
  }

  /** This one waits in real time; what is noted where, the others see as well. */
  @ParameterizedTest
  @EnumSource(
      names = {"REDIS_TO_FILES", "FILES_TO_REDIS", "MARIADB_TO_REDIS", "SQLITE_TO_POSTGRESQL"})
  void nothingMovesBeforeEveryWorkerThatLivesKnowsOfIt(Way way) {
    open(way);
    signIn(from);
    Transfer old = ((Transferable) from).transfer();
    Transfer next = ((Transferable) to).transfer();
    worker().beat("dead");
    assertEquals(Set.of(), migration(from, to).begin(Duration.ofMillis(60)), "it gives no sign");
    Phase.PREPARED.record(old);
    ScheduledExecutorService threads = Executors.newSingleThreadScheduledExecutor();
    try {
      AtomicLong beat = new AtomicLong();
      Runnable deaf = () -> old.note("worker-deaf", beat.incrementAndGet() + " ");
      deaf.run();
      Future<?> unused = threads.scheduleWithFixedDelay(deaf, 0, 5, TimeUnit.MILLISECONDS);
      refused("another one", Duration.ofMinutes(1));
      assertEquals("", old.notes().getOrDefault("phase", ""));
      Optional<String> refusal = Optional.empty();
      while (refusal.isEmpty()) {
        next.note("worker-deaf", "1 ");
        refusal = refusal(Duration.ofSeconds(1));
      }
      assertTrue(refusal.get().contains("not acknowledged"), refusal.get());
    } finally {
      threads.shutdownNow();
    }
    assertEquals(1, index(from).stats(NOW).live());
  }

  private void refused(String why, Duration patience) {
    String refusal = refusal(patience).orElseThrow();
    assertTrue(refusal.contains(why), refusal);
  }

  /** None where the worker gave no sign for so long, because this machine was busy elsewhere. */
  private Optional<String> refusal(Duration patience) {
    try {
      assertEquals(Set.of(), migration(from, to).begin(patience), "it does not know of it");
      return Optional.empty();
    } catch (IllegalStateException refused) {
      return Optional.of(String.valueOf(refused.getMessage()));
    }
  }
}
