// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

/**
 * What one contender took in one round.
 *
 * @param benchmark class and method, such as {@code RedisBenchmark.readRawHgetall}
 * @param time of one operation: the median of the means of the iterations
 * @param unit of the time, such as {@code us/op}
 */
record Score(String benchmark, int threads, int round, double time, String unit) {}
