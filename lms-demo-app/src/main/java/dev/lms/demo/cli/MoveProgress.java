// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import dev.lms.session.migration.Migration;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** How far a migration is, how fast, and how long it will take: a line for each tenth of it. */
final class MoveProgress implements Migration.Progress {
  private final long total;
  private final PrintStream out;
  private final LongSupplier nanoTime;
  private final long began;
  private long shown;

  private MoveProgress(long total, PrintStream out, LongSupplier nanoTime) {
    this.total = total;
    this.out = out;
    this.nanoTime = nanoTime;
    this.began = nanoTime.getAsLong();
  }

  static MoveProgress of(long total, PrintStream out, LongSupplier nanoTime) {
    return new MoveProgress(total, out, nanoTime);
  }

  @Override
  public void moved(long moved) {
    long step = Math.max(1, total / 10);
    if (moved == shown || (moved - shown < step && moved != total)) {
      return;
    }
    shown = moved;
    double seconds = Math.max(1e-3, (nanoTime.getAsLong() - began) / 1e9);
    double rate = moved / seconds;
    // Sessions that begin meanwhile are in the new store, so there are seldom more than these.
    long left = Math.max(0, total - moved);
    out.printf(
        Locale.ROOT,
        "%d of %d sessions, %.0f/s, %.0f s left%n",
        moved,
        Math.max(total, moved),
        rate,
        Math.ceil(left / rate));
    out.flush();
  }
}
