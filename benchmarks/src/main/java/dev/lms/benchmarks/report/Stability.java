// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * By how much each ratio varied over several runs: how far the run that is farthest from the one in
 * the middle is away from it. And in how many of them its limit held.
 */
public final class Stability {
  private static final int MOST_PERCENT = 15;
  private static final String ROW = "%-34s  %-39s  %7s  %-21s  %9s  %-15s  %s%n";

  private Stability() {}

  /** As a table for people. */
  public static String of(List<Result> runs) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < runs.size(); i++) {
      Machine machine = runs.get(i).machine();
      Evenness evenness = machine.evenness();
      if (evenness != null && !evenness.isEven()) {
        text.append("Run %d: %s%n".formatted(i + 1, evenness.text()));
      }
      if (!machine.isLike(runs.get(0).machine())) {
        text.append("Not the same machine as in the first run:\n  ");
        text.append(machine.text()).append('\n');
      }
    }
    Map<String, List<Ratio>> rows = new LinkedHashMap<>();
    for (Result run : runs) {
      for (Ratio ratio : run.ratios()) {
        rows.computeIfAbsent(ratio.key(), any -> new ArrayList<>()).add(ratio);
      }
    }
    text.append(ROW.formatted("work", "beside", "threads", "runs", "deviation", "", "limit holds"));
    int compared = 0;
    int unsteady = 0;
    List<String> lacking = new ArrayList<>();
    for (Map.Entry<String, List<Ratio>> row : rows.entrySet()) {
      List<Ratio> all = row.getValue();
      if (all.size() < runs.size()) {
        lacking.add("In %d of %d runs: %s".formatted(all.size(), runs.size(), row.getKey()));
        continue;
      }
      compared++;
      double percent = deviation(all);
      // What is no number is not steady either.
      boolean steady = percent <= MOST_PERCENT;
      unsteady += steady ? 0 : 1;
      text.append(line(all, percent, steady));
    }
    lacking.forEach(line -> text.append(line).append('\n'));
    return text.append(
            unsteady == 0
                ? "All %d ratios are within %d %%.\n".formatted(compared, MOST_PERCENT)
                : "%d of %d ratios are not within %d %%.\n"
                    .formatted(unsteady, compared, MOST_PERCENT))
        .toString();
  }

  private static String line(List<Ratio> runs, double percent, boolean steady) {
    Ratio any = runs.get(0);
    long holds = runs.stream().filter(Ratio::holds).count();
    String line =
        ROW.formatted(
            any.work(),
            any.beside(),
            any.threads() == 0 ? "" : any.threads(),
            values(runs).text(),
            String.format(Locale.ROOT, "%.1f %%", percent),
            (steady ? "within %d %%" : "not within %d %%").formatted(MOST_PERCENT),
            any.limit() == null ? "" : holds + " of " + runs.size());
    return line.stripTrailing() + '\n';
  }

  private static Spread values(List<Ratio> runs) {
    return Spread.of(runs.stream().map(Ratio::value).toList());
  }

  /** In percent of the run in the middle, to the digit that is shown. */
  private static double deviation(List<Ratio> runs) {
    Spread values = values(runs);
    double middle = values.value();
    double most = Math.max(values.greatest() - middle, middle - values.least());
    double percent = most == 0 ? 0 : 100 * most / middle;
    return Double.isFinite(percent) ? Math.round(10 * percent) / 10.0 : percent;
  }
}
