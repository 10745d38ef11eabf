// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Spread;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the shipped site takes: time to start, room on disk and in memory, several workers. */
final class Shipped {
  static final String PAGE = "/course/explore";

  private static final int MEGABYTE = 1_000_000;
  private static final int CACHE_SECONDS = 30;
  private static final int START_SECONDS = 2;

  /** In each round, since one may take twice as long as another. */
  private static final int PURGES = 3;

  private static final int PURGE_SECONDS = 1;

  private final Launcher launcher;
  private final Servers servers;
  private final HttpRatios.Effort effort;
  private final HttpRatios.Watcher watcher;
  private final List<String> notes = new ArrayList<>();

  Shipped(
      Launcher launcher, Servers servers, HttpRatios.Effort effort, HttpRatios.Watcher watcher) {
    this.launcher = launcher;
    this.servers = servers;
    this.effort = effort;
    this.watcher = watcher;
  }

  /** About so many. */
  static int totalSeconds(HttpRatios.Effort effort) {
    int starts = START_SECONDS + PURGES * PURGE_SECONDS;
    return CACHE_SECONDS + starts * effort.rounds() + Workers.totalSeconds(effort);
  }

  HttpRatios.Outcome measure() throws IOException, InterruptedException {
    List<Ratio> rows = new ArrayList<>();
    rows.add(start());
    double jar = Files.size(launcher.jar()) / (double) MEGABYTE;
    rows.add(row("the site's jar", "MB", 14, List.of(jar)));
    Workers workers = new Workers(launcher, servers, effort, watcher, notes);
    workers.measure();
    if (!workers.crowded().isEmpty()) {
      String work = "worker with " + Workers.CROWD + " clients, PSS";
      rows.add(row(work, "the plan's " + Workers.WORKER_MB + " MB", 1, workers.crowded()));
    }
    if (!workers.supervisor().isEmpty()) {
      rows.add(row("supervisor, PSS", "MB", 40, workers.supervisor()));
    }
    rows.addAll(Workers.judge(workers.costs()));
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

  /** While another node has near copies as well. */
  private Ratio firstPurge() throws IOException, InterruptedException {
    RedisServer redis = servers.keep(RedisServer.start());
    Background other = servers.contender("purge", redis.url());
    servers.get(other, FirstPurge.PURGE);
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < PURGES * effort.rounds(); i++) {
      watcher.measures("the first purge of a new process", PURGE_SECONDS);
      try (Background fresh = servers.contender("purge", redis.url())) {
        millis.add(Long.parseLong(servers.get(fresh, FirstPurge.PURGE)) / 1e6);
      }
    }
    return row("first purge of a new process", "milliseconds", 50, millis);
  }
}
