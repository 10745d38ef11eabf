// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.CrashWriter;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionStore;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.housekeeping.Housekeeping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sweep of ended sessions keeps no visitor waiting, and ends with the store. */
class FileSweepTest {
  private static final Instant NOW = CrashWriter.NOW;

  @TempDir Path parent;

  private Path folder() {
    return parent.resolve("sessions");
  }

  private FileSessionStore open(int threshold, Executor sweeps) {
    return FileSessionStore.open(folder(), CrashWriter.KEYS, threshold, Durability.NONE, sweeps);
  }

  private static String begin(SessionStore store, Instant deadline, Instant now) {
    return store
        .create(CrashWriter.envelope(Optional.empty()), Map.of(), WriteOptions.at(now, deadline))
        .orElseThrow();
  }

  private long sessions() throws IOException {
    try (var files = Files.walk(folder())) {
      return files.filter(file -> file.getFileName().toString().matches("\\p{XDigit}{32}")).count();
    }
  }

  /** What sweeps do grows with the number of sessions, not faster. */
  @Test
  void manySessionsAreSweptAFewTimes() {
    int[] tasks = new int[1];
    Executor counted =
        task -> {
          tasks[0]++;
          task.run();
        };
    try (FileSessionStore store = open(10, counted)) {
      for (int i = 0; i < 640; i++) {
        begin(store, NOW.plusSeconds(10), NOW);
      }
    }
    assertTrue(tasks[0] < 10 * 260, tasks[0] + " sub-folders were swept");
  }

  @Test
  void sessionsBeginWhileASweepIsHeldUp() throws Exception {
    Queue<Runnable> held = new ArrayDeque<>();
    try (FileSessionStore store = open(10, held::add)) {
      for (int i = 0; i < 300; i++) {
        begin(store, NOW.plusSeconds(10), NOW);
      }
      assertEquals(1, held.size(), "one at a time");
      Instant later = NOW.plusSeconds(7200);
      assertTrue(Stores.load(store, begin(store, later.plusSeconds(10), later)).isPresent());
      assertEquals(301, sessions());
      // What is due is due at the time when it was noticed.
      runAll(held);
      begin(store, later.plusSeconds(10), later);
      assertEquals(302, sessions());
      int tasks = runAll(held);
      assertEquals(2, sessions());
      assertTrue(tasks > 100, "one sub-folder each, not " + tasks);
    }
  }

  /** G9: whoever comes upon it first. */
  @Test
  void whatASweepCannotReadIsCountedAndToldAsWell() throws Exception {
    Queue<Runnable> held = new ArrayDeque<>();
    List<String> told = new ArrayList<>();
    try (FileSessionStore store = open(10, held::add)) {
      store.reportTo(
          new SessionListener() {
            @Override
            public void unreadable(String handle) {
              told.add(handle);
            }
          });
      String token = begin(store, NOW.plusSeconds(10), NOW);
      String handle = store.handle(token).orElseThrow();
      try (var files = Files.walk(folder())) {
        Path file = files.filter(f -> f.endsWith(handle)).findFirst().orElseThrow();
        Files.write(file, new byte[(int) Files.size(file)]);
      }
      runAll(held);
      assertEquals(List.of(handle), told);
      assertTrue(Stores.load(store, token).isEmpty());
      assertEquals(List.of(handle), told, "once");
      assertEquals(1, store.unreadable());
    }
  }

  private static int runAll(Queue<Runnable> held) {
    int tasks = 0;
    for (Runnable task = held.poll(); task != null; task = held.poll()) {
      task.run();
      tasks++;
    }
    return tasks;
  }

  private static Set<Thread> sweepers() {
    Thread[] all = new Thread[2 * Thread.activeCount() + 10];
    int found = Thread.enumerate(all);
    return Arrays.stream(all, 0, found)
        .filter(thread -> thread.getName().equals("lms-sessions-sweep"))
        .collect(Collectors.toCollection(HashSet::new));
  }

  @Test
  void noThreadIsLeftAfterClose() throws Exception {
    Set<Thread> before = sweepers();
    FileSessionStore store = FileSessionStore.open(folder(), CrashWriter.KEYS, 10);
    for (int i = 0; i < 100; i++) {
      begin(store, NOW.plusSeconds(10), NOW.plusSeconds(i));
    }
    Set<Thread> mine = sweepers();
    mine.removeAll(before);
    store.close();
    for (Thread thread : mine) {
      // Its work has ended; the thread itself takes a moment to.
      thread.join(TimeUnit.SECONDS.toMillis(60));
      assertFalse(thread.isAlive());
    }
    Set<Thread> after = sweepers();
    after.removeAll(before);
    after.removeIf(thread -> !thread.isAlive());
    assertEquals(Set.of(), after);
  }

  /** Whoever closes waits for the step under way; the rest is dropped. */
  @Test
  void closingEndsASweepUnderWay() throws Exception {
    Queue<Runnable> held = new ArrayDeque<>();
    FileSessionStore store = open(10, held::add);
    begin(store, NOW.plusSeconds(10), NOW);
    assertEquals(1, held.size());
    store.close();
    runAll(held);
    assertEquals(1, sessions());
  }

  @Test
  void theOwnThreadSweeps() throws Exception {
    try (FileSessionStore store = FileSessionStore.open(folder(), CrashWriter.KEYS)) {
      begin(store, NOW.plusSeconds(10), NOW);
    }
    try (FileSessionStore store = FileSessionStore.open(folder(), CrashWriter.KEYS)) {
      begin(store, NOW.plusSeconds(90), NOW.plusSeconds(60));
      long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (sessions() > 1 && System.nanoTime() < giveUp) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
      assertEquals(1, sessions());
    }
  }

  /** An executor that is full or closed is no reason to turn visitors away. */
  @Test
  void anExecutorThatRefusesHurtsNobody() throws Exception {
    try (FileSessionStore store =
        open(
            10,
            task -> {
              throw new RejectedExecutionException("full");
            })) {
      for (int i = 0; i < 30; i++) {
        assertTrue(Stores.load(store, begin(store, NOW.plusSeconds(10), NOW)).isPresent());
      }
    }
  }

  @Test
  void oneFailureIsNotTheEndOfAllSweeps() throws Exception {
    CountDownLatch steps = new CountDownLatch(3);
    try (Housekeeping housekeeping = Housekeeping.on(Runnable::run)) {
      for (int i = 0; i < 3; i++) {
        housekeeping.begin(
            new Housekeeping.Job() {
              @Override
              public boolean step() {
                throw new AssertionError("as a mapped file on a full disk would");
              }

              @Override
              public void failed() {
                steps.countDown();
              }
            });
      }
      assertTrue(steps.await(0, TimeUnit.SECONDS));
    }
    assertFalse(steps.getCount() > 0);
  }
}
