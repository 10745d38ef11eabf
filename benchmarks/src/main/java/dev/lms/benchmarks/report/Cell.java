// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import org.jspecify.annotations.Nullable;

/**
 * What one contender held of one guarantee.
 *
 * @param guarantee which one of this project's it is about, such as {@code G1}
 * @param scenario its name, which {@code lmsctl bench guarantees} takes
 * @param what must hold
 * @param contender its name, which the same command takes
 * @param ours whether it is this project's
 * @param broken in how many of the attempts it did not hold
 * @param seen what happened when it was broken first; absent if it held
 */
public record Cell(
    String guarantee,
    String scenario,
    String what,
    String contender,
    boolean ours,
    int attempts,
    int broken,
    @Nullable String seen) {

  /** Such as {@code held, 20 of 20} or {@code broken, 3 of 20}. */
  public String text() {
    return broken == 0
        ? "held, " + attempts + " of " + attempts
        : "broken, " + broken + " of " + attempts;
  }
}
