package dev.lms.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class RatiosTest {
  private static Score score(String benchmark, int threads, int round, double time) {
    return new Score(benchmark, threads, round, time, "us/op");
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
  void ofSeveralRoundsTheMedianOfTheirOwnRatiosCounts() {
    assertEquals(
        List.of(
            "threads store time beside time ratio",
            "1 A.read 20.00 us/op A.readRaw 15.00 us/op 2.00 (1.00 - 3.00)"),
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
}
