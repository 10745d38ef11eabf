// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.benchmarks.growth.Growth;
import dev.lms.benchmarks.growth.Scale;
import dev.lms.benchmarks.guarantees.Guarantees;
import dev.lms.benchmarks.http.HttpRatios;
import dev.lms.benchmarks.report.Cell;
import dev.lms.benchmarks.report.Comparison;
import dev.lms.benchmarks.report.Evenness;
import dev.lms.benchmarks.report.Machine;
import dev.lms.benchmarks.report.Rate;
import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Result;
import dev.lms.benchmarks.report.Stability;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.runner.RunnerException;

/**
 * What {@code lmsctl bench} does. Its arguments come from there: {@code run quick|full FOLDER} with
 * {@code docs} behind it if the charts of the documents are to be drawn, {@code growth FOLDER}
 * likewise, {@code compare OLD NEW} or {@code spread RUN RUN...}. It runs in the folder of the
 * checkout.
 *
 * <p>Exits with 0, 1 if it failed or a limit does not hold, 2 for wrong usage.
 */
final class Bench {
  private static final Path TARGET = Path.of("benchmarks", "target", "bench");
  private static final Path PICTURES = Path.of("docs", "images");
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final Clock clock;
  private final PrintStream out;

  Bench(Clock clock, PrintStream out) {
    this.clock = clock;
    this.out = out;
  }

  /** Runs one command and returns its exit code. */
  int run(List<String> args) throws InterruptedException {
    try {
      if (args.size() == 3 && args.get(0).equals("compare")) {
        Result old = Result.read(Path.of(args.get(1)));
        out.print(Comparison.of(old, Result.read(Path.of(args.get(2)))));
        return 0;
      }
      if (args.size() >= 3 && args.get(0).equals("spread")) {
        List<Result> runs = new ArrayList<>();
        for (String run : args.subList(1, args.size())) {
          runs.add(Result.read(Path.of(run)));
        }
        out.print(Stability.of(runs));
        return 0;
      }
      if (!args.isEmpty() && args.size() <= 3 && args.get(0).equals("guarantees")) {
        return guarantees(args.size() > 1 ? args.get(1) : "", args.size() > 2 ? args.get(2) : "");
      }
      if (!args.isEmpty() && args.size() <= 3 && args.get(0).equals("growth")) {
        return growth(new ArrayList<>(args.subList(1, args.size())));
      }
      Optional<Effort> effort =
          args.size() >= 2 && args.get(0).equals("run")
              ? Effort.named(args.get(1))
              : Optional.empty();
      if (effort.isEmpty()) {
        System.err.println("Read on: lmsctl bench --help");
        return 2;
      }
      List<String> rest = new ArrayList<>(args.subList(2, args.size()));
      boolean docs = rest.remove("docs");
      return measure(args.get(1), effort.get(), rest.stream().findFirst().map(Path::of), docs);
    } catch (IOException | RunnerException e) {
      System.err.println("lmsctl bench: " + e.getMessage());
      return 1;
    }
  }

  private int guarantees(String scenario, String contender)
      throws IOException, InterruptedException {
    Progress progress =
        new Progress(
            out, isTerminal(), Guarantees.CELLS * Guarantees.CELL_SECONDS, System::nanoTime);
    List<Cell> cells =
        Guarantees.play(scenario, contender, what -> progress.step(what, Guarantees.CELL_SECONDS));
    progress.end();
    if (cells.isEmpty()) {
      System.err.println("lmsctl bench: there is no such cell; lmsctl bench guarantees plays all");
      return 2;
    }
    out.print(Guarantees.table(cells));
    Guarantees.missing().forEach(out::println);
    return cells.stream().anyMatch(cell -> cell.ours() && cell.broken() > 0) ? 1 : 0;
  }

  /** With {@code docs} and a folder, both of which may be left out. */
  private int growth(List<String> rest) throws IOException, InterruptedException {
    Progress progress = new Progress(out, isTerminal(), Growth.SECONDS, System::nanoTime);
    List<Path> pictures = rest.remove("docs") ? List.of(PICTURES) : List.of();
    Path folder =
        rest.stream()
            .findFirst()
            .map(Path::of)
            .orElseGet(() -> TARGET.resolve(MOMENT.format(clock.instant()) + "-growth"));
    return new GrowthBench(clock, out, progress).run(Scale.FULL, folder, pictures);
  }

  private int measure(String name, Effort effort, Optional<Path> asked, boolean docs)
      throws IOException, InterruptedException, RunnerException {
    Instant began = clock.instant();
    Path folder = asked.orElse(TARGET.resolve(MOMENT.format(began) + '-' + name));
    Files.createDirectories(folder);
    Path log = folder.resolve("jmh.log");
    Machine machine = Machine.look();
    if (machine.wasBusy()) {
      out.println("The machine is busy: do not trust these figures.");
    }
    List<String> missing = new ArrayList<>();
    Pinning pinning = Pinning.find();
    if (!pinning.isPossible()) {
      missing.add(
          "taskset is not there, so that each round trip is either of the fast or of the slow kind:"
              + " look at the spreads");
    }
    if (!effort.untold().isEmpty()) {
      missing.add(
          "Only a full run measures, with a JVM for each contender: "
              + String.join("; ", effort.untold()));
    }
    if (effort.asksDatabase() && Contest.lacksDatabase()) {
      missing.add("PostgreSQL is not installed, so that sessions in a database were not measured");
    }
    Progress progress = new Progress(out, isTerminal(), effort.totalSeconds(), System::nanoTime);
    List<Score> scores;
    Optional<Evenness> evenness;
    try (PrintStream chatter = new PrintStream(log.toFile(), StandardCharsets.UTF_8)) {
      Contest contest = new Contest(effort, pinning, progress, chatter);
      scores = contest.run();
      evenness = contest.evenness();
    } catch (RunnerException e) {
      throw new IOException(e.getMessage() + "; what JMH said is in " + log, e);
    }
    List<Ratio> ratios = new ArrayList<>(Ratios.judge(scores));
    List<Rate> rates = List.of();
    if (effort.http() != null) {
      HttpRatios.Outcome pages = HttpRatios.measure(effort.http(), progress::step);
      ratios.addAll(pages.ratios());
      rates = pages.rates();
      missing.addAll(pages.missing());
    }
    List<Cell> cells = List.of();
    if (effort.guarantees()) {
      cells = Guarantees.play("", "", what -> progress.step(what, Guarantees.CELL_SECONDS));
      Guarantees.missing().stream().filter(line -> !missing.contains(line)).forEach(missing::add);
    }
    progress.end();
    Result result =
        new Result(
            "lmsctl bench --" + name,
            began.truncatedTo(ChronoUnit.SECONDS).toString(),
            Duration.between(began, clock.instant()).toSeconds(),
            Sources.commit(),
            evenness.map(machine::with).orElse(machine),
            Sources.versions(),
            ratios,
            Ratios.times(scores),
            rates,
            cells,
            missing);
    result.write(folder);
    if (docs) {
      result.writeCharts(PICTURES);
    }
    out.print(Ratio.table(ratios));
    missing.forEach(out::println);
    if (!cells.isEmpty()) {
      out.println(Guarantees.summary(cells));
    }
    evenness.filter(even -> !even.isEven()).ifPresent(even -> out.println(even.text()));
    int broken = result.broken();
    out.println(broken == 0 ? "All limits hold." : "Limits that do not hold: " + broken);
    out.println("The report is " + folder.resolve("report.md"));
    return broken == 0 ? 0 : 1;
  }

  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }
}
