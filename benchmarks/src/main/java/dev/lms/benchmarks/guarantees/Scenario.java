// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import dev.lms.benchmarks.report.Cell;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One guarantee and one contender: a cell of the table. */
record Scenario(
    String guarantee,
    String key,
    String what,
    String contender,
    boolean ours,
    int attempts,
    Maker<Stage> maker) {

  /** Sets something up. */
  interface Maker<T> {
    T make() throws Exception;
  }

  /** What the attempts are made on; closed after the last one. */
  record Stage(Maker<Optional<String>> attempt, AutoCloseable closing) {}

  Cell play() throws Exception {
    Stage stage = maker.make();
    int broken = 0;
    @Nullable String seen = null;
    try (AutoCloseable closing = stage.closing()) {
      for (int attempt = 0; attempt < attempts; attempt++) {
        Optional<String> found = stage.attempt().make();
        if (found.isPresent()) {
          broken++;
          seen = seen == null ? found.get() : seen;
        }
      }
    }
    return new Cell(guarantee, key, what, contender, ours, attempts, broken, seen);
  }
}
