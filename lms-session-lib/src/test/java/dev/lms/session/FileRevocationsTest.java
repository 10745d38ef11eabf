package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.io.TempDir;

class FileRevocationsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir Path parent;

  @Test
  void aRevocationHoldsInEveryProcessAndIsSweptAfterItsTime() throws Exception {
    Path folder = parent.resolve("revoked");
    FileRevocations one = FileRevocations.open(folder);
    FileRevocations two = FileRevocations.open(folder);
    assertFalse(two.isRevoked("aa11"));
    assertTrue(one.revoke("aa11", NOW.plusSeconds(60), NOW));
    assertFalse(two.revoke("aa11", NOW.plusSeconds(60), NOW), "only the first revokes");
    assertTrue(two.isRevoked("aa11"));
    FileRevocations next = FileRevocations.open(folder);
    assertTrue(next.revoke("bb22", NOW.plus(Duration.ofDays(1)), NOW.plus(Duration.ofMinutes(2))));
    assertTrue(two.isRevoked("bb22"));
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count(), "what would have ended anyway is swept");
    }
  }

  private static long entries(Path folder) throws Exception {
    try (var files = Files.list(folder)) {
      return files.count();
    }
  }

  /** What processes leave that die while they revoke, and what a machine leaves that dies. */
  @Test
  void debrisOfACrashIsSweptAndHidesNoRevocation() throws Exception {
    Path folder = parent.resolve("revoked");
    FileRevocations.open(folder);
    Files.writeString(folder.resolve("aa11123.draft"), "1");
    Files.writeString(folder.resolve("aa11456.draft"), "");
    Path empty = Files.writeString(folder.resolve("cc33"), "");
    Files.setLastModifiedTime(empty, FileTime.from(NOW));
    FileRevocations list = FileRevocations.open(folder);
    assertFalse(list.isRevoked("aa11"), "it was never acknowledged");
    assertTrue(list.revoke("aa11", NOW.plusSeconds(60), NOW));
    assertEquals(2, entries(folder), "the drafts are gone");
    assertTrue(list.isRevoked("aa11"));
    assertTrue(list.isRevoked("cc33"), "its end is lost, not that it was revoked");
    Instant later = NOW.plus(Duration.ofDays(91));
    FileRevocations.open(folder).revoke("bb22", later.plusSeconds(60), later);
    assertEquals(1, entries(folder), "but not for ever");
  }

  /** An entry is there with its end, or not at all: whoever looks meanwhile sees no half of it. */
  @Test
  void anEntryIsNeverSeenWithoutItsEnd() throws Exception {
    Path folder = parent.resolve("revoked");
    FileRevocations list = FileRevocations.open(folder);
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> looking =
          threads.submit(
              () -> {
                int seen = 0;
                while (!done.get()) {
                  try (var files = Files.list(folder)) {
                    for (Path file : files.filter(f -> !f.toString().endsWith(".draft")).toList()) {
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
      assertTrue(looking.get(30, TimeUnit.SECONDS) > 0);
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
            Collections.nCopies(
                8, () -> FileRevocations.open(folder).revoke(handle, NOW.plusSeconds(60), NOW));
        int first = 0;
        for (Future<Boolean> call : threads.invokeAll(calls)) {
          first += call.get() ? 1 : 0;
        }
        assertEquals(1, first);
        assertTrue(FileRevocations.open(folder).isRevoked(handle));
      }
      assertEquals(40, entries(folder));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aSweepThatTakesADraftTakesNoRevocation() throws Exception {
    Path folder = parent.resolve("revoked");
    FileRevocations.open(folder);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> calls = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        String handle = "%04x".formatted(i);
        calls.add(() -> FileRevocations.open(folder).revoke(handle, NOW.plusSeconds(60), NOW));
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
    FileRevocations list = FileRevocations.open(folder);
    Files.delete(folder);
    Files.createSymbolicLink(folder, folder); // nothing behind it can be looked at
    assertThrows(SessionStoreException.class, () -> list.isRevoked("aa11"));
    SessionStoreException failed =
        assertThrows(
            SessionStoreException.class, () -> list.revoke("aa11", NOW.plusSeconds(60), NOW));
    assertTrue(String.valueOf(failed.getMessage()).contains(folder.toString()));
  }
}
