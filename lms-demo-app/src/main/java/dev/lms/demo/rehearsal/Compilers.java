// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The threads in which the JVM compiles what is called often. The JVM does not tell whether they
 * have work, Linux does; where it is not Linux they seem to have none.
 */
final class Compilers {
  /** Linux cuts a thread's name after fifteen characters. */
  private static final String NAME = "C2 CompilerThre";

  private static final char RUNNING = 'R';
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

  private final List<Path> states;

  private Compilers(List<Path> states) {
    this.states = states;
  }

  /** Those of this process. */
  static Compilers ofThisProcess() throws IOException {
    return of(Path.of("/proc/self/task"));
  }

  /** Those of a process, with a folder for each of its threads. */
  static Compilers of(Path threads) throws IOException {
    List<Path> states = new ArrayList<>();
    if (Files.isDirectory(threads)) {
      try (Stream<Path> all = Files.list(threads)) {
        for (Path thread : all.toList()) {
          if (name(thread).startsWith(NAME)) {
            states.add(thread.resolve("stat"));
          }
        }
      }
    }
    return new Compilers(states);
  }

  /** None of a thread that has just ended. */
  private static String name(Path thread) {
    try {
      return Files.readString(thread.resolve("comm"));
    } catch (IOException e) {
      return "";
    }
  }

  /** Waits until they have nothing to do, or until {@link System#nanoTime} says {@code end}. */
  void await(long end) throws IOException {
    while (isBusy() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(PAUSE);
    }
  }

  private boolean isBusy() throws IOException {
    for (Path state : states) {
      // The name is in parentheses, and may hold some.
      String line = Files.readString(state);
      if (line.charAt(line.lastIndexOf(')') + 2) == RUNNING) {
        return true;
      }
    }
    return false;
  }
}
