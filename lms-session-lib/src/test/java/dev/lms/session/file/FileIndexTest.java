// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionLimit;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the index leaves on disk, what becomes of a damaged one, and who waits for whom. */
class FileIndexTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Instant LATER = NOW.plus(Duration.ofDays(7));
  private static final Principal ADA = new Principal("ada", Set.of("student"));
  private static final Envelope PERSON =
      new Envelope(NOW, Optional.of(NOW), LATER, Optional.of(ADA));
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), LATER, Optional.empty());
  private static final SessionLimit ONE =
      SessionLimit.of(1).withWhenReached(SessionLimit.WhenReached.REFUSE);

  @TempDir Path parent;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private FileSessionStore store;
  private FileSessionStore other;

  @BeforeEach
  void openStores() {
    store = FileSessionStore.open(folder(), KEYS, 10, Durability.NONE, Runnable::run);
    other = FileSessionStore.open(folder(), KEYS, 10, Durability.NONE, Runnable::run);
  }

  @AfterEach
  void closeStores() {
    threads.shutdownNow();
    store.close();
    other.close();
  }

  private Path folder() {
    return parent.resolve("sessions");
  }

  private StoredSession signIn() {
    return load(store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
  }

  private StoredSession load(String token) {
    return Stores.load(store, token).orElseThrow();
  }

  private List<Path> indexes() throws IOException {
    try (var files = Files.walk(folder())) {
      return files.filter(file -> file.toString().endsWith(".index")).toList();
    }
  }

  private Path file(StoredSession session) throws IOException {
    try (var files = Files.walk(folder())) {
      return files.filter(file -> file.endsWith(session.handle())).findFirst().orElseThrow();
    }
  }

  @Test
  void anIndexOfNobodyIsNotThere() throws Exception {
    StoredSession first = signIn();
    StoredSession second = signIn();
    assertEquals(1, indexes().size());
    assertFalse(indexes().get(0).toString().contains("ada"));
    Stores.end(store, first, NOW);
    store.delete(second.token(), Optional.empty(), NOW);
    assertEquals(List.of(), indexes());
  }

  @Test
  void anIndexWhoseSessionsExpiredIsSwept() throws Exception {
    signIn();
    for (int i = 0; i < 12; i++) {
      store.create(STRANGER, Map.of(), WriteOptions.at(SOON.plusSeconds(120), LATER));
    }
    assertEquals(List.of(), indexes());
    assertEquals(new SessionCensus(0, 12), store.stats(SOON.plusSeconds(120)));
  }

  @Test
  void anIndexIsNotSweptWhileASessionLives() throws Exception {
    StoredSession session = signIn();
    signIn();
    assertTrue(
        store.update(session, Changes.NONE, WriteOptions.at(NOW, LATER)).token().isPresent());
    for (int i = 0; i < 12; i++) {
      store.create(STRANGER, Map.of(), WriteOptions.at(SOON.plusSeconds(120), LATER));
    }
    assertEquals(1, store.list(ADA.id(), SOON.plusSeconds(120)).size());
    assertEquals(1, indexes().size());
  }

  @Test
  void anEntryWhoseSessionVanishedIsNotListedAndDoesNotCount() throws Exception {
    Files.delete(file(signIn()));
    assertEquals(List.of(), store.list(ADA.id(), NOW));
    assertTrue(
        store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON).withLimit(ONE)).isPresent());
    assertEquals(
        Optional.empty(),
        store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON).withLimit(ONE)));
    assertEquals(1, store.revokeAll(ADA.id(), Optional.empty(), NOW));
  }

  @Test
  void anIndexThatWasLostComesBackWithTheNextTouch() throws Exception {
    StoredSession session = signIn();
    Files.delete(indexes().get(0));
    assertEquals(List.of(), store.list(ADA.id(), NOW));
    assertTrue(
        store
            .update(session, Changes.NONE, WriteOptions.at(NOW, SOON.plusSeconds(60)))
            .token()
            .isPresent());
    assertEquals(1, store.revokeAll(ADA.id(), Optional.empty(), NOW));
    assertEquals(Optional.empty(), Stores.load(store, session.token()));
  }

  @Test
  void aDamagedIndexIsAnOlderOneOrNone() throws Exception {
    signIn();
    StoredSession second = signIn();
    Path index = indexes().get(0);
    byte[] good = Files.readAllBytes(index);
    for (int i = 0; i < good.length; i += 5) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      Files.write(index, bad);
      assertTrue(store.list(ADA.id(), NOW).size() <= 2, "byte " + i + " flipped");
      Files.write(index, Arrays.copyOf(good, i));
      assertTrue(store.list(ADA.id(), NOW).size() <= 2, "cut at byte " + i);
    }
    Files.write(index, new byte[0]);
    assertTrue(
        store
            .update(second, Changes.NONE, WriteOptions.at(NOW, SOON.plusSeconds(60)))
            .token()
            .isPresent());
    assertEquals(second.handle(), store.list(ADA.id(), NOW).get(0).handle());
  }

  @Test
  void aLargeIndexOutgrowsItsFile() throws Exception {
    for (int i = 0; i < 100; i++) {
      signIn();
    }
    assertEquals(100, store.list(ADA.id(), NOW).size());
    assertTrue(indexes().size() > 20, "in parts");
    assertEquals(100, store.revokeAll(ADA.id(), Optional.empty(), NOW));
    assertEquals(new SessionCensus(0, 0), store.stats(NOW));
    assertEquals(List.of(), indexes());
  }

  // Who waits for whom: the test holds the lock of a session, so that whoever writes it is parked.

  private interface Action {
    String run() throws IOException;
  }

  /** Begins an action that must get as far as waiting for the lock that the test holds. */
  private Future<String> parked(Action action, Path untilChanged) throws Exception {
    byte[] before = Files.exists(untilChanged) ? Files.readAllBytes(untilChanged) : new byte[0];
    Future<String> running = threads.submit(action::run);
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (Arrays.equals(before, Files.readAllBytes(untilChanged))) {
      assertTrue(System.nanoTime() < giveUp, "it never got there");
      assertFalse(running.isDone(), "it did not wait");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    return running;
  }

  private FileLocks locks() throws IOException {
    return new FileLocks(KeptFolder.open(folder()), Duration.ofSeconds(5));
  }

  @Test
  void revokeWaitsForASignInThatIsHalfWay() throws Exception {
    signIn();
    Path index = indexes().get(0);
    StoredSession visitor =
        load(store.create(STRANGER, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
    Future<String> signingIn;
    Future<Integer> revoking;
    try (FileLocks locks = locks();
        FileLocks.Held held = locks.acquire(visitor.handle())) {
      signingIn =
          parked(
              () ->
                  store
                      .rotate(visitor, PERSON, Changes.NONE, WriteOptions.at(NOW, SOON))
                      .token()
                      .orElseThrow(),
              index);
      revoking = threads.submit(() -> other.revokeAll(ADA.id(), Optional.empty(), NOW));
      // Nothing else can tell "waits" from "has not begun"; too short a wait only weakens the test.
      assertFalse(endsWithin(revoking, Duration.ofMillis(200)));
    }
    String token = signingIn.get(60, TimeUnit.SECONDS);
    assertEquals(2, revoking.get(60, TimeUnit.SECONDS));
    assertEquals(Optional.empty(), Stores.load(store, token), "entered before revoke looked");
  }

  private static boolean endsWithin(Future<?> future, Duration time) throws Exception {
    try {
      future.get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (java.util.concurrent.TimeoutException e) {
      return false;
    }
  }

  @Test
  void aCrashHalfWayThroughASignInLeavesNothingThatLives() throws Exception {
    signIn();
    Path index = indexes().get(0);
    StoredSession visitor =
        load(store.create(STRANGER, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
    byte[] halfWay;
    try (FileLocks locks = locks();
        FileLocks.Held held = locks.acquire(visitor.handle())) {
      Future<String> signingIn =
          parked(
              () ->
                  store
                      .rotate(visitor, PERSON, Changes.NONE, WriteOptions.at(NOW, SOON))
                      .token()
                      .orElseThrow(),
              index);
      halfWay = Files.readAllBytes(index);
      assertEquals(new SessionCensus(1, 1), other.stats(NOW), "entered, not yet written");
      assertFalse(signingIn.isDone());
    }
    assertEquals(2, other.revokeAll(ADA.id(), Optional.empty(), NOW));
    // As if the machine had gone down then: the entry is there, its session is not.
    Files.write(index, halfWay, StandardOpenOption.CREATE);
    assertEquals(List.of(), other.list(ADA.id(), NOW));
    assertTrue(
        other.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON).withLimit(ONE)).isPresent());
  }
}
