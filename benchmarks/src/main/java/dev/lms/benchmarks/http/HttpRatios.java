// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import dev.lms.benchmarks.report.Rate;
import dev.lms.benchmarks.report.Ratio;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Starts every contender on loopback and measures them by turns. Stops what it started. */
public final class HttpRatios {
  private static final int START_SECONDS = 8;
  private static final int CONNECTIONS = 32;

  /** Of each contender: what slows the machine down for a while is to slow all of them down. */
  private static final int TURN_SECONDS = 1;

  /** Where this runs in the folder of a checkout. */
  private static final Path LAUNCHER = Path.of("lmsctl").toAbsolutePath();

  /**
   * How long to measure.
   *
   * @param warmUpRounds that do not count: the compiler needs about a quarter of a minute of each
   *     contender while all cores are busy
   * @param seconds for each contender in a round, one after the other in turns of one second
   * @param variants whether also gzip and 304 are measured, and the shipped site
   */
  public record Effort(int warmUpRounds, int rounds, int seconds, boolean variants) {
    /** About so many, with all contenders. */
    public int totalSeconds() {
      int measured = variants ? Lineup.OF_THE_JVM + Lineup.VARIANTS : Lineup.OF_THE_JVM;
      int warmUps = measured + Lineup.MORE_WARM_UPS;
      int others = variants ? Lineup.OTHERS + Lineup.OTHER_VARIANTS : Lineup.OTHERS;
      return START_SECONDS
          + warmUps * seconds * warmUpRounds
          + measured * seconds * rounds
          + others * seconds * rounds
          + rounds
          + (variants ? Stress.totalSeconds(this) + Shipped.totalSeconds(this) : 0);
    }
  }

  /** What came of it. */
  public record Outcome(List<Ratio> ratios, List<Rate> rates, List<String> missing) {}

  /** Is told what is measured next. */
  public interface Watcher {
    void measures(String what, double seconds);
  }

  private final Effort effort;
  private final Watcher watcher;
  private final Servers servers;
  private final List<Ratio> rows = new ArrayList<>();
  private final List<Rate> rates = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private HttpRatios(Effort effort, Watcher watcher, Servers servers) {
    this.effort = effort;
    this.watcher = watcher;
    this.servers = servers;
  }

  /** Measures all there is. */
  public static Outcome measure(Effort effort, Watcher watcher)
      throws IOException, InterruptedException {
    try (Servers servers = new Servers()) {
      return new HttpRatios(effort, watcher, servers).measure();
    }
  }

  private Outcome measure() throws IOException, InterruptedException {
    watcher.measures("starting servers", START_SECONDS);
    RedisServer redis = servers.keep(RedisServer.start());
    Background site = servers.contender("site", redis.url());
    Background bare = servers.contender("bare");
    if (Wrk.isThere()) {
      Lineup lineup = Lineup.start(servers, site, redis.url(), effort.variants());
      Loads loads = load(lineup);
      rows.addAll(Lineup.judge(loads));
      rates.addAll(loads.rates(lineup::isOurs));
      notes.addAll(lineup.missing());
    } else {
      notes.add(
          "wrk is not installed, so there are no rates: install it with  apt-get install wrk");
    }
    watcher.measures("herds", effort.rounds());
    Herds herds = new Herds(servers, effort.rounds());
    rows.add(herds.cold(site));
    rows.add(herds.uncacheable(site, bare));
    rows.add(herds.farHit());
    if (effort.variants()) {
      site();
    }
    return new Outcome(rows, rates, notes);
  }

  private void site() throws IOException, InterruptedException {
    Launcher launcher = new Launcher(LAUNCHER, servers.folder());
    if (!Wrk.isThere() || !launcher.isThere()) {
      notes.add("The shipped site is left out: run this in the folder of a checkout, with wrk");
      return;
    }
    add(new Shipped(launcher, servers, effort, watcher).measure());
    try (Stress stress = new Stress(launcher, servers, effort, watcher)) {
      add(stress.measure());
    }
  }

  private void add(Outcome outcome) {
    rows.addAll(outcome.ratios());
    rates.addAll(outcome.rates());
    notes.addAll(outcome.missing());
  }

  /** Round by round, after some that do not count. */
  private Loads load(Lineup lineup) throws IOException, InterruptedException {
    for (int round = 1; round <= effort.warmUpRounds(); round++) {
      for (Entrant entrant : lineup.entrants()) {
        warmUp(entrant);
      }
    }
    Loads loads = new Loads();
    for (int round = 1; round <= effort.rounds(); round++) {
      round(round, lineup.entrants(), loads);
    }
    return loads;
  }

  private void warmUp(Entrant entrant) throws IOException, InterruptedException {
    Wrk wrk = new Wrk(CONNECTIONS, effort.seconds());
    for (int i = 0; i < entrant.warmUps(); i++) {
      watcher.measures("warming up: " + entrant.name(), effort.seconds());
      wrk.run(entrant.target());
    }
  }

  private void round(int round, List<Entrant> entrants, Loads loads)
      throws IOException, InterruptedException {
    Wrk wrk = new Wrk(CONNECTIONS, TURN_SECONDS);
    Map<Entrant, List<Wrk.Load>> turns = new LinkedHashMap<>();
    Map<Entrant, Duration> took = new HashMap<>();
    for (int turn = 0; turn * TURN_SECONDS < effort.seconds(); turn++) {
      for (Entrant entrant : entrants) {
        watcher.measures("round " + round + ": " + entrant.name(), TURN_SECONDS);
        Duration before = entrant.server().processorTime();
        Wrk.Load load = wrk.run(entrant.target());
        Duration now = entrant.server().processorTime();
        turns.computeIfAbsent(entrant, any -> new ArrayList<>()).add(load);
        took.merge(entrant, now.minus(before), Duration::plus);
      }
    }
    turns.forEach(
        (entrant, all) -> loads.add(entrant.name(), Wrk.Load.together(all), took.get(entrant)));
  }
}
