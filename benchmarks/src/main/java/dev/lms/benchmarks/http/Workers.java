// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Spread;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What several workers of the shipped site take that have just begun: of the processors for each
 * answer, and of memory. As many of the JDK's bare servers are measured by turns with them.
 */
final class Workers {
  /** What the plan gives a worker unless it is told otherwise. */
  static final int WORKER_MB = 200;

  /** Who ask at once of each worker while its memory is watched. */
  static final int CROWD = 2000;

  private static final List<Integer> COUNTS = List.of(1, 2, 4);
  private static final int ROUNDS = 3;
  private static final int CLIENTS = 64;

  /** After which the workers' code is to be as quick as one worker's. */
  private static final int WARM_SECONDS = 3;

  private static final int START_SECONDS = 3;
  private static final double MOST = 1.5;

  /** The supervisor has most in a moment of its first half second, and would be slowed by more. */
  private static final Duration CLOSELY = Duration.ofMillis(10);

  private static final Duration AT_TIMES = Duration.ofMillis(100);

  private final Launcher launcher;
  private final Servers servers;
  private final HttpRatios.Effort effort;
  private final HttpRatios.Watcher watcher;
  private final List<String> notes;
  private final Costs costs = new Costs(new LinkedHashMap<>(), new LinkedHashMap<>());
  private final List<Double> crowded = new ArrayList<>();
  private final List<Double> supervisor = new ArrayList<>();

  /** What all bare servers are like; absent as long as no worker was seen. */
  private @Nullable Bare bare;

  /**
   * Processor microseconds for an answer, round by round, by the number of processes.
   *
   * @param site of workers
   * @param bare of bare servers
   */
  record Costs(Map<Integer, List<Double>> site, Map<Integer, List<Double>> bare) {
    private static List<Double> of(Map<Integer, List<Double>> costs, int count) {
      return costs.getOrDefault(count, List.of());
    }

    /** What so many take for an answer beside what one takes, in the order of the rounds. */
    private static List<Double> growth(Map<Integer, List<Double>> costs, int count) {
      List<Double> several = of(costs, count);
      List<Double> one = of(costs, 1);
      return IntStream.range(0, Math.min(several.size(), one.size()))
          .mapToObj(round -> several.get(round) / one.get(round))
          .toList();
    }
  }

  /**
   * @param notes takes sentences about what could not be measured
   */
  Workers(
      Launcher launcher,
      Servers servers,
      HttpRatios.Effort effort,
      HttpRatios.Watcher watcher,
      List<String> notes) {
    this.launcher = launcher;
    this.servers = servers;
    this.effort = effort;
    this.watcher = watcher;
    this.notes = notes;
  }

  /** About so many. */
  static int totalSeconds(HttpRatios.Effort effort) {
    return COUNTS.stream()
            .mapToInt(count -> ROUNDS * (siteSeconds(count, effort) + seconds(effort)))
            .sum()
        + ROUNDS * effort.seconds();
  }

  /** Workers start one after the other. */
  private static int siteSeconds(int count, HttpRatios.Effort effort) {
    return count * START_SECONDS + seconds(effort);
  }

  private static int seconds(HttpRatios.Effort effort) {
    return WARM_SECONDS + effort.seconds();
  }

  void measure() throws IOException, InterruptedException {
    for (int round = 1; round <= ROUNDS; round++) {
      for (int count : COUNTS) {
        watcher.measures(count + " workers", siteSeconds(count, effort));
        try {
          site(count);
        } catch (IOException e) {
          // What else was measured is worth showing.
          notes.add(count + " workers: " + e.getMessage());
          return;
        }
        watcher.measures(count + " bare servers", seconds(effort));
        bare(count);
      }
    }
  }

  Costs costs() {
    return costs;
  }

  /** The most that each of two workers had for a crowd, beside what the plan gives it. */
  List<Double> crowded() {
    return crowded;
  }

  /** The most that the supervisor of two workers had, in megabytes. */
  List<Double> supervisor() {
    return supervisor;
  }

