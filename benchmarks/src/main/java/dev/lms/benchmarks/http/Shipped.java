// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Spread;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** What the shipped site takes: time to start, room on disk and in memory, several workers. */
final class Shipped {
  static final String PAGE = "/course/explore";

  private static final int MEGABYTE = 1_000_000;
  private static final int MEBIBYTE_IN_KIB = 1024;

  /** What the plan gives a worker unless it is told otherwise. */
  private static final int WORKER_MB = 200;

  private static final List<Integer> WORKERS = List.of(1, 2, 4);
  private static final int WORKER_ROUNDS = 2;
  private static final int CLIENTS = 64;

  /** After which the workers' code is to be as quick as one worker's. */
  private static final int WARM_SECONDS = 3;

  private static final int CACHE_SECONDS = 30;
  private static final int START_SECONDS = 2;

  private final Launcher launcher;
  private final Servers servers;
  private final HttpRatios.Effort effort;
  private final HttpRatios.Watcher watcher;
  private final List<String> notes = new ArrayList<>();

  /** Processor microseconds for an answer, by the number of workers. */
  private final Map<Integer, List<Double>> costs = new LinkedHashMap<>();

  private final List<Double> memory = new ArrayList<>();

  Shipped(
      Launcher launcher, Servers servers, HttpRatios.Effort effort, HttpRatios.Watcher watcher) {
    this.launcher = launcher;
    this.servers = servers;
    this.effort = effort;
    this.watcher = watcher;
  }

  /** About so many. */
  static int totalSeconds(HttpRatios.Effort effort) {
    int workers = WORKERS.size() * (START_SECONDS + WARM_SECONDS + effort.seconds());
    return CACHE_SECONDS + START_SECONDS * effort.rounds() + WORKER_ROUNDS * workers;
  }

  HttpRatios.Outcome measure() throws IOException, InterruptedException {
    List<Ratio> rows = new ArrayList<>();
    rows.add(start());
    double jar = Files.size(launcher.jar()) / (double) MEGABYTE;
    rows.add(row("the site's jar", "MB", 14, List.of(jar)));
    workers();
    if (!memory.isEmpty()) {
      rows.add(row("loaded worker, PSS", "the plan's " + WORKER_MB + " MB", 1, memory));
    }
    List<Double> alone = costs.getOrDefault(1, List.of());
    for (int count : WORKERS.subList(1, WORKERS.size())) {
      Spread ratio = Spread.ofRatios(costs.getOrDefault(count, List.of()), alone);
      rows.add(
          Ratio.of(
              "CPU: " + count + " workers after " + WARM_SECONDS + " s",
              "one worker",
              0,
              false,
              1.5,
              ratio));
    }
    rows.add(firstPurge());
    return new HttpRatios.Outcome(rows, List.of(), notes);
  }

  private static Ratio row(String work, String beside, double most, List<Double> rounds) {
    return Ratio.of(work, beside, 0, false, most, Spread.of(rounds));
  }

  /** Of what a checkout has that was started before: with its data and what the JVM has learned. */
  private Ratio start() throws IOException {
    watcher.measures("starting the site for the first time", CACHE_SECONDS);
    Path data = launcher.newData();
    int first = Background.freePort();
    try (Background site = launcher.launch(first, data, Map.of())) {
      site.firstAnswer(first, PAGE);
      if (!launcher.awaitCache()) {
        notes.add(
            "No cache of what the JVM learns was made beside the site's jar: it starts slower");
      }
    }
    List<Double> ratios = new ArrayList<>();
    for (int round = 1; round <= effort.rounds(); round++) {
      watcher.measures("starting the site and a bare server", START_SECONDS);
      int port = Background.freePort();
      double ours;
      try (Background site = launcher.launch(port, data, Map.of())) {
        ours = site.firstAnswer(port, PAGE).toNanos();
      }
      try (Background bare = bare()) {
        ratios.add(ours / bare.firstAnswer(bare.port(), "/").toNanos());
      }
    }
    return row("lmsctl serve, first answer", "the JDK's bare server", 3.4, ratios);
  }

  /** The JDK's own program that serves a folder, which has to load nothing else. */
  private Background bare() throws IOException {
    int port = Background.freePort();
    Path empty = Files.createTempDirectory(servers.folder(), "bare");
    return Background.launch(
        port,
        servers.folder().resolve("bare-" + port + ".log"),
        Map.of(),
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "-m",
            "jdk.httpserver",
            "-b",
            "127.0.0.1",
            "-p",
            Integer.toString(port),
            "-d",
            empty.toString(),
            "-o",
            "none"));
  }

  private void workers() throws IOException, InterruptedException {
    for (int round = 1; round <= WORKER_ROUNDS; round++) {
      for (int count : WORKERS) {
        watcher.measures(
            count + " workers", START_SECONDS + WARM_SECONDS + (double) effort.seconds());
        workers(count);
      }
    }
  }

  private void workers(int count) throws IOException, InterruptedException {
    int port = Background.freePorts(count);
    Map<String, String> several =
        Map.of("LMS_WORKERS", Integer.toString(count), "LMS_DRAIN_TIMEOUT", "1");
    try (Background site = launcher.launch(port, launcher.newData(), several)) {
      for (int i = 0; i < count; i++) {
        site.firstAnswer(port + i, PAGE);
      }
      load(port, count, WARM_SECONDS);
      Duration before = site.processorTime();
      long answers = load(port, count, effort.seconds());
      double took = site.processorTime().minus(before).toNanos() / 1000.0;
      costs.computeIfAbsent(count, any -> new ArrayList<>()).add(took / answers);
      for (ProcessHandle worker : site.workers()) {
        Double kib = pssKib(worker.pid());
        if (kib != null) {
          memory.add(kib / MEBIBYTE_IN_KIB / WORKER_MB);
        }
      }
    }
  }

  /** All workers at once, each with its share of the clients. How many answers came. */
  private static long load(int port, int count, int seconds)
      throws IOException, InterruptedException {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Wrk.Load>> loads = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Target target = Target.of("http://127.0.0.1:" + (port + i) + PAGE);
        loads.add(clients.submit(() -> new Wrk(CLIENTS / count, seconds).goodput(target)));
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

  /** What a process takes of memory, shared pages by their share; null where nobody says. */
  static @Nullable Double pssKib(long pid) throws IOException {
    Path rollup = Path.of("/proc", Long.toString(pid), "smaps_rollup");
    if (!Files.isReadable(rollup)) {
      return null;
    }
    return Files.readAllLines(rollup).stream()
        .filter(line -> line.startsWith("Pss:"))
        .map(line -> Double.valueOf(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElse(null);
  }

  /** While another node has near copies as well. */
  private Ratio firstPurge() throws IOException, InterruptedException {
    RedisServer redis = servers.keep(RedisServer.start());
    Background other = servers.contender("purge", redis.url());
    servers.get(other, FirstPurge.PURGE);
    List<Double> millis = new ArrayList<>();
    for (int round = 1; round <= effort.rounds(); round++) {
      watcher.measures("the first purge of a new process", 1);
      try (Background fresh = servers.contender("purge", redis.url())) {
        millis.add(Long.parseLong(servers.get(fresh, FirstPurge.PURGE)) / 1e6);
      }
    }
    return row("first purge of a new process", "milliseconds", 50, millis);
  }
}
