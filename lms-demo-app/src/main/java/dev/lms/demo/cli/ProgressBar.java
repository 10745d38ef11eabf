// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import java.io.Console;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How far long work is: on a terminal a bar that is drawn over and over, elsewhere a line for each
 * tenth. Thread-safe.
 */
final class ProgressBar {
  private static final int WIDTH = 30;

  private final String what;
  private final String unit;
  private final long total;
  private final boolean terminal;
  private final PrintStream out;
  private final ReentrantLock lock = new ReentrantLock();

  private ProgressBar(String what, long total, String unit, boolean terminal, PrintStream out) {
    this.what = what;
    this.unit = unit;
    this.total = total;
    this.terminal = terminal;
    this.out = out;
  }

  /** Of work that consists of so many parts. */
  static ProgressBar of(String what, long total, String unit) {
    boolean terminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    return new ProgressBar(what, total, unit, terminal, System.out);
  }

  static ProgressBar of(String what, long total, String unit, boolean terminal, PrintStream out) {
    return new ProgressBar(what, total, unit, terminal, out);
  }

  /** Shows that so many parts are done. */
  void at(long done) {
    lock.lock();
    try {
      if (terminal) {
        int full = total == 0 ? WIDTH : (int) (WIDTH * done / total);
        out.printf(
            "\r%s [%s%s] %d of %d %s",
            what, "#".repeat(full), "-".repeat(WIDTH - full), done, total, unit);
        if (done >= total) {
          out.println();
        }
        out.flush();
      } else if (done == total || done % Math.max(1, total / 10) == 0) {
        out.printf("%s: %d of %d %s%n", what, done, total, unit);
      }
    } finally {
      lock.unlock();
    }
  }
}