  /** Each line whose both sides were measured. */
  static List<Ratio> judge(Costs costs) {
    List<Ratio> rows = new ArrayList<>();
    String after = " after " + WARM_SECONDS + " s";
    for (int count : COUNTS.subList(1, COUNTS.size())) {
      add(rows, count + " workers" + after, "one worker", MOST, Costs.growth(costs.site(), count));
    }
    for (int count : COUNTS.subList(1, COUNTS.size())) {
      List<Double> growth = Costs.growth(costs.bare(), count);
      add(rows, count + " bare servers" + after, "one bare server", null, growth);
    }
    for (int count : COUNTS.subList(1, COUNTS.size())) {
      List<Double> site = Costs.growth(costs.site(), count);
      Spread beside = Spread.ofRatios(site, Costs.growth(costs.bare(), count));
      String bare = count + " bare servers beside one";
      add(rows, count + " workers beside one", bare, null, beside.rounds());
    }
    return rows;
  }

  private static void add(
      List<Ratio> rows, String work, String beside, @Nullable Double most, List<Double> rounds) {
    if (!rounds.isEmpty()) {
      rows.add(Ratio.of("CPU: " + work, beside, 0, false, most, Spread.of(rounds)));
    }
  }

  private void site(int count) throws IOException, InterruptedException {
    int port = Background.freePorts(count);
    List<Integer> ports = IntStream.range(port, port + count).boxed().toList();
    Map<String, String> several =
        Map.of("LMS_WORKERS", Integer.toString(count), "LMS_DRAIN_TIMEOUT", "1");
    try (Background site = launcher.launch(port, launcher.newData(), several)) {
      try (Memory memory = Memory.watch(List.of(site.handle()), CLOSELY)) {
        for (int each : ports) {
          site.firstAnswer(each, Shipped.PAGE);
        }
        if (count == 2) {
          supervisor.addAll(memory.most());
        }
      }
      put(costs.site(), ports, List.of(site));
      List<ProcessHandle> workers = site.workers();
      if (count == 2) {
        watcher.measures("the memory of 2 workers", effort.seconds());
        crowd(ports, workers);
      }
      if (count == 1 && bare == null && !workers.isEmpty()) {
        bare = like(workers.get(0), site);
      }
    }
  }

  /** What each worker takes of memory meanwhile; their rates are measured elsewhere. */
  private void crowd(List<Integer> ports, List<ProcessHandle> workers) throws InterruptedException {
    try (Memory memory = Memory.watch(workers, AT_TIMES)) {
      load(ports, CROWD, effort.seconds());
      memory.most().forEach(megabytes -> crowded.add(megabytes / WORKER_MB));
    } catch (IOException e) {
      notes.add("Crowded workers: " + e.getMessage());
    }
  }

  private @Nullable Bare like(ProcessHandle worker, Background site) throws InterruptedException {
    try {
      return Bare.like(servers, worker, Target.of(site.url(Shipped.PAGE)));
    } catch (IOException e) {
      notes.add("There are no bare servers beside the workers: " + e.getMessage());
      return null;
    }
  }

  private void bare(int count) throws IOException, InterruptedException {
    if (bare == null) {
      return;
    }
    List<Background> all = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        all.add(bare.start());
      }
      put(costs.bare(), all.stream().map(Background::port).toList(), all);
    } finally {
      all.forEach(Background::close);
    }
  }

  /** What an answer costs, of processes that have just begun. */
  private void put(
      Map<Integer, List<Double>> costs, List<Integer> ports, List<Background> processes)
      throws IOException, InterruptedException {
    load(ports, CLIENTS / ports.size(), WARM_SECONDS);
    ToLongFunction<Background> nanos = process -> process.processorTime().toNanos();
    long before = processes.stream().mapToLong(nanos).sum();
    long answers = load(ports, CLIENTS / ports.size(), effort.seconds());
    long took = processes.stream().mapToLong(nanos).sum() - before;
    double micros = took / 1000.0;
    costs.computeIfAbsent(ports.size(), any -> new ArrayList<>()).add(micros / answers);
  }

  /** All at once. How many answers came. */
  private static long load(List<Integer> ports, int clientsOfEach, int seconds)
      throws IOException, InterruptedException {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Wrk.Load>> loads = new ArrayList<>();
      for (int port : ports) {
        Target target = Target.of("http://127.0.0.1:" + port + Shipped.PAGE);
        loads.add(clients.submit(() -> new Wrk(clientsOfEach, seconds).goodput(target)));
      }
      long answers = 0;
      for (Future<Wrk.Load> load : loads) {
        answers += load.get().answers();
      }
      return answers;
    } catch (ExecutionException e) {
      throw new IOException("The workers could not be measured: " + e.getCause(), e);
    }
  }
}
