// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import dev.lms.benchmarks.report.Rate;
import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What each contender carried, round by round. */
final class Loads {
  private final Map<String, List<Wrk.Load>> rounds = new LinkedHashMap<>();

  void add(String name, Wrk.Load load) {
    rounds.computeIfAbsent(name, any -> new ArrayList<>()).add(load);
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
                    loads.stream().mapToDouble(Wrk.Load::p99).average().orElse(Double.NaN))));
    return rates;
  }

  /** Rate by rate, round by round; empty if one was not measured. */
  Optional<Ratio> row(String name, String beside, @Nullable Double least) {
    Spread ratio = Spread.ofRatios(each(name), each(beside));
    return ratio.isEmpty()
        ? Optional.empty()
        : Optional.of(Ratio.of(name, beside, 0, true, least, ratio));
  }
}
