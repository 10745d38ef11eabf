// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What moved from one run to another. A ratio moved if the rounds of the one run and those of the
 * other do not overlap: else the difference may be noise.
 */
public final class Comparison {
  private static final String ROW = "%-34s  %-39s  %7s  %-21s  %-21s  %s%n";

  private Comparison() {}

  /** As a table for people. */
  public static String of(Result old, Result now) {
    StringBuilder text = new StringBuilder();
    if (!old.machine().isLike(now.machine())) {
      text.append("Not the same machine:\n  ").append(old.machine().text()).append("\n  ");
      text.append(now.machine().text()).append('\n');
    }
    Map<String, Ratio> before =
        old.ratios().stream().collect(Collectors.toMap(Ratio::key, ratio -> ratio));
    text.append(ROW.formatted("work", "beside", "threads", "old", "new", ""));
    int moved = 0;
    List<String> unmatched = new ArrayList<>();
    for (Ratio ratio : now.ratios()) {
      Ratio earlier = before.remove(ratio.key());
      if (earlier == null) {
        unmatched.add("Only in the new run: " + ratio.key());
        continue;
      }
      Optional<String> movement = movement(earlier, ratio);
      moved += movement.isPresent() ? 1 : 0;
      text.append(
          ROW.formatted(
              ratio.work(),
              ratio.beside(),
              ratio.threads() == 0 ? "" : ratio.threads(),
              earlier.text(),
              ratio.text(),
              movement.orElse("")));
    }
    before.keySet().stream().sorted().forEach(key -> unmatched.add("Only in the old run: " + key));
    unmatched.forEach(line -> text.append(line).append('\n'));
    return text.append(
            moved == 0 ? "Nothing moved beyond the noise.\n" : moved + " moved beyond the noise.\n")
        .toString();
  }

  /** Which way a ratio went and how far; empty if that may be noise. */
  private static Optional<String> movement(Ratio old, Ratio now) {
    if (now.least() <= old.greatest() && old.least() <= now.greatest()) {
      return Optional.empty();
    }
    boolean more = now.value() > old.value();
    double percent = 100 * (now.value() / old.value() - 1);
    return Optional.of(
        String.format(
            Locale.ROOT, "%s, %+.0f %%", more == now.moreIsBetter() ? "better" : "worse", percent));
  }
}
