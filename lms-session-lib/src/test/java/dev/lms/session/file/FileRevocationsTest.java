// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.SessionStoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class FileRevocationsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir Path parent;

  private static FileRevocations open(Path folder) {
    return FileRevocations.open(folder, Durability.NONE, Runnable::run);
  }

  @Test
  void aRevocationHoldsInEveryProcessAndIsSweptAfterItsTime() throws Exception {
    Path folder = parent.resolve("revoked");
    FileRevocations one = open(folder);
    FileRevocations two = open(folder);
    assertFalse(two.isRevoked("aa11"));
    assertTrue(one.revoke("aa11", NOW.plusSeconds(60), NOW));
    assertFalse(two.revoke("aa11", NOW.plusSeconds(60), NOW), "only the first revokes");
    assertTrue(two.isRevoked("aa11"));
    FileRevocations next = open(folder);
    assertTrue(next.revoke("bb22", NOW.plus(Duration.ofDays(1)), NOW.plus(Duration.ofMinutes(2))));
    assertTrue(two.isRevoked("bb22"));
    assertEquals(1, entries(folder), "what would have ended anyway is swept");
  }

  private static boolean isEntry(Path file) {
    return !RevocationFolder.isMarker(file) && !file.toString().endsWith(".draft");
  }

  private static long entries(Path folder) throws Exception {
    try (var files = Files.list(folder)) {
      return files.filter(file -> !RevocationFolder.isMarker(file)).count();
    }
  }

  /** What processes leave that die while they revoke, and what a machine leaves that dies. */
  @Test
  void debrisOfACrashIsSweptAndHidesNoRevocation() throws Exception {
    Path folder = parent.resolve("revoked");
    open(folder);
    Files.writeString(folder.resolve("aa11123.draft"), "1");
    Files.writeString(folder.resolve("aa11456.draft"), "");
    Path empty = Files.writeString(folder.resolve("cc33"), "");
    Files.setLastModifiedTime(empty, FileTime.from(NOW));
    FileRevocations list = open(folder);
    assertFalse(list.isRevoked("aa11"), "it was never acknowledged");
    assertTrue(list.revoke("aa11", NOW.plusSeconds(60), NOW));
    assertEquals(2, entries(folder), "the drafts are gone");
    assertTrue(list.isRevoked("aa11"));
    assertTrue(list.isRevoked("cc33"), "its end is lost, not that it was revoked");
    Instant later = NOW.plus(Duration.ofDays(91));
    open(folder).revoke("bb22", later.plusSeconds(60), later);
    assertEquals(1, entries(folder), "but not for ever");
  }

  /** An entry is there with its end, or not at all: whoever looks meanwhile sees no half of it. */
  @Test
  void anEntryIsNeverSeenWithoutItsEnd() throws Exception {
    Path folder = parent.resolve("revoked");
    FileRevocations list = open(folder);
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> looking =
          threads.submit(
              () -> {
                int seen = 0;
                while (!done.get()) {
                  try (var files = Files.list(folder)) {
                    for (Path file : files.filter(FileRevocationsTest::isEntry).toList()) {
                      assertFalse(Files.readString(file).isEmpty(), file + " has no end");
                      seen++;
                    }
                  }
                }
                return seen;
              });
      for (int i = 0; i < 300; i++) {
        assertTrue(list.revoke("%04x".formatted(i), NOW.plusSeconds(60), NOW));
      }
      done.set(true);
      assertTrue(looking.get(60, TimeUnit.SECONDS) > 0);
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
  }

  @Test
  void ofManyWhoRevokeAtOnceOneIsTheFirstAlsoWhileOthersSweep() throws Exception {
    Path folder = parent.resolve("revoked");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 40; round++) {
        String handle = "%04x".formatted(round);
        // A new list sweeps with its first revocation.
        List<Callable<Boolean>> calls =
            Collections.nCopies(8, () -> open(folder).revoke(handle, NOW.plusSeconds(60), NOW));
        int first = 0;
        for (Future<Boolean> call : threads.invokeAll(calls)) {
          first += call.get() ? 1 : 0;
        }
        assertEquals(1, first);
        assertTrue(open(folder).isRevoked(handle));
      }
      assertEquals(40, entries(folder));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aSweepThatTakesADraftTakesNoRevocation() throws Exception {
    Path folder = parent.resolve("revoked");
    open(folder);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> calls = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        String handle = "%04x".formatted(i);
        calls.add(() -> open(folder).revoke(handle, NOW.plusSeconds(60), NOW));
      }
      for (Future<Boolean> call : threads.invokeAll(calls)) {
        assertTrue(call.get(), "it was the first to revoke this one");
      }
      assertEquals(300, entries(folder));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aListThatCannotBeReadRevokesNobodyAndLetsNobodyIn() throws Exception {
    Path folder = parent.resolve("revoked");
    FileRevocations list = open(folder);
    Files.move(folder, parent.resolve("away"));
    Files.createSymbolicLink(folder, folder); // nothing behind it can be looked at
    assertThrows(SessionStoreException.class, () -> list.isRevoked("aa11"));
    SessionStoreException failed =
        assertThrows(
            SessionStoreException.class, () -> list.revoke("aa11", NOW.plusSeconds(60), NOW));
    assertTrue(String.valueOf(failed.getMessage()).contains(folder.toString()));
  }

  private static void assertGone(FileRevocations list, Path folder) {
    for (Executable call :
        List.<Executable>of(
            () -> list.isRevoked("aa11"),
            () -> list.isRevoked("bb22"),
            () -> list.revoke("cc33", NOW.plusSeconds(60), NOW))) {
      SessionStoreException e = assertThrows(SessionStoreException.class, call);
      String message = String.valueOf(e.getMessage());
      assertTrue(e.isOutage());
      assertTrue(message.contains(folder + " is gone"), message);
      assertTrue(message.contains("replace the secret key"), message);
    }
  }

  /** Who is on a list that is not there cannot be told; nobody is let in. */
  @Test
  void aListThatIsGoneIsAnOutageUntilItIsBack() throws Exception {
    Path folder = parent.resolve("revoked");
    FileRevocations list = open(folder);
    assertTrue(list.revoke("aa11", NOW.plusSeconds(60), NOW));
    Path away = Files.move(folder, parent.resolve("away"));
    assertGone(list, folder);
    assertGoneAtStart(folder);
    // As where a disk was mounted, or what somebody has made.
    Files.createDirectory(folder);
    assertGone(list, folder);
    assertGoneAtStart(folder);
    assertEquals(0, entries(folder), "nothing is entered where it would be forgotten");
    // Another list is not this one.
    Files.delete(folder);
    Path other = parent.resolve("other");
    open(other).revoke("dd44", NOW.plusSeconds(60), NOW);
    Files.move(other, folder);
    assertGone(list, folder);
    assertGoneAtStart(folder);
    Files.move(folder, other);
    Files.move(away, folder);
    assertTrue(list.isRevoked("aa11"));
    assertFalse(list.isRevoked("bb22"));
    assertTrue(list.revoke("bb22", NOW.plusSeconds(60), NOW));
    assertTrue(open(folder).isRevoked("bb22"));
  }

  private static void assertGoneAtStart(Path folder) {
    SessionStoreException e = assertThrows(SessionStoreException.class, () -> open(folder));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(folder + " is gone"), message);
  }

  /** One of an older version, or begun by a process that died at once. */
  @Test
  void aListWithoutMarkerOrNoteIsTakenOver() throws Exception {
    Path folder = parent.resolve("revoked");
    Files.createDirectory(folder);
    Files.writeString(folder.resolve("aa11"), "" + NOW.plusSeconds(60).toEpochMilli());
    assertTrue(open(folder).isRevoked("aa11"));
    Files.delete(parent.resolve("revoked.list"));
    FileRevocations list = open(folder);
    assertTrue(list.isRevoked("aa11"));
    assertTrue(Files.exists(parent.resolve("revoked.list")));
    try (var files = Files.list(folder)) {
      assertEquals(1, files.filter(RevocationFolder::isMarker).count());
    }
  }

  @Test
  void processesThatBeginAListAtOnceAgreeOnOne() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 20; round++) {
        Path folder = parent.resolve("revoked" + round);
        List<Callable<FileRevocations>> starts = Collections.nCopies(8, () -> open(folder));
        for (Future<FileRevocations> one : threads.invokeAll(starts)) {
          assertFalse(one.get().isRevoked("aa11"));
        }
        try (var files = Files.list(folder)) {
          assertEquals(1, files.count());
        }
      }
      try (var files = Files.list(parent)) {
        assertEquals(40, files.count(), "no drafts are left");
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** The rule of a temp cleaner: what nobody has changed for so long. */
  @Test
  void whatIsNeededLooksNewToWhoeverRemovesFilesByTheirAge() throws Exception {
    Path folder = parent.resolve("revoked");
    Instant far = NOW.plus(Duration.ofDays(20_000));
    open(folder).revoke("aa11", far, NOW);
    FileTime old = FileTime.from(Instant.EPOCH);
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, old);
      }
    }
    assertTrue(open(folder).isRevoked("aa11"));
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        assertNotEquals(old, Files.getLastModifiedTime(file), file.toString());
      }
    }
  }

  /** Nobody waits for the sweep, and nothing of it is left behind. */
  @Test
  void aRevocationDoesNotWaitForTheSweep() throws Exception {
    Path folder = parent.resolve("revoked");
    open(folder).revoke("aa11", NOW.plusSeconds(60), NOW);
    List<Runnable> held = new ArrayList<>();
    Instant later = NOW.plusSeconds(120);
    try (FileRevocations list = FileRevocations.open(folder, Durability.NONE, held::add)) {
      assertTrue(list.revoke("bb22", later.plusSeconds(60), later));
      assertEquals(2, entries(folder), "nothing was swept");
      assertEquals(1, held.size());
      held.get(0).run();
      assertEquals(1, entries(folder));
    }
  }
}
