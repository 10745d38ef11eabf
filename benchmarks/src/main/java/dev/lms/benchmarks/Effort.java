// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.benchmarks.guarantees.Guarantees;
import dev.lms.benchmarks.http.HttpRatios;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How much time a run takes for how good a figure.
 *
 * @param forks whether every contender of every round has a JVM of its own, which warms up each
 *     time; else all share one, which warms up once
 * @param warmUpSeconds of one contender, before each of its rounds or {@value #WARM_UPS} times
 * @param iterations of one contender in a round, of which the quickest counts
 * @param contenders none but these, whatever the limits name; null for all that it can tell about
 * @param busyThreads at which reads are measured, beside one thread; 0 for none
 * @param http null if nothing is measured over HTTP
 * @param guarantees whether these are played as well
 */
record Effort(
    boolean forks,
    int rounds,
    double warmUpSeconds,
    int iterations,
    double iterationSeconds,
    @Nullable List<String> contenders,
    int busyThreads,
    HttpRatios.@Nullable Effort http,
    boolean guarantees) {

  private static final Effort QUICK =
      new Effort(false, 3, 1, 3, 0.2, null, 0, new HttpRatios.Effort(3, 4, 1, false), true);
  private static final Effort FULL =
      new Effort(true, 3, 11, 5, 1, null, 8, new HttpRatios.Effort(3, 5, 3, true), true);

  /** For tests of the command: figures that mean nothing. */
  private static final Effort GLANCE =
      new Effort(
          false,
          2,
          0.02,
          1,
          0.02,
          List.of("RedisBenchmark.read", "RedisBenchmark.readRawHgetall", "CookieBenchmark.read"),
          0,
          null,
          false);

  /** How often the contenders that share a JVM do so before the first round. */
  static final int WARM_UPS = 2;

  /** How the contenders begin that need one. */
  static final String IN_DATABASE = JdbcBenchmark.class.getSimpleName() + '.';

  /** What a fork and its connections take to start; without a fork, the connections alone. */
  private static final double FORK_SECONDS = 1.5;

  private static final double CONNECT_SECONDS = 0.3;

  static Optional<Effort> named(String name) {
    return switch (name) {
      case "quick" -> Optional.of(QUICK);
      case "full" -> Optional.of(FULL);
      case "glance" -> Optional.of(GLANCE);
      default -> Optional.empty();
    };
  }

  /** The contenders that the limits are about, in their order. */
  List<String> atOneThread() {
    return contenders != null
        ? contenders
        : Limit.ALL.stream()
            .filter(this::tells)
            .flatMap(limit -> Stream.of(limit.ours(), limit.other()))
            .distinct()
            .toList();
  }

  private boolean tells(Limit limit) {
    return forks || !limit.inForks();
  }

  /** What it says nothing about. */
  List<String> untold() {
    return contenders != null
        ? List.of()
        : Limit.ALL.stream().filter(limit -> !tells(limit)).map(Limit::what).distinct().toList();
  }

  boolean asksDatabase() {
    return atOneThread().stream().anyMatch(name -> name.startsWith(IN_DATABASE));
  }

  /** The contenders of those limits that are about so many threads and no others. */
  List<String> atBusyThreads() {
    return Limit.ALL.stream()
        .filter(limit -> limit.threads() == busyThreads && busyThreads > 1)
        .flatMap(limit -> Stream.of(limit.ours(), limit.other()))
        .distinct()
        .toList();
  }

  /** What one contender takes in one round. */
  double roundSeconds() {
    double measured = iterations * iterationSeconds;
    return forks ? FORK_SECONDS + warmUpSeconds + measured : CONNECT_SECONDS + measured;
  }

  /** What it takes each time before the first round. */
  double warmUpRoundSeconds() {
    return forks ? 0 : CONNECT_SECONDS + warmUpSeconds;
  }

  /** About so many for everything. */
  double totalSeconds() {
    int runs = atOneThread().size() + atBusyThreads().size();
    return rounds * runs * roundSeconds()
        + WARM_UPS * runs * warmUpRoundSeconds()
        + (http == null ? 0 : http.totalSeconds())
        + (guarantees ? Guarantees.CELLS * Guarantees.CELL_SECONDS : 0);
  }
}
