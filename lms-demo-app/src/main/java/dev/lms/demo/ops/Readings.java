// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import dev.lms.demo.cache.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What one worker or several say on {@code /metrics}, read back. */
final class Readings {
  private final List<Sample> samples = new ArrayList<>();

  static Readings of(String text) {
    Readings readings = new Readings();
    text.lines().forEach(line -> Sample.parse(line).ifPresent(readings.samples::add));
    return readings;
  }

  static Readings together(List<Readings> some) {
    Readings all = new Readings();
    some.forEach(one -> all.samples.addAll(one.samples));
    return all;
  }

  /** The sum of all that have this name. */
  double sum(String name) {
    return samples.stream().filter(s -> s.name().equals(name)).mapToDouble(Readings::value).sum();
  }

  /** The sums of all that have this name, by the value of a label. */
  Map<String, Double> by(String name, String label) {
    Map<String, Double> sums = new TreeMap<>();
    for (Sample sample : samples) {
      if (sample.name().equals(name) && sample.labels().containsKey(label)) {
        sums.merge(sample.labels().getOrDefault(label, ""), value(sample), Double::sum);
      }
    }
    return sums;
  }

  /** Those that have this name and all these labels. */
  Readings where(String name, String label, String text) {
    Readings some = new Readings();
    samples.stream()
        .filter(s -> s.name().equals(name) && text.equals(s.labels().get(label)))
        .forEach(some.samples::add);
    return some;
  }

  /**
   * The upper bound of the bucket in which so large a part of a histogram's values ends.
   *
   * @param part from 0 to 1
   * @return negative if there are no values; infinite if it is above the last bound
   */
  double quantile(String histogram, String label, String text, double part) {
    Map<Double, Double> upTo = new TreeMap<>();
    where(histogram + "_bucket", label, text)
        .by(histogram + "_bucket", "le")
        .forEach(
            (bound, count) ->
                upTo.put(
                    bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound),
                    count));
    double total = upTo.values().stream().mapToDouble(d -> d).max().orElse(0);
    if (total == 0) {
      return -1;
    }
    return upTo.entrySet().stream()
        .filter(bucket -> bucket.getValue() >= part * total)
        .findFirst()
        .map(Map.Entry::getKey)
        .orElse(Double.POSITIVE_INFINITY);
  }

  private static double value(Sample sample) {
    try {
      return Double.parseDouble(sample.value());
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
