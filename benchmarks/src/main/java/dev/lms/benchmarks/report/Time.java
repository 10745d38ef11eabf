// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one contender took.
 *
 * @param benchmark class and method, such as {@code RedisBenchmark.read}
 * @param unit of the times, such as {@code us/op}
 * @param rounds of one operation, in the order of the rounds
 * @param bytes that the JVM allocated for one operation; absent if nobody counted
 */
public record Time(
    String benchmark, int threads, String unit, List<Double> rounds, @Nullable Double bytes) {
  /** The quickest round. */
  public double quickest() {
    return Collections.min(rounds);
  }
}
