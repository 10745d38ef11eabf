// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import com.google.gson.annotations.SerializedName;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How two contenders for the same work stand to each other.
 *
 * @param work what was done
 * @param beside what it was measured by
 * @param threads at how many threads; 0 where it is about no threads
 * @param moreIsBetter whether the limit is the least or the most that the ratio may be
 * @param limit what this project set itself; absent where it set nothing
 * @param value the ratio that counts
 * @param rounds one ratio of each round, in ascending order; never empty
 * @param holds by the value; true where nothing was set
 */
public record Ratio(
    String work,
    String beside,
    int threads,
    boolean moreIsBetter,
    @Nullable Double limit,
    @SerializedName(value = "ratio", alternate = "median") double value,
    double least,
    double greatest,
    List<Double> rounds,
    boolean holds) {
  private static final String ROW = "%7s  %-34s %-39s %9s  %-21s  %s%n";

  /** Judges these rounds. */
  public static Ratio of(
      String work,
      String beside,
      int threads,
      boolean moreIsBetter,
      @Nullable Double limit,
      Spread rounds) {
    double value = rounds.value();
    return new Ratio(
        work,
        beside,
        threads,
        moreIsBetter,
        limit,
        value,
        rounds.least(),
        rounds.greatest(),
        rounds.rounds(),
        limit == null || (moreIsBetter ? value >= limit : value <= limit));
  }

  /** Which line of the table it is, in every run. */
  String key() {
    return work + " / " + beside + " / " + threads;
  }

  /** Such as {@code <= 1.15 x} or {@code >= 4.00 x}. */
  public String limitText() {
    return limit == null
        ? "-"
        : String.format(Locale.ROOT, "%s %.2f x", moreIsBetter ? ">=" : "<=", limit);
  }

  /** What counts, and the least and the greatest round. */
  public String text() {
    return new Spread(value, rounds).text();
  }

  /** What came of the limit. */
  public String verdict() {
    return limit == null ? "" : holds ? "holds" : "does not hold";
  }

  /** Several, as people read them. */
  public static String table(List<Ratio> ratios) {
    StringBuilder table =
        new StringBuilder(ROW.formatted("threads", "work", "beside", "limit", "ratio", ""));
    for (Ratio ratio : ratios) {
      table.append(
          ROW.formatted(
              ratio.threads() == 0 ? "" : ratio.threads(),
              ratio.work(),
              ratio.beside(),
              ratio.limitText(),
              ratio.text(),
              ratio.verdict()));
    }
    return table.toString();
  }
}
