// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.benchmarks.growth.Growth;
import dev.lms.benchmarks.growth.Scale;
import dev.lms.benchmarks.report.Machine;
import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Result;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** What {@code lmsctl bench growth} does. */
final class GrowthBench {
  private final Clock clock;
  private final PrintStream out;
  private final Progress progress;

  GrowthBench(Clock clock, PrintStream out, Progress progress) {
    this.clock = clock;
    this.out = out;
    this.progress = progress;
  }

  /**
   * Measures, reports, and draws the chart once more into the folder of the documents' pictures.
   *
   * @return 0 if all limits hold, otherwise 1
   */
  int run(Scale scale, Path folder, List<Path> pictures) throws IOException, InterruptedException {
    Instant began = clock.instant();
    Files.createDirectories(folder);
    Machine machine = Machine.look();
    if (machine.wasBusy()) {
      out.println("The machine is busy: do not trust these figures.");
    }
    Pinning pinning = Pinning.find();
    Growth.Outcome outcome = Growth.measure(scale, cores(pinning), progress::step);
    progress.end();
    List<String> missing = new ArrayList<>(outcome.missing());
    if (!pinning.isPossible()) {
      missing.add("taskset is not there, so that each round trip is of the fast or the slow kind");
    }
    Result result =
        new Result(
            "lmsctl bench growth",
            began.truncatedTo(ChronoUnit.SECONDS).toString(),
            Duration.between(began, clock.instant()).toSeconds(),
            Sources.commit(),
            machine,
            Sources.versions(),
            outcome.ratios(),
            List.of(),
            List.of(),
            List.of(),
            missing,
            outcome.curves());
    result.write(folder);
    for (Path further : pictures) {
      result.writeCharts(further);
    }
    out.print(Ratio.table(outcome.ratios()));
    missing.forEach(out::println);
    int broken = result.broken();
    out.println(broken == 0 ? "All limits hold." : "Limits that do not hold: " + broken);
    out.println("The report is " + folder.resolve("report.md"));
    return broken == 0 ? 0 : 1;
  }

  private static Growth.Cores cores(Pinning pinning) {
    return new Growth.Cores() {
      @Override
      public void pin(long... others) throws IOException, InterruptedException {
        pinning.pin(others);
      }

      @Override
      public void release(long... others) throws IOException, InterruptedException {
        pinning.release(others);
      }
    };
  }
}
