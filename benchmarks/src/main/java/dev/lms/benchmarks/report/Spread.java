// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Figures of several rounds.
 *
 * @param value what counts: their median, or what the quickest say
 * @param rounds one of each round, in ascending order
 */
public record Spread(double value, List<Double> rounds) {
  /** Sorts them. */
  public Spread {
    rounds = rounds.stream().sorted().toList();
  }

  /** The one in the middle counts, or the mean of the two there. */
  public static Spread of(Collection<Double> rounds) {
    List<Double> sorted = rounds.stream().sorted().toList();
    int count = sorted.size();
    double median =
        count == 0 ? Double.NaN : (sorted.get((count - 1) / 2) + sorted.get(count / 2)) / 2;
    return new Spread(median, sorted);
  }

  /**
   * Of two who were measured by turns, the quickest round of each counts: whatever else runs on the
   * machine only ever slows them down (Chen and Revels, "Robust benchmarking in noisy
   * environments", 2016).
   *
   * @param some times, in the order of the rounds
   * @param others likewise; divides the first
   */
  public static Spread ofTimes(List<Double> some, List<Double> others) {
    Spread rounds = ofRatios(some, others);
    return rounds.isEmpty()
        ? rounds
        : new Spread(Collections.min(some) / Collections.min(others), rounds.rounds());
  }

  public boolean isEmpty() {
    return rounds.isEmpty();
  }

  /** The least of them. */
  public double least() {
    return rounds.get(0);
  }

  /** The greatest of them. */
  public double greatest() {
    return rounds.get(rounds.size() - 1);
  }

  /** First divided by second, round by round, as far as both go; their median counts. */
  public static Spread ofRatios(List<Double> some, List<Double> others) {
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < Math.min(some.size(), others.size()); round++) {
      ratios.add(some.get(round) / others.get(round));
    }
    return of(ratios);
  }

  /**
   * What counts, least and greatest, such as {@code 1.10 (1.08 - 1.13)}; of one round only itself.
   */
  public String text() {
    if (isEmpty()) {
      return "-";
    }
    return rounds.size() == 1
        ? String.format(Locale.ROOT, "%.2f", value)
        : String.format(Locale.ROOT, "%.2f (%.2f - %.2f)", value, least(), greatest());
  }
}
