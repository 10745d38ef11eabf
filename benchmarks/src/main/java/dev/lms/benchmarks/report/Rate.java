// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How fast one contender answered over HTTP.
 *
 * @param ours whether it is this project's
 * @param rounds requests per second, in the order of the rounds
 * @param p50 the mean of the rounds' median latencies, in milliseconds
 * @param p99 the mean of the rounds' 99th percentiles, in milliseconds
 * @param cpuMicros of the server for one answer, the round in the middle; absent if nobody counted
 */
public record Rate(
    String name,
    boolean ours,
    List<Double> rounds,
    double p50,
    double p99,
    @Nullable Double cpuMicros) {}
