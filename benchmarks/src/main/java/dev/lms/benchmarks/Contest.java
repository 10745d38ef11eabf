// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.benchmarks.report.Evenness;
import dev.lms.session.jdbc.PostgresServer;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures the contenders of the stores by turns, round after round, on a Redis of its own, and on
 * a PostgreSQL of its own where the machine has one.
 */
final class Contest {
  /** At the machine, before each that is measured. */
  private static final int LOOKS = 3;

  private final Effort effort;
  private final Pinning pinning;
  private final Progress progress;
  private final OutputFormat chatter;
  private final Yardstick yardstick = new Yardstick();
  private final List<Score> scores = new ArrayList<>();

  /**
   * @param chatter takes whatever JMH says
   */
  Contest(Effort effort, Pinning pinning, Progress progress, PrintStream chatter) {
    this.effort = effort;
    this.pinning = pinning;
    this.progress = progress;
    this.chatter = OutputFormatFactory.createFormatInstance(chatter, VerboseMode.NORMAL);
  }

  /** What some contenders need that not every machine has, and where all find their servers. */
  private record Places(String redis, String postgres, List<Long> pids) {
    boolean has(String contender) {
      return !postgres.isEmpty() || !contender.startsWith(Effort.IN_DATABASE);
    }

    long[] processes() {
      return pids.stream().mapToLong(Long::longValue).toArray();
    }
  }

  /** Whether some contenders were left out, because the machine has no PostgreSQL. */
  static boolean lacksDatabase() {
    return !PostgresServer.isInstalled();
  }

  List<Score> run() throws RunnerException, IOException, InterruptedException {
    if (!effort.asksDatabase() || lacksDatabase()) {
      try (RedisServer redis = RedisServer.start()) {
        return run(new Places(redis.url(), "", List.of(redis.process().pid())));
      }
    }
    try (RedisServer redis = RedisServer.start();
        PostgresServer postgres = PostgresServer.start("fsync=off", "full_page_writes=off")) {
      return run(
          new Places(
              redis.url(), postgres.newDatabase(), List.of(redis.process().pid(), postgres.pid())));
    }
  }

  private List<Score> run(Places places) throws RunnerException, IOException, InterruptedException {
    try {
      if (!effort.forks()) {
        // On all cores: the compiler needs the other ones. What contenders share is compiled anew
        // once it has met all of them.
        for (int pass = 0; pass < Effort.WARM_UPS; pass++) {
          for (String contender : effort.atOneThread()) {
            progress.step("warming up: " + contender, effort.warmUpRoundSeconds());
            measure(contender, 1, 0, places);
          }
        }
      }
      // Of a database also what it starts from then on: a process for each connection.
      pinning.pin(places.processes());
      rounds(effort.atOneThread(), 1, places);
      pinning.release(places.processes());
      rounds(effort.atBusyThreads(), effort.busyThreads(), places);
    } finally {
      pinning.release();
    }
    return scores;
  }

  private void rounds(List<String> contenders, int threads, Places places) throws RunnerException {
    for (int round = 1; round <= effort.rounds(); round++) {
      for (String contender : contenders) {
        progress.step(
            "round %d of %d: %s".formatted(round, effort.rounds(), contender),
            effort.roundSeconds());
        for (int i = 0; i < LOOKS; i++) {
          yardstick.measure();
        }
        measure(contender, threads, round, places);
      }
    }
  }

  /** How even the machine was so far; empty if little was measured. */
  Optional<Evenness> evenness() {
    return yardstick.evenness();
  }

  /** In round 0 it only warms up. */
  private void measure(String contender, int threads, int round, Places places)
      throws RunnerException {
    if (!places.has(contender)) {
      return;
    }
    for (RunResult result : new Runner(options(contender, threads, round, places), chatter).run()) {
      if (round > 0) {
        scores.addAll(Score.of(result, round));
      }
    }
  }

  private Options options(String contender, int threads, int round, Places places) {
    boolean warmUp = round == 0;
    return new OptionsBuilder()
        .include('^' + Pattern.quote(Contest.class.getPackageName() + '.' + contender) + '$')
        .forks(effort.forks() ? 1 : 0)
        .threads(threads)
        .warmupIterations(effort.forks() ? 1 : 0)
        .warmupTime(time(effort.warmUpSeconds()))
        .measurementIterations(warmUp ? 1 : effort.iterations())
        .measurementTime(time(warmUp ? effort.warmUpSeconds() : effort.iterationSeconds()))
        .addProfiler(GCProfiler.class)
        .param(RedisBenchmark.Shared.URL_PARAMETER, places.redis())
        .param(JdbcBenchmark.Shared.URL_PARAMETER, places.postgres())
        // A contender that failed must not look like one that was not asked for.
        .shouldFailOnError(true)
        .build();
  }

  private static TimeValue time(double seconds) {
    return TimeValue.milliseconds(Math.round(seconds * 1000));
  }
}
