// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.SessionStoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLocksTest {
  private static final String HANDLE = "00112233445566778899aabbccddeeff";

  @TempDir Path folder;

  @Test
  void whoIsInterruptedWaitsNoLonger() throws Exception {
    CompletableFuture<SessionStoreException> refused = new CompletableFuture<>();
    // Two, as two processes would have them.
    try (FileLocks theirs =
            new FileLocks(KeptFolder.open(folder.resolve("locks")), Duration.ofDays(1));
        FileLocks ours =
            new FileLocks(KeptFolder.open(folder.resolve("locks")), Duration.ofDays(1))) {
      Thread waiting =
          new Thread(
              () ->
                  refused.complete(
                      assertThrows(SessionStoreException.class, () -> ours.acquire(HANDLE))));
      try (FileLocks.Held held = theirs.acquire(HANDLE)) {
        assertNotNull(held);
        waiting.start();
        while (Arrays.stream(waiting.getStackTrace()).noneMatch(FileLocksTest::isPoll)) {
          assertTrue(waiting.isAlive());
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        waiting.interrupt();
        SessionStoreException e = refused.get(60, TimeUnit.SECONDS);
        assertEquals("interrupted while waiting for a session's lock", e.getMessage());
        assertFalse(e.isOutage());
      }
      waiting.join();
      ours.acquire(HANDLE).close();
    }
  }

  /** All of this process's locks are on one channel, and an interrupt must not close that. */
  @Test
  void whatOthersHoldOutlivesAnInterrupt() throws Exception {
    try (FileLocks theirs =
            new FileLocks(KeptFolder.open(folder.resolve("locks")), Duration.ofMinutes(1));
        FileLocks ours =
            new FileLocks(KeptFolder.open(folder.resolve("locks")), Duration.ofMinutes(1))) {
      try (FileLocks.Held held = ours.acquire(HANDLE)) {
        assertNotNull(held);
        Thread.currentThread().interrupt();
        ours.tryAcquire("another").orElseThrow().close();
        assertThrows(SessionStoreException.class, () -> ours.acquire("another"));
        assertTrue(Thread.interrupted());
        assertEquals(Optional.empty(), theirs.tryAcquire(HANDLE));
      }
      theirs.acquire(HANDLE).close();
    }
  }

  /** Java closes a file after it has set its times, and with that all locks of the process go. */
  @Test
  void whatIsHeldOutlivesATouch() throws Exception {
    Path file = folder.resolve("locks").resolve("lock");
    try (FileLocks locks =
            new FileLocks(KeptFolder.open(folder.resolve("locks")), Duration.ofMinutes(1));
        FileLocks.Held held = locks.acquire(HANDLE)) {
      assertNotNull(held);
      assertEquals(1, locksOf(file), "the system knows it");
      locks.touch(Instant.EPOCH);
      assertEquals(FileTime.from(Instant.EPOCH), Files.getLastModifiedTime(file));
      assertEquals(1, locksOf(file));
    }
    assertEquals(0, locksOf(file));
  }

  /** As the system sees them, not Java. */
  private static long locksOf(Path file) throws Exception {
    String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
    return Files.readAllLines(Path.of("/proc/locks")).stream()
        .filter(line -> line.contains("POSIX") && line.contains(inode))
        .count();
  }

  private static boolean isPoll(StackTraceElement frame) {
    return frame.getMethodName().equals("poll");
  }
}
