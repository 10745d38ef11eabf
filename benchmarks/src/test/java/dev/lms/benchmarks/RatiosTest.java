// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;

class RatiosTest {
  private static Score score(String benchmark, int threads, int round, double time) {
    return new Score(benchmark, threads, round, time, "us/op", Double.NaN);
  }

  private static List<String> rows(Score... scores) {
    return Ratios.table(List.of(scores))
        .lines()
        .map(line -> line.strip().replaceAll(" +", " "))
        .toList();
  }

  @Test
  void eachStoreStandsBesideItsOwnContendersAtTheSameThreads() {
    assertEquals(
        List.of(
            "threads store time beside time ratio",
            "1 A.read 30.00 us/op A.readRawGetex 25.00 us/op 1.20",
            "1 A.read 30.00 us/op A.readRawHgetall 20.00 us/op 1.50",
            "8 A.read 90.00 us/op A.readRawGetex 100.00 us/op 0.90"),
        rows(
            score("A.read", 1, 1, 30),
            score("A.readRawHgetall", 1, 1, 20),
            score("A.readRawGetex", 1, 1, 25),
            score("A.ready", 1, 1, 1),
            score("B.readRaw", 1, 1, 1),
            score("A.read", 8, 1, 90),
            score("A.readRawGetex", 8, 1, 100)));
  }

  @Test
  void ofSeveralRoundsTheQuickestOfEachCounts() {
    assertEquals(
        List.of(
            "threads store time beside time ratio",
            "1 A.read 10.00 us/op A.readRaw 5.00 us/op 2.00 (1.00 - 3.00)"),
        rows(
            score("A.read", 1, 1, 10),
            score("A.read", 1, 2, 20),
            score("A.read", 1, 3, 30),
            score("A.readRaw", 1, 1, 5),
            score("A.readRaw", 1, 2, 20),
            score("A.readRaw", 1, 3, 10),
            // A round in which the other did not run.
            score("A.readRaw", 1, 4, 25)));
  }

  @Test
  void withoutAPairThereIsNoTable() {
    assertEquals(
        List.of(
            "No store ran beside another contender in average-time mode, so there is no ratio."),
        rows(score("A.read", 1, 1, 10)));
  }

  private static List<String> judged(Score... scores) {
    return Ratios.judged(List.of(scores))
        .lines()
        .map(line -> line.strip().replaceAll(" +", " "))
        .toList();
  }

  @Test
  void limitsAreJudgedByTheQuickestAtTheirOwnThreads() {
    assertEquals(
        List.of(
            "threads work beside limit ratio",
            "1 read-only request RedisBenchmark.readRawHgetall <= 1.15 x 1.10 (1.10 - 1.30) holds",
            "8 read-only request RedisBenchmark.readRawHgetall <= 1.25 x 1.20 holds"),
        judged(
            score("RedisBenchmark.read", 1, 1, 11),
            score("RedisBenchmark.read", 1, 2, 12),
            score("RedisBenchmark.read", 1, 3, 13),
            score("RedisBenchmark.readRawHgetall", 1, 1, 10),
            score("RedisBenchmark.readRawHgetall", 1, 2, 10),
            score("RedisBenchmark.readRawHgetall", 1, 3, 10),
            score("RedisBenchmark.read", 8, 1, 24),
            score("RedisBenchmark.readRawHgetall", 8, 1, 20)));
  }

  @Test
  void aLimitOfAtLeastTurnsTheRatioRound() {
    assertEquals(
        List.of(
            "threads work beside limit ratio",
            "8 read-only request RedisBenchmark.readSpringJedis >= 4.00 x 4.00 holds",
            "8 create, ours in the index RedisBenchmark.createSpringJedis >= 2.50 x 2.40 does not hold"),
        judged(
            score("RedisBenchmark.read", 8, 1, 10),
            score("RedisBenchmark.readSpringJedis", 8, 1, 40),
            score("RedisBenchmark.create", 8, 1, 10),
            score("RedisBenchmark.createSpringJedis", 8, 1, 24)));
  }

  @Test
  void withoutAPairNothingIsJudged() {
    assertEquals(List.of(), judged(score("RedisBenchmark.read", 1, 1, 10)));
  }

  @Test
  void everyLimitIsAboutBenchmarksThereAre() throws Exception {
    for (Limit limit : Limit.ALL) {
      for (String benchmark : List.of(limit.ours(), limit.other())) {
        String[] names = benchmark.split("\\.", -1);
        Class<?> type = Class.forName(Limit.class.getPackageName() + "." + names[0]);
        assertTrue(type.getMethod(names[1]).isAnnotationPresent(Benchmark.class), benchmark);
      }
    }
  }
}
