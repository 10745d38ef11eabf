// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.rehearsal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a folder as Linux has one for the threads of each process. */
class CompilersTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path threads;

  private Path thread(int number, String name, char state) throws IOException {
    Path folder = Files.createDirectories(threads.resolve(Integer.toString(number)));
    Files.writeString(folder.resolve("comm"), name + "\n");
    return Files.writeString(folder.resolve("stat"), stat(number, name, state));
  }

  private static String stat(int number, String name, char state) {
    return number + " (" + name + ") " + state + " 1 2 3\n";
  }

  /** Somebody who waits until they have nothing to do. */
  private static Thread waiting(Path threads) throws IOException {
    Compilers compilers = Compilers.of(threads);
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                compilers.await(System.nanoTime() + Duration.ofDays(1).toNanos());
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  @Test
  void areWaitedForUntilTheyHaveNothingToDo() throws Exception {
    Path compiler = thread(7, "C2 CompilerThre", 'R');
    Thread waiting = waiting(threads);
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    while (waiting.getState() != Thread.State.TIMED_WAITING) {
      assertTrue(waiting.isAlive() && System.nanoTime() < giveUp, "does not wait");
      LockSupport.parkNanos(1000);
    }
    // Not written in place: it would be empty for a moment.
    Path idle = Files.writeString(threads.resolve("idle"), stat(7, "C2 CompilerThre", 'S'));
    Files.move(idle, compiler, StandardCopyOption.ATOMIC_MOVE);
    assertTrue(waiting.join(PATIENCE), "still waits");
  }

  @Test
  void areNotWaitedForAnyLongerThanAsked() throws Exception {
    thread(7, "C2 CompilerThre", 'R');
    long end = System.nanoTime();
    Compilers.of(threads).await(end);
    assertTrue(System.nanoTime() >= end);
  }

  @Test
  void otherThreadsMayRun() throws Exception {
    thread(7, "main", 'R');
    thread(8, "C2 R) R", 'R');
    thread(9, "C2 CompilerThre", 'S');
    assertTrue(waiting(threads).join(PATIENCE));
  }

  @Test
  void aThreadMayEndMeanwhile() throws Exception {
    Files.createDirectory(threads.resolve("7"));
    thread(8, "C2 CompilerThre", 'S');
    assertTrue(waiting(threads).join(PATIENCE));
  }

  @Test
  void whereTheSystemDoesNotTellThereAreNone() throws Exception {
    assertTrue(waiting(threads.resolve("missing")).join(PATIENCE));
  }
}
