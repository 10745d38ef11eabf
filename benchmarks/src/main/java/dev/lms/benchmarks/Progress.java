// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How far a run is and what time it has left: on a terminal one line that is written over and over,
 * elsewhere a line for each tenth. For one thread.
 */
final class Progress {
  private static final int WIDTH = 24;
  private static final int LINE = 100;
  private static final int TENTHS = 10;

  private final PrintStream out;
  private final boolean terminal;
  private final LongSupplier nanos;
  private final double planned;
  private final long start;
  private double done;
  private double running;
  private int tenths = -1;

  /**
   * @param planned seconds of all steps
   * @param nanos a clock that never goes back
   */
  Progress(PrintStream out, boolean terminal, double planned, LongSupplier nanos) {
    this.out = out;
    this.terminal = terminal;
    this.planned = planned;
    this.nanos = nanos;
    this.start = nanos.getAsLong();
  }

  /** The step before is done, and another begins that is planned to take so long. */
  void step(String what, double seconds) {
    done = Math.min(planned, done + running);
    running = seconds;
    if (terminal) {
      int full = (int) (WIDTH * share());
      String line =
          "[%s%s] %s left: %s".formatted("#".repeat(full), "-".repeat(WIDTH - full), left(), what);
      // Blanks over what the line before left there.
      out.printf("\r%-" + LINE + "s", line.substring(0, Math.min(LINE, line.length())));
      out.flush();
    } else if ((int) (TENTHS * share()) > tenths) {
      tenths = (int) (TENTHS * share());
      out.printf("%3d %%, %s left: %s%n", 100 * tenths / TENTHS, left(), what);
      out.flush();
    }
  }

  /** All is done; whatever is written now has a line of its own. */
  void end() {
    if (terminal) {
      out.printf("\r%-" + LINE + "s\r", "");
      out.flush();
    }
  }

  private double share() {
    return planned <= 0 ? 1 : done / planned;
  }

  /** As planned, but as much slower as it has been so far. */
  private String left() {
    double elapsed = (nanos.getAsLong() - start) / (double) TimeUnit.SECONDS.toNanos(1);
    double slower = done > planned / TENTHS ? Math.max(1, elapsed / done) : 1;
    long seconds = Math.round((planned - done) * slower);
    return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
  }
}
