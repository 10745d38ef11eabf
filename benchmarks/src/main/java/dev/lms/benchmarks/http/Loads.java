// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import dev.lms.benchmarks.report.Rate;
import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Spread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What each contender carried, round by round. */
final class Loads {
  private final Map<String, List<Wrk.Load>> rounds = new LinkedHashMap<>();

  /** Processor time of the server for each answer, in microseconds. */
  private final Map<String, List<Double>> costs = new LinkedHashMap<>();

  /**
   * Adds a round.
   *
   * @param took what the server took of the processors meanwhile, if it is known
   */
  void add(String name, Wrk.Load load, @Nullable Duration took) {
    rounds.computeIfAbsent(name, any -> new ArrayList<>()).add(load);
    if (took != null && load.answers() > 0) {
      costs
          .computeIfAbsent(name, any -> new ArrayList<>())
          .add(took.toNanos() / 1000.0 / load.answers());
    }
  }

  private List<Double> each(String name) {
    return rounds.getOrDefault(name, List.of()).stream().map(Wrk.Load::rate).toList();
  }

  /** In the order of the first round. */
  List<Rate> rates(Predicate<String> ours) {
    List<Rate> rates = new ArrayList<>();
    rounds.forEach(
        (name, loads) ->
            rates.add(
                new Rate(
                    name,
                    ours.test(name),
                    each(name),
                    loads.stream().mapToDouble(Wrk.Load::p50).average().orElse(Double.NaN),
                    loads.stream().mapToDouble(Wrk.Load::p99).average().orElse(Double.NaN),
                    costs.containsKey(name) ? Spread.of(cost(name)).value() : null)));
    return rates;
  }

  /** Of two rates, in the order of the rounds. */
  List<Double> ratios(String name, String beside) {
    List<Double> some = each(name);
    List<Double> others = each(beside);
    return IntStream.range(0, Math.min(some.size(), others.size()))
        .mapToObj(round -> some.get(round) / others.get(round))
        .toList();
  }

  /** Rate by rate, round by round; empty if one was not measured. */
  Optional<Ratio> row(String name, String beside, @Nullable Double least) {
    Spread ratio = Spread.of(ratios(name, beside));
    return ratio.isEmpty()
        ? Optional.empty()
        : Optional.of(Ratio.of(name, beside, 0, true, least, ratio));
  }

  /** Likewise, of the processor time that the server takes for an answer. */
  Optional<Ratio> costRow(String name, String beside, @Nullable Double most) {
    Spread ratio = Spread.ofRatios(cost(name), cost(beside));
    return ratio.isEmpty()
        ? Optional.empty()
        : Optional.of(Ratio.of("CPU: " + name, beside, 0, false, most, ratio));
  }

  private List<Double> cost(String name) {
    return costs.getOrDefault(name, List.of());
  }
}
