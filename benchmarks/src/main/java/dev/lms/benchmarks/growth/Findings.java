// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.benchmarks.report.Curve;
import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Spread;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was found so far. */
final class Findings {
  private final Growth.Cores cores;
  private final List<Curve> curves = new ArrayList<>();
  private final List<Ratio> ratios = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();

  Findings(Growth.Cores cores) {
    this.cores = cores;
  }

  /**
   * Measures curves of one thread, with this process and these servers on one core: a round trip
   * over loopback takes a third of the time there, and otherwise the scheduler decides.
   */
  void measure(Turns turns, Scale scale, Redis... servers) throws Exception {
    turns.warmUp(scale.warmUp());
    long[] processes = Arrays.stream(servers).mapToLong(Redis::process).toArray();
    cores.pin(processes);
    try {
      add(turns.run(scale.rounds()));
    } finally {
      cores.release(processes);
    }
  }

  void add(List<Curve> more) {
    curves.addAll(more);
  }

  void missing(String sentence) {
    missing.add(sentence);
  }

  Curve curve(String what) {
    return curves.stream().filter(curve -> curve.what().equals(what)).findFirst().orElseThrow();
  }

  /** What a curve comes to at its end, beside its beginning. */
  void growth(String what, @Nullable Double atMost) {
    Curve curve = curve(what);
    double first = curve.points().get(0).size();
    growth(what, first, curve.size(), atMost);
  }

  /** What a curve comes to at one size, beside another. */
  void growth(String what, double from, double to, @Nullable Double atMost) {
    Curve curve = curve(what);
    beside(
        what + ", " + Curve.text(to) + ' ' + curve.over(),
        "with " + Curve.text(from),
        curve.growth(from, to),
        atMost);
  }

  void add(Ratio ratio) {
    ratios.add(ratio);
  }

  /** A ratio of which less is better. */
  void beside(String work, String beside, Spread rounds, @Nullable Double atMost) {
    ratios.add(Ratio.of(work, beside, 0, false, atMost, rounds));
  }

  Growth.Outcome outcome() {
    return new Growth.Outcome(List.copyOf(curves), List.copyOf(ratios), List.copyOf(missing));
  }
}
