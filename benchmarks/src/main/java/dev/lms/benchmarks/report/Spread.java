// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Ratios of several rounds, in ascending order: the median counts. */
public record Spread(List<Double> ratios) {
  /** Sorts them. */
  public Spread {
    ratios = ratios.stream().sorted().toList();
  }

  /** Of these ratios. */
  public static Spread of(Collection<Double> ratios) {
    return new Spread(List.copyOf(ratios));
  }

  public boolean isEmpty() {
    return ratios.isEmpty();
  }

  /** The one in the middle, or the mean of the two there. */
  public double median() {
    int count = ratios.size();
    return (ratios.get((count - 1) / 2) + ratios.get(count / 2)) / 2;
  }

  /** The least of them. */
  public double least() {
    return ratios.get(0);
  }

  /** The greatest of them. */
  public double greatest() {
    return ratios.get(ratios.size() - 1);
  }

  /** First divided by second, round by round, as far as both go. */
  public static Spread ofRatios(List<Double> some, List<Double> others) {
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < Math.min(some.size(), others.size()); round++) {
      ratios.add(some.get(round) / others.get(round));
    }
    return new Spread(ratios);
  }

  /** Median, least and greatest, such as {@code 1.10 (1.08 - 1.13)}; of one round only itself. */
  public String text() {
    if (isEmpty()) {
      return "-";
    }
    String median = String.format(Locale.ROOT, "%.2f", median());
    return ratios.size() == 1
        ? median
        : String.format(Locale.ROOT, "%s (%.2f - %.2f)", median, least(), greatest());
  }
}
