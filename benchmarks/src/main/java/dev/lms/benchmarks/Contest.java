// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
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

/** Measures the contenders of the stores by turns, round after round, on a Redis of its own. */
final class Contest {
  private final Effort effort;
  private final Pinning pinning;
  private final Progress progress;
  private final OutputFormat chatter;
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

  List<Score> run() throws RunnerException, IOException, InterruptedException {
    try (RedisServer redis = RedisServer.start()) {
      if (!effort.forks()) {
        // On all cores: the compiler needs the other ones.
        for (String contender : effort.atOneThread()) {
          progress.step("warming up: " + contender, effort.warmUpRoundSeconds());
          measure(contender, 1, 0, redis);
        }
      }
      pinning.pin(redis.process().pid());
      rounds(effort.atOneThread(), 1, redis);
      pinning.release(redis.process().pid());
      rounds(effort.atBusyThreads(), effort.busyThreads(), redis);
    } finally {
      pinning.release();
    }
    return scores;
  }

  private void rounds(List<String> contenders, int threads, RedisServer redis)
      throws RunnerException {
    for (int round = 1; round <= effort.rounds(); round++) {
      for (String contender : contenders) {
        progress.step(
            "round %d of %d: %s".formatted(round, effort.rounds(), contender),
            effort.roundSeconds());
        measure(contender, threads, round, redis);
      }
    }
  }

  /** In round 0 it only warms up. */
  private void measure(String contender, int threads, int round, RedisServer redis)
      throws RunnerException {
    for (RunResult result : new Runner(options(contender, threads, round, redis), chatter).run()) {
      if (round > 0) {
        scores.addAll(Score.of(result, round));
      }
    }
  }

  private Options options(String contender, int threads, int round, RedisServer redis) {
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
        .param(RedisBenchmark.Shared.URL_PARAMETER, redis.url())
        // A contender that failed must not look like one that was not asked for.
        .shouldFailOnError(true)
        .build();
  }

  private static TimeValue time(double seconds) {
    return TimeValue.milliseconds(Math.round(seconds * 1000));
  }
}
