// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StabilityTest {
  private static Ratio ratio(String work, @Nullable Double limit, double... rounds) {
    return Ratio.of(work, "other", 1, true, limit, Spread.of(boxed(rounds)));
  }

  private static List<Double> boxed(double... numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  private static Result run(int cpus, Ratio... ratios) {
    return new Result(
        "",
        "2026-01-02T03:04:05Z",
        1,
        "",
        new Machine(cpus, "Some CPU", 2048, "Linux 6", "ext4", 0.1, null),
        Map.of(),
        List.of(ratios),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  private static List<String> lines(Result... runs) {
    return Stability.of(List.of(runs))
        .lines()
        .map(line -> line.strip().replaceAll(" +", " "))
        .toList();
  }

  @Test
  void theRunFarthestFromTheOneInTheMiddleSaysHowSteadyARatioIs() {
    assertEquals(
        List.of(
            "work beside threads runs deviation limit holds",
            "edge other 1 1.00 (0.85 - 1.15) 15.0 % within 15 %",
            "above other 1 1.00 (0.90 - 1.16) 16.0 % not within 15 % 2 of 3",
            "below other 1 1.00 (0.80 - 1.00) 20.0 % not within 15 % 0 of 3",
            "none other 1 0.00 (0.00 - 0.00) 0.0 % within 15 % 3 of 3",
            "2 of 4 ratios are not within 15 %."),
        lines(
            run(
                2,
                ratio("edge", null, 0.85),
                ratio("above", 1.0, 1.0),
                ratio("below", 1.1, 1.0),
                ratio("none", 0.0, 0)),
            // Of the rounds of one run what counts is the ratio.
            run(
                2,
                ratio("edge", null, 0.1, 1.0, 7),
                ratio("above", 1.0, 1.16),
                ratio("below", 1.1, 1.0),
                ratio("none", 0.0, 0)),
            run(
                2,
                ratio("edge", null, 1.15),
                ratio("above", 1.0, 0.9),
                ratio("below", 1.1, 0.8),
                ratio("none", 0.0, 0))));
  }

  @Test
  void whatIsNotInEveryRunIsNamedAndNotCounted() {
    List<String> lines =
        lines(run(2, ratio("both", 1.0, 1)), run(2, ratio("both", 1.0, 1), ratio("one", 1.0, 1)));
    assertEquals(
        List.of("In 1 of 2 runs: one / other / 1", "All 1 ratios are within 15 %."),
        lines.subList(2, lines.size()));
  }

  @Test
  void whatIsNoNumberIsNotSteady() {
    List<String> lines =
        lines(run(2, ratio("odd", null, 1)), run(2, ratio("odd", null, Double.NaN)));
    assertTrue(lines.contains("1 of 1 ratios are not within 15 %."), lines.toString());
  }

  @Test
  void anUnevenMachineIsSaid() {
    Result run = run(2);
    Result uneven =
        new Result(
            "",
            "2026-01-02T03:04:05Z",
            1,
            "",
            run.machine().with(new Evenness(8.5, 1.44, 1.64)),
            Map.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of());
    List<String> lines = lines(run, uneven);
    assertEquals(
        "Run 2: The machine was uneven: the same reads of memory took 1.44 times as long as at best,"
            + " and 1.64 times in one of ten. Something else uses its caches; ratios may be off by"
            + " as much.",
        lines.get(0));
  }

  @Test
  void anotherMachineIsSaid() {
    List<String> lines = lines(run(2), run(2), run(4));
    assertEquals("Not the same machine as in the first run:", lines.get(0));
    assertTrue(lines.get(1).startsWith("4 x Some CPU"), lines.toString());
    assertTrue(lines(run(2), run(2)).get(0).startsWith("work"));
  }
}
