// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How evenly the machine did the same piece of work again and again during a run.
 *
 * @param best processor time that it took at best, in milliseconds
 * @param median how many times as long it took in the middle
 * @param tenth how many times as long it took at least in one of ten
 */
public record Evenness(double best, double median, double tenth) {
  private static final int FEWEST = 10;

  /** What noise there is on a machine that has nothing else to do. */
  private static final double MOST = 1.15;

  /** Of these times; empty if they are too few. */
  public static Optional<Evenness> of(List<Double> millis) {
    if (millis.size() < FEWEST) {
      return Optional.empty();
    }
    List<Double> sorted = millis.stream().sorted().toList();
    double best = sorted.get(0);
    return Optional.of(
        new Evenness(
            best,
            Spread.of(sorted).value() / best,
            sorted.get(sorted.size() - 1 - sorted.size() / FEWEST) / best));
  }

  /** Whether figures that were measured meanwhile are as good as they can be. */
  public boolean isEven() {
    return tenth <= MOST;
  }

  /** In a sentence. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "The machine was %s: the same reads of memory took %.2f times as long as at best, and %.2f"
            + " times in one of ten%s",
        isEven() ? "even" : "uneven",
        median,
        tenth,
        isEven() ? "." : ". Something else uses its caches; ratios may be off by as much.");
  }
}
