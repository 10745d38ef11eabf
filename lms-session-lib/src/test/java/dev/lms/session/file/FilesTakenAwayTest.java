// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.ChildJvm;
import dev.lms.session.CountWriter;
import dev.lms.session.CrashWriter;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and folders of a running store, removed or replaced by a person or a temp cleaner. */
class FilesTakenAwayTest {
  private static final KeyRing KEYS = CrashWriter.KEYS;
  private static final Instant NOW = CrashWriter.NOW;
  private static final Instant SOON = CrashWriter.SOON;

  @TempDir Path parent;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void killAll() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  private Path folder() {
    return parent.resolve("sessions");
  }

  private FileSessionStore open() {
    return FileSessionStore.open(folder(), KEYS, 1000, Durability.NONE, Runnable::run);
  }

  private static String begin(SessionStore store) {
    return store
        .create(
            CrashWriter.envelope(Optional.empty()), Map.of("v", "1"), WriteOptions.at(NOW, SOON))
        .orElseThrow();
  }

  private static void deleteAll(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static String outage(Runnable call) {
    SessionStoreException e = assertThrows(SessionStoreException.class, call::run);
    assertTrue(e.isOutage());
    return String.valueOf(e.getMessage());
  }

  private static void says(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  /** A process that counts. */
  private final class Counting {
    private final Process process;
    private final BufferedReader out;

    Counting(String token) throws IOException {
      process =
          new ProcessBuilder(
                  ChildJvm.command(List.of(), CountWriter.class, folder().toString(), token))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      processes.add(process);
      out = process.inputReader(StandardCharsets.UTF_8);
    }

    void waitForMore() throws IOException {
      assertEquals("more", out.readLine());
    }

    /** How many were acknowledged in all. */
    long end() throws Exception {
      process.getOutputStream().close();
      String last = "";
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        last = line;
      }
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
      return Long.parseLong(last);
    }
  }

  /** Two lock files would be no lock at all. */
  @Test
  void noIncrementIsLostWhenTheLockFileIsRemoved() throws Exception {
    try (FileSessionStore store = open()) {
      String token = begin(store);
      List<Counting> counting = new ArrayList<>(List.of(new Counting(token)));
      counting.get(0).waitForMore();
      for (int i = 0; i < 3; i++) {
        Files.delete(folder().resolve("lock"));
        // Who starts now finds none; the others have the old one open.
        counting.add(new Counting(token));
        for (Counting one : counting) {
          one.waitForMore();
          one.waitForMore();
        }
      }
      long acknowledged = 0;
      for (Counting one : counting) {
        acknowledged += one.end();
      }
      String counted =
          Stores.load(store, token).orElseThrow().attributes().get(CountWriter.COUNTER);
      assertEquals(Long.toString(acknowledged), counted);
      try (var files = Files.list(folder())) {
        assertEquals(
            1, files.filter(f -> f.getFileName().toString().startsWith("lock")).count(), "drafts");
      }
    }
  }

  @Test
  void aLockFileThatIsReplacedIsNoticedByWhoHoldsTheOldOne() throws Exception {
    try (FileSessionStore store = open();
        FileLocks ours = new FileLocks(KeptFolder.open(folder()), Duration.ofSeconds(5))) {
      begin(store);
      ours.acquireIndex(7).close();
      Files.move(folder().resolve("lock"), folder().resolve("moved"));
      try (FileLocks theirs = new FileLocks(KeptFolder.open(folder()), Duration.ofMillis(50));
          FileLocks.Held held = theirs.acquireIndex(7)) {
        assertEquals(Optional.empty(), ours.tryAcquireIndex(7));
        assertThrows(
            SessionStoreException.class,
            () -> new FileLocks(KeptFolder.open(folder()), Duration.ofMillis(50)).acquireIndex(7));
      }
      ours.acquireIndex(7).close();
    }
  }

  /** Whoever had a lock of the old file is given time before anybody gets one of the new file. */
  @Test
  void whoHoldsALockOfTheRemovedFileIsLetFinish() throws Exception {
    try (FileSessionStore store = open();
        FileLocks ours = new FileLocks(KeptFolder.open(folder()), Duration.ofSeconds(5))) {
      begin(store);
      try (FileLocks.Held held = ours.acquireIndex(7)) {
        Files.delete(folder().resolve("lock"));
        long begun = System.nanoTime();
        try (FileLocks theirs = new FileLocks(KeptFolder.open(folder()), Duration.ofSeconds(5))) {
          theirs.acquireIndex(7).close();
        }
        assertTrue(System.nanoTime() - begun >= TimeUnit.MILLISECONDS.toNanos(500));
      }
    }
  }

  @Test
  void aRemovedFolderIsMadeAnew() throws Exception {
    try (FileSessionStore store = open()) {
      String before = begin(store);
      deleteAll(folder());
      assertEquals(Optional.empty(), Stores.load(store, before));
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())));
      String token = begin(store);
      assertTrue(Stores.load(store, token).isPresent());
      deleteAll(folder());
      String next = begin(store);
      assertTrue(Stores.load(store, next).isPresent());
      deleteAll(folder());
      assertEquals(new SessionCensus(0, 0), store.stats(NOW));
      deleteAll(folder());
      assertEquals(0, store.purge(NOW));
      deleteAll(folder());
      assertEquals(0, store.revokeAll("ada", Optional.empty(), NOW));
      deleteAll(folder());
      store.delete(next, Optional.empty(), NOW);
      assertTrue(Stores.load(store, begin(store)).isPresent());
    }
  }

  /** What an installer, or somebody else, puts in its place must pass the checks of a start. */
  @Test
  void whatIsPutInTheFoldersPlaceIsCheckedLikeAtTheStart() throws Exception {
    try (FileSessionStore store = open()) {
      String before = begin(store);
      Path away = Files.move(folder(), parent.resolve("away"));
      Files.createSymbolicLink(folder(), Files.createDirectory(parent.resolve("elsewhere")));
      says(outage(() -> begin(store)), folder() + " is gone", "symbolic link");
      says(outage(() -> Stores.load(store, before)), folder() + " is gone", "symbolic link");
      Files.delete(folder());
      Files.createDirectory(folder());
      Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxrwxrwx"));
      says(outage(() -> begin(store)), folder() + " is gone", "chmod 700");
      Files.delete(folder());
      Files.createFile(folder());
      says(outage(() -> begin(store)), "is a file");
      Files.delete(folder());
      Files.move(away, folder());
      assertTrue(Stores.load(store, before).isPresent(), "it was brought back");
      assertTrue(Stores.load(store, begin(store)).isPresent());
    }
  }

  /** A folder that is gone with all around it was not cleaned away: a disk is missing. */
  @Test
  void withoutItsParentTheStoreFailsUntilItIsBack() throws Exception {
    Path data = Files.createDirectory(parent.resolve("data"));
    Path folder = data.resolve("sessions");
    try (FileSessionStore store = FileSessionStore.open(folder, KEYS)) {
      String before = begin(store);
      Path away = Files.move(data, parent.resolve("away"));
      for (int i = 0; i < 2; i++) {
        says(outage(() -> begin(store)), folder + " is gone", "mounted");
        says(outage(() -> Stores.load(store, before)), folder + " is gone");
        says(outage(() -> store.stats(NOW)), folder + " is gone");
        says(outage(() -> store.purge(NOW)), folder + " is gone");
        says(outage(() -> store.delete(before, Optional.empty(), NOW)), folder + " is gone");
        // The second time there is an empty folder, as where a disk was mounted.
        assertEquals(i == 1, Files.exists(data));
        Files.createDirectories(data);
      }
      assertFalse(Files.exists(folder));
      Files.delete(data);
      Files.move(away, data);
      assertTrue(Stores.load(store, before).isPresent());
      assertTrue(Stores.load(store, begin(store)).isPresent());
    }
  }

  /** A sub-folder is made when it is needed, and missed by nobody before. */
  @Test
  void removedSubFoldersAreMadeAnew() throws Exception {
    try (FileSessionStore store = open()) {
      for (int i = 0; i < 3; i++) {
        String token = begin(store);
        for (Path shard : SlotFolder.shards(folder())) {
          deleteAll(shard);
        }
        assertEquals(Optional.empty(), Stores.load(store, token));
        assertEquals(new SessionCensus(0, 0), store.stats(NOW));
      }
    }
  }

  /** What cannot be looked at is not taken for what is not there. */
  @Test
  void anErrorIsNotTakenForNoSession() throws Exception {
    Envelope ada = CrashWriter.envelope(Optional.of(new Principal("ada", Set.of())));
    try (FileSessionStore store = open()) {
      String token = store.create(ada, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      String handle = store.handle(token).orElseThrow();
      Path shard = folder().resolve(handle.substring(0, 2));
      Path away = Files.move(shard, parent.resolve("shard"));
      Files.createSymbolicLink(shard, shard); // nothing behind it can be looked at
      SessionLimit one = SessionLimit.of(1).withWhenReached(SessionLimit.WhenReached.REFUSE);
      outage(() -> store.create(ada, Map.of(), WriteOptions.at(NOW, SOON).withLimit(one)));
      outage(() -> Stores.load(store, token));
      Files.delete(shard);
      Files.move(away, shard);
      assertEquals(
          Optional.empty(),
          store.create(ada, Map.of(), WriteOptions.at(NOW, SOON).withLimit(one)),
          "it is there");
      assertEquals(1, store.revokeAll("ada", Optional.empty(), NOW));
    }
  }

  /** The rule of a temp cleaner: what nobody has changed for so long. */
  @Test
  void whatIsNeededLooksNewToWhoeverRemovesFilesByTheirAge() throws Exception {
    Envelope ada = CrashWriter.envelope(Optional.of(new Principal("ada", Set.of())));
    Instant far = NOW.plus(Duration.ofDays(60));
    Instant later = NOW.plus(Duration.ofDays(30));
    try (FileSessionStore store = open()) {
      store.create(ada, Map.of(), WriteOptions.at(NOW, far));
      try (var files = Files.walk(folder())) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.setLastModifiedTime(file, FileTime.from(NOW));
        }
      }
      store.create(ada, Map.of(), WriteOptions.at(later, far));
      try (var files = Files.walk(folder())) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertNotEquals(FileTime.from(NOW), Files.getLastModifiedTime(file), file.toString());
        }
      }
    }
  }
}
