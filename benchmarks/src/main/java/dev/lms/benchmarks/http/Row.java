// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import dev.lms.benchmarks.Spread;
import java.util.Locale;
import java.util.Optional;

/**
 * A line of the table.
 *
 * @param limit what it is judged by; empty where nothing was set
 */
record Row(String what, String beside, Spread ratio, Optional<Limit> limit) {
  /** How much a ratio must or may be. */
  record Limit(boolean atLeast, double factor) {
    static Limit atLeast(double factor) {
      return new Limit(true, factor);
    }

    static Limit atMost(double factor) {
      return new Limit(false, factor);
    }

    boolean holds(double ratio) {
      return atLeast ? ratio >= factor : ratio <= factor;
    }

    String text() {
      return String.format(Locale.ROOT, "%s %.2f", atLeast ? ">=" : "<=", factor);
    }
  }

  static String head() {
    return "%-40s  %-36s  %9s  %-21s%n".formatted("page", "beside", "limit", "ratio");
  }

  String text() {
    return "%-40s  %-36s  %9s  %-21s  %s%n"
        .formatted(
            what,
            beside,
            limit.map(Limit::text).orElse("-"),
            ratio.text(),
            limit.map(l -> l.holds(ratio.median()) ? "holds" : "does not hold").orElse(""));
  }
}
