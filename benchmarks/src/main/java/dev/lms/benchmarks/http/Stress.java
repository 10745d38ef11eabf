// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import dev.lms.benchmarks.report.Ratio;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the shipped site still does, with the heap of its plan, when far more ask than it carries,
 * and when its Redis falls silent: answers that are no errors, beside those of a good moment.
 */
final class Stress implements AutoCloseable {
  static final String CALM = "site, 64 clients";
  static final String PAUSED = "site, 64 clients, Redis paused";

  private static final int CLIENTS = 64;
  private static final List<Integer> CROWDS = List.of(900, 2000);
  private static final double LEAST = 0.9;
  private static final int START_SECONDS = 3;

  private final Launcher launcher;
  private final HttpRatios.Effort effort;
  private final HttpRatios.Watcher watcher;
  private final List<AutoCloseable> started = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** Answers that were no errors, round by round. */
  private final Loads loads = new Loads();

  Stress(Launcher launcher, HttpRatios.Effort effort, HttpRatios.Watcher watcher) {
    this.launcher = launcher;
    this.effort = effort;
    this.watcher = watcher;
  }

  /** About so many. */
  static int totalSeconds(HttpRatios.Effort effort) {
    int crowded = 1 + effort.rounds() * (1 + CROWDS.size());
    int paused = 1 + 2 * effort.rounds();
    return 2 * START_SECONDS + (crowded + paused) * effort.seconds();
  }

  private static String crowd(int clients) {
    return "site, " + clients + " clients";
  }

  /** Every rate, then every ratio. */
  HttpRatios.Outcome measure() throws IOException, InterruptedException {
    crowd();
    pause();
    List<Ratio> rows = new ArrayList<>();
    for (int clients : CROWDS) {
      loads.row(crowd(clients), CALM, LEAST).ifPresent(rows::add);
    }
    loads.row(PAUSED, CALM + ", with Redis", LEAST).ifPresent(rows::add);
    return new HttpRatios.Outcome(rows, loads.rates(any -> true), notes);
  }

  private void crowd() throws IOException, InterruptedException {
    Background site = site(Map.of());
    warmUp(site);
    for (int round = 1; round <= effort.rounds(); round++) {
      measure(round, CALM, site, CLIENTS);
      for (int clients : CROWDS) {
        measure(round, crowd(clients), site, clients);
      }
    }
    site.close();
  }

  private void pause() throws IOException, InterruptedException {
    RedisServer redis = keep(RedisServer.start());
    Background site = site(Map.of("REDIS_URL", redis.url()));
    warmUp(site);
    for (int round = 1; round <= effort.rounds(); round++) {
      measure(round, CALM + ", with Redis", site, CLIENTS);
      redis.pause();
      try {
        measure(round, PAUSED, site, CLIENTS);
      } finally {
        redis.resume();
      }
      site.await("/readyz");
    }
    site.close();
  }

  private void warmUp(Background site) throws IOException, InterruptedException {
    measure(0, "warming up the site", site, CLIENTS);
  }

  private void measure(int round, String name, Background site, int clients)
      throws IOException, InterruptedException {
    watcher.measures(name, effort.seconds());
    Wrk.Load load = Wrk.Load.NONE;
    try {
      load = new Wrk(clients, effort.seconds()).goodput(Target.of(site.url(Shipped.PAGE)));
    } catch (IOException e) {
      notes.add(name + ": " + e.getMessage());
    }
    if (round > 0) {
      loads.add(name, load, null);
    }
  }

  private Background site(Map<String, String> more) throws IOException {
    watcher.measures("starting the site", START_SECONDS);
    int port = Background.freePort();
    Background site = keep(launcher.launch(port, launcher.newData(), more));
    site.firstAnswer(port, Shipped.PAGE);
    return site;
  }

  private <T extends AutoCloseable> T keep(T server) {
    started.add(0, server);
    return server;
  }

  @Override
  public void close() {
    for (AutoCloseable server : started) {
      try {
        server.close();
      } catch (Exception e) {
        System.err.println("Could not stop a server: " + e.getMessage());
      }
    }
  }
}
