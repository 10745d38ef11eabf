package dev.lms.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
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
 * <p>A ratio is taken within a round, where both ran within minutes of each other; of several
 * rounds the median counts.
 */
final class Ratios {
  private static final String ROW = "%7s  %-22s %15s  %-30s %15s  %s%n";

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
        mean(ours),
        theirs.get(0).benchmark(),
        mean(theirs),
        ratio(ours, theirs));
  }

  private static String mean(List<Score> scores) {
    OptionalDouble mean = scores.stream().mapToDouble(Score::time).average();
    return String.format(Locale.ROOT, "%.2f %s", mean.orElse(Double.NaN), scores.get(0).unit());
  }

  private static String ratio(List<Score> ours, List<Score> theirs) {
    List<Double> ratios =
        ours.stream()
            .flatMap(
                our ->
                    theirs.stream()
                        .filter(their -> their.round() == our.round())
                        .map(their -> our.time() / their.time()))
            .sorted(Comparator.naturalOrder())
            .toList();
    int count = ratios.size();
    if (count == 0) {
      return "-";
    }
    double median = (ratios.get((count - 1) / 2) + ratios.get(count / 2)) / 2;
    if (count == 1) {
      return String.format(Locale.ROOT, "%.2f", median);
    }
    return String.format(
        Locale.ROOT, "%.2f (%.2f - %.2f)", median, ratios.get(0), ratios.get(count - 1));
  }
}
