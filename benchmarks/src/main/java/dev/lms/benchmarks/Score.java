// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import java.util.List;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * What one contender took in one round.
 *
 * @param benchmark class and method, such as {@code RedisBenchmark.readRawHgetall}
 * @param time of one operation: the mean of the quickest iteration
 * @param unit of the time, such as {@code us/op}
 * @param bytes that one operation allocated; NaN if nobody counted
 */
record Score(String benchmark, int threads, int round, double time, String unit, double bytes) {
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  /** Of one run of JMH; none if it did not ask for the average time. */
  static List<Score> of(RunResult result, int round) {
    BenchmarkParams params = result.getParams();
    if (params.getMode() != Mode.AverageTime) {
      return List.of();
    }
    Result<?> primary = result.getPrimaryResult();
    double bytes = Double.NaN;
    for (String name : result.getSecondaryResults().keySet()) {
      if (name.endsWith(ALLOCATED)) {
        bytes = result.getSecondaryResults().get(name).getScore();
      }
    }
    return List.of(
        new Score(
            params.getBenchmark().substring(Score.class.getPackageName().length() + 1),
            params.getThreads(),
            round,
            primary.getStatistics().getMin(),
            primary.getScoreUnit(),
            bytes));
  }
}
