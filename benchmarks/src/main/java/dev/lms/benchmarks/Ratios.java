// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Spread;
import dev.lms.benchmarks.report.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Sets each store beside the other contenders for the same work. They are told by their names:
 * {@code RedisBenchmark.readRawHgetall} does by hand what {@code RedisBenchmark.read} does through
 * a store.
 *
 * <p>Of each contender the quickest iteration of the quickest round counts ({@link
 * Spread#ofTimes}); beside it stand the ratios that were taken within a round, where both ran
 * within minutes of each other.
 */
final class Ratios {
  private static final String ROW = "%7s  %-22s %15s  %-39s %15s  %s%n";

  private Ratios() {}

  static String table(List<Score> scores) {
    Map<Integer, Map<String, List<Score>>> byThreads = new TreeMap<>();
    for (Score score : scores) {
      byThreads
          .computeIfAbsent(score.threads(), threads -> new TreeMap<>())
          .computeIfAbsent(score.benchmark(), benchmark -> new ArrayList<>())
          .add(score);
    }
    StringBuilder table = new StringBuilder();
    byThreads.forEach(
        (threads, contenders) ->
            contenders.forEach(
                (name, ours) ->
                    contenders.forEach(
                        (other, theirs) -> {
                          if (isContender(name, other)) {
                            table.append(row(threads, ours, theirs));
                          }
                        })));
    if (table.isEmpty()) {
      return "No store ran beside another contender in average-time mode, so there is no ratio.\n";
    }
    String head = ROW.formatted("threads", "store", "time", "beside", "time", "ratio");
    return head + table;
  }

  /** Whether {@code other} is {@code name} with more behind it. */
  private static boolean isContender(String name, String other) {
    return other.length() > name.length()
        && other.startsWith(name)
        && Character.isUpperCase(other.charAt(name.length()));
  }

  private static String row(int threads, List<Score> ours, List<Score> theirs) {
    return ROW.formatted(
        threads,
        ours.get(0).benchmark(),
        quickest(ours),
        theirs.get(0).benchmark(),
        quickest(theirs),
        spread(ours, theirs).text());
  }

  private static String quickest(List<Score> scores) {
    OptionalDouble least = scores.stream().mapToDouble(Score::time).min();
    return String.format(Locale.ROOT, "%.2f %s", least.orElse(Double.NaN), scores.get(0).unit());
  }

  /** First divided by second; of those rounds in which both ran. */
  private static Spread spread(List<Score> some, List<Score> others) {
    List<Double> times = new ArrayList<>();
    List<Double> beside = new ArrayList<>();
    for (Score one : some) {
      for (Score other : others) {
        if (other.round() == one.round()) {
          times.add(one.time());
          beside.add(other.time());
        }
      }
    }
    return Spread.ofTimes(times, beside);
  }

  /** What of the limits could be judged by these scores. */
  static List<Ratio> judge(List<Score> scores) {
    List<Ratio> judged = new ArrayList<>();
    for (Limit limit : Limit.ALL) {
      for (int threads : threadCounts(scores)) {
        if (limit.counts(threads)) {
          List<Score> ours = of(limit.ours(), threads, scores);
          List<Score> others = of(limit.other(), threads, scores);
          Spread ratio = limit.atLeast() ? spread(others, ours) : spread(ours, others);
          if (!ratio.isEmpty()) {
            judged.add(
                Ratio.of(
                    limit.what(), limit.other(), threads, limit.atLeast(), limit.factor(), ratio));
          }
        }
      }
    }
    return judged;
  }

  /** For people; empty if nothing could be judged. */
  static String judged(List<Score> scores) {
    List<Ratio> ratios = judge(scores);
    return ratios.isEmpty() ? "" : Ratio.table(ratios);
  }

  /** Each contender's rounds together, in the order in which they ran. */
  static List<Time> times(List<Score> scores) {
    List<Time> times = new ArrayList<>();
    for (int threads : threadCounts(scores)) {
      scores.stream()
          .filter(score -> score.threads() == threads)
          .map(Score::benchmark)
          .distinct()
          .forEach(
              benchmark -> {
                List<Score> rounds = of(benchmark, threads, scores);
                OptionalDouble bytes = rounds.stream().mapToDouble(Score::bytes).average();
                times.add(
                    new Time(
                        benchmark,
                        threads,
                        rounds.get(0).unit(),
                        rounds.stream().map(Score::time).toList(),
                        bytes.isPresent() && !Double.isNaN(bytes.getAsDouble())
                            ? bytes.getAsDouble()
                            : null));
              });
    }
    return times;
  }

  private static List<Integer> threadCounts(List<Score> scores) {
    return scores.stream().map(Score::threads).distinct().sorted().toList();
  }

  private static List<Score> of(String benchmark, int threads, List<Score> scores) {
    return scores.stream()
        .filter(score -> score.benchmark().equals(benchmark) && score.threads() == threads)
        .toList();
  }
}
