// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.fuzz;

import org.jetbrains.kotlinx.lincheck.LinChecker;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * Runs the operations of a class side by side in random scenarios, many times each, and demands
 * that what they answered could have come from one after the other (linearizability, by Lincheck).
 * In its stress mode: its model checker does not run on each JDK that this is built with.
 */
public final class Schedules {
  private Schedules() {}

  /** For a class whose operations are annotated, and which is made anew for each run. */
  @SuppressWarnings("deprecation") // Stress mode, in favour of model checking.
  public static void check(Class<?> operations) {
    LinChecker.check(
        operations,
        new StressOptions()
            .iterations(Integer.getInteger("schedules", 30))
            .threads(3)
            .actorsPerThread(3)
            .actorsBefore(2)
            .actorsAfter(2)
            .invocationsPerIteration(1_000)
            .minimizeFailedScenario(false));
  }
}
