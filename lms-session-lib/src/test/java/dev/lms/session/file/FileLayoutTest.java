// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the file store leaves on disk, and what it makes of a disk that others damaged. */
class FileLayoutTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), NOW.plus(Duration.ofDays(7)), Optional.empty());

  @TempDir Path parent;

  private Path folder() {
    return parent.resolve("sessions");
  }

  private static Changes set(String name, String value) {
    return new Changes(Map.of(name, value), Set.of(), Map.of());
  }

  private List<Path> files() throws IOException {
    try (var files = Files.walk(folder())) {
      return files
          .filter(file -> Files.isRegularFile(file) && !file.endsWith("lock"))
          .sorted()
          .toList();
    }
  }

  /** Two slots in one file would hold the session beside the forward. */
  @Test
  void damageToAForwardDoesNotBringTheOldIdBack() throws Exception {
    try (FileSessionStore store =
        FileSessionStore.open(folder(), KEYS, 1000, Durability.NONE, Runnable::run)) {
      String old =
          store.create(STRANGER, Map.of("v", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession session = Stores.load(store, old).orElseThrow();
      Path file = files().get(0);
      assertTrue(
          store
              .rotate(
                  session,
                  session.envelope(),
                  Changes.NONE,
                  WriteOptions.at(NOW, SOON).withGrace(Duration.ZERO))
              .isStored());
      byte[] good = Files.readAllBytes(file);
      for (int i = 0; i < good.length; i += 5) {
        byte[] bad = good.clone();
        bad[i] ^= 1;
        Files.write(file, bad);
        assertFalse(store.open(old, NOW) instanceof Opened.Live, "byte " + i + " flipped");
      }
    }
  }

  private static Optional<String> value(SessionStore store, String token) {
    return Stores.load(store, token)
        .map(session -> session.attributes().getOrDefault("v", "missing"));
  }

  @Test
  void aTornWriteLeavesTheCommitBefore() throws Exception {
    try (FileSessionStore store =
        FileSessionStore.open(folder(), KEYS, 1000, Durability.NONE, Runnable::run)) {
      String token =
          store.create(STRANGER, Map.of("v", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
      Path file = files().get(0);
      for (int commit = 2; commit <= 5; commit++) {
        byte[] before = Files.readAllBytes(file);
        StoredSession session = Stores.load(store, token).orElseThrow();
        assertTrue(
            store
                .update(session, set("v", "" + commit), WriteOptions.at(NOW, SOON))
                .token()
                .isPresent());
        byte[] after = Files.readAllBytes(file);
        for (int torn = 0; torn < after.length; torn++) {
          if (before[torn] == after[torn] && torn % 97 != 0) {
            continue; // the same as torn one byte later
          }
          byte[] bytes = after.clone();
          for (int i = torn; i < after.length; i++) {
            bytes[i] = i < before.length ? before[i] : 0;
          }
          Files.write(file, bytes);
          String value = value(store, token).orElse("nothing");
          assertTrue(
              Set.of("" + (commit - 1), "" + commit).contains(value),
              "commit %d torn at byte %d reads %s".formatted(commit, torn, value));
        }
        Files.write(file, after);
      }
    }
  }

  @Test
  void aFileCopiedOverAnotherIsNothing() throws Exception {
    try (FileSessionStore store =
        FileSessionStore.open(folder(), KEYS, 1000, Durability.NONE, Runnable::run)) {
      String mine =
          store.create(STRANGER, Map.of("v", "mine"), WriteOptions.at(NOW, SOON)).orElseThrow();
      Path my = files().get(0);
      String yours =
          store.create(STRANGER, Map.of("v", "yours"), WriteOptions.at(NOW, SOON)).orElseThrow();
      Path your = files().stream().filter(f -> !f.equals(my)).findFirst().orElseThrow();
      Files.write(my, Files.readAllBytes(your));
      assertEquals(Optional.empty(), value(store, mine));
      assertEquals(Optional.of("yours"), value(store, yours));
    }
  }

  @Test
  void pastTheThresholdOnlyWhatHasEndedIsSwept() throws Exception {
    try (FileSessionStore store =
        FileSessionStore.open(folder(), KEYS, 20, Durability.NONE, Runnable::run)) {
      for (int i = 0; i < 19; i++) {
        store.create(STRANGER, Map.of(), WriteOptions.at(NOW, NOW.plusSeconds(i < 10 ? 10 : 1000)));
      }
      assertEquals(19, files().size());
      Instant later = NOW.plusSeconds(60);
      for (int i = 0; i < 2; i++) {
        store.create(STRANGER, Map.of(), WriteOptions.at(later, NOW.plusSeconds(1000)));
      }
      assertEquals(11, files().size());
      for (int i = 0; i < 200; i++) {
        store.create(STRANGER, Map.of(), WriteOptions.at(later, NOW.plusSeconds(1000)));
      }
      assertEquals(211, files().size(), "live sessions stay, however many");
    }
  }

  /** A clock that was wrong for a moment must not keep what ends from being swept for as long. */
  @Test
  void aClockThatJumpsAheadAndBackDelaysNoSweep() throws Exception {
    try (FileSessionStore store =
        FileSessionStore.open(folder(), KEYS, 1000, Durability.NONE, Runnable::run)) {
      Instant ahead = NOW.plus(Duration.ofDays(365));
      store.create(STRANGER, Map.of(), WriteOptions.at(ahead, ahead.plusSeconds(10)));
      for (int i = 0; i < 5; i++) {
        store.create(STRANGER, Map.of(), WriteOptions.at(NOW, NOW.plusSeconds(10)));
      }
      Instant later = NOW.plus(Duration.ofHours(2));
      store.create(STRANGER, Map.of(), WriteOptions.at(later, later.plusSeconds(10)));
      assertEquals(2, files().size(), "the one from the future and the newest");
    }
  }

  /** A process that was stopped in the middle of a write keeps nobody's session from beginning. */
  @Test
  void aSweepPassesOverWhatSomebodyHolds() throws Exception {
    Envelope person =
        new Envelope(
            NOW,
            Optional.of(NOW),
            NOW.plus(Duration.ofDays(7)),
            Optional.of(new Principal("ada", Set.of())));
    try (FileSessionStore store =
            FileSessionStore.open(folder(), KEYS, 1000, Durability.NONE, Runnable::run);
        FileLocks stopped = new FileLocks(KeptFolder.open(folder()), Duration.ofMillis(50))) {
      store.create(person, Map.of(), WriteOptions.at(NOW, NOW.plusSeconds(10)));
      String index =
          files().stream()
              .map(file -> file.getFileName().toString())
              .filter(FileIndex::isIndex)
              .findFirst()
              .orElseThrow();
      Instant later = NOW.plus(Duration.ofHours(2));
      try (FileLocks.Held held =
          stopped.acquireIndex(Integer.parseInt(index.substring(0, 2), 16))) {
        String token =
            store
                .create(STRANGER, Map.of("v", "1"), WriteOptions.at(later, later.plusSeconds(10)))
                .orElseThrow();
        assertEquals(Optional.of("1"), value(store, token));
        assertEquals(2, files().size(), "what could be swept was: " + files());
      }
      Instant muchLater = later.plus(Duration.ofHours(2));
      store.create(STRANGER, Map.of(), WriteOptions.at(muchLater, muchLater.plusSeconds(10)));
      assertEquals(1, files().size(), "the rest was, the next time: " + files());
    }
  }

  @Test
  void aLockThatIsNotToBeHadIsAnErrorAfterAWhile() throws Exception {
    Path file = parent.resolve("locks").resolve("lock");
    try (FileLocks locks =
            new FileLocks(KeptFolder.open(parent.resolve("locks")), Duration.ofMillis(50));
        FileLocks others =
            new FileLocks(KeptFolder.open(parent.resolve("locks")), Duration.ofMillis(50))) {
      try (FileLocks.Held held = locks.acquireIndex(7)) {
        assertThrows(SessionStoreException.class, () -> others.acquireIndex(7));
        others.acquireIndex(8).close();
      }
      others.acquireIndex(7).close();
      assertFalse(Files.notExists(file));
    }
  }

  /** A sweep meets files that are just being made: it must wait for them, whatever makes them. */
  @Test
  void whatIsJustBeginningIsNotTakenForDebris() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (FileSessionStore store =
        FileSessionStore.open(folder(), KEYS, 1000, Durability.NONE, Runnable::run)) {
      String token =
          store.create(STRANGER, Map.of("v", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
      Future<Integer> sweeping =
          threads.submit(
              () -> {
                int sweeps = 0;
                while (!done.get()) {
                  // A process that has just started sweeps when a session begins.
                  try (FileSessionStore fresh =
                      FileSessionStore.open(folder(), KEYS, 1000, Durability.NONE, Runnable::run)) {
                    fresh.create(STRANGER, Map.of(), WriteOptions.at(NOW, NOW.minusSeconds(1)));
                    sweeps++;
                  }
                }
                return sweeps;
              });
      for (int i = 0; i < 200; i++) {
        StoredSession session = Stores.load(store, token).orElseThrow();
        token =
            store
                .rotate(session, STRANGER, Changes.NONE, WriteOptions.at(NOW, SOON))
                .token()
                .orElseThrow();
        assertEquals(Optional.of("1"), value(store, token), "after rotation " + i);
      }
      done.set(true);
      assertTrue(sweeping.get(60, TimeUnit.SECONDS) > 0);
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
  }

  @Test
  void twoLocksAreTakenInOneOrderWhoeverAsks() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (FileLocks locks =
        new FileLocks(KeptFolder.open(parent.resolve("l")), Duration.ofSeconds(60))) {
      List<Future<?>> both = new ArrayList<>();
      for (List<String> pair : List.of(List.of("a", "b"), List.of("b", "a"), List.of("a", "a"))) {
        both.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 2000; i++) {
                    locks.acquire(pair.get(0), pair.get(1)).close();
                  }
                }));
      }
      for (Future<?> one : both) {
        one.get(50, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
