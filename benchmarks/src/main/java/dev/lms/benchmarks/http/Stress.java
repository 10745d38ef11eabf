// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Spread;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the shipped site still does, with the heap of its plan, when far more ask than it carries,
 * and when its Redis falls silent: answers that are no errors, beside those of a good moment. What
 * the JDK's bare server keeps of its rate stands beside the first, from the same rounds.
 */
final class Stress implements AutoCloseable {
  static final String SITE = "site";
  static final String ROBAHO = SITE + " on robaho";
  static final String BARE = "bare server";
  static final String CALM = SITE + ", 64 clients";
  static final String PAUSED = CALM + ", Redis paused";
  static final String WITH_REDIS = CALM + ", with Redis";

  private static final int CLIENTS = 64;
  private static final List<Integer> CROWDS = List.of(900, 2000);
  private static final double LEAST = 0.9;
  private static final int START_SECONDS = 3;

  /** Of heap, for a bare server that is to lack none. */
  private static final int ROOMY_MB = 400;

  private static final String ROOMY = BARE + ", " + ROOMY_MB + " MB";

  /** None of ours, so that it tells what their server can do at all. */
  private static final List<String> CONTROLS = List.of(BARE, ROOMY);

  private final Launcher launcher;
  private final Servers servers;
  private final HttpRatios.Effort effort;
  private final HttpRatios.Watcher watcher;
  private final List<AutoCloseable> started = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** Answers that were no errors, round by round. */
  private final Loads loads = new Loads();

  Stress(Launcher launcher, Servers servers, HttpRatios.Effort effort, HttpRatios.Watcher watcher) {
    this.launcher = launcher;
    this.servers = servers;
    this.effort = effort;
    this.watcher = watcher;
  }

  /** About so many. */
  static int totalSeconds(HttpRatios.Effort effort) {
    int crowded = (2 + CONTROLS.size()) * (1 + effort.rounds() * (1 + CROWDS.size()));
    int paused = 1 + 2 * effort.rounds();
    return 3 * START_SECONDS + (crowded + paused) * effort.seconds();
  }

  static String crowd(String server, int clients) {
    return server + ", " + clients + " clients";
  }

  /** Every rate, then every ratio. */
  HttpRatios.Outcome measure() throws IOException, InterruptedException {
    crowd();
    pause();
    return new HttpRatios.Outcome(judge(loads), loads.rates(name -> name.startsWith(SITE)), notes);
  }

  /** Each line whose both sides were measured. */
  static List<Ratio> judge(Loads loads) {
    List<Ratio> rows = new ArrayList<>();
    for (int clients : CROWDS) {
      loads.row(crowd(SITE, clients), CALM, LEAST).ifPresent(rows::add);
    }
    for (int clients : CROWDS) {
      loads.row(crowd(ROBAHO, clients), crowd(ROBAHO, CLIENTS), LEAST).ifPresent(rows::add);
    }
    for (String control : CONTROLS) {
      for (int clients : CROWDS) {
        loads.row(crowd(control, clients), crowd(control, CLIENTS), null).ifPresent(rows::add);
      }
    }
    for (int clients : CROWDS) {
      Spread kept =
          kept(
              loads.ratios(crowd(SITE, clients), CALM),
              loads.ratios(crowd(BARE, clients), crowd(BARE, CLIENTS)));
      if (!kept.isEmpty()) {
        String work = "site keeps with " + clients + " clients";
        rows.add(Ratio.of(work, "what the bare server keeps", 0, true, LEAST, kept));
      }
    }
    loads.row(PAUSED, WITH_REDIS, LEAST).ifPresent(rows::add);
    return rows;
  }

  /** A round in which the bare server broke down says nothing; one in which the site did counts. */
  private static Spread kept(List<Double> site, List<Double> bare) {
    List<Double> rounds = new ArrayList<>();
    for (int round = 0; round < Math.min(site.size(), bare.size()); round++) {
      double beside = bare.get(round);
      if (beside > 0 && Double.isFinite(beside)) {
        double ours = site.get(round);
        rounds.add(Double.isFinite(ours) ? ours / beside : 0);
      }
    }
    return Spread.of(rounds);
  }

  /** All by turns: what else the machine does meanwhile falls on all alike. */
  private void crowd() throws IOException, InterruptedException {
    Map<String, Background> all = new LinkedHashMap<>();
    Background site = site(Map.of());
    all.put(SITE, site);
    all.put(ROBAHO, site(Map.of("LMS_HTTP_PROVIDER", "robaho")));
    try {
      Bare bare = Bare.like(servers, site.handle(), Target.of(site.url(Shipped.PAGE)));
      all.put(BARE, keep(bare.start()));
      all.put(ROOMY, keep(bare.withHeap(ROOMY_MB).start()));
    } catch (IOException e) {
      notes.add("There is no bare server beside the crowded site: " + e.getMessage());
    }
    for (Map.Entry<String, Background> each : all.entrySet()) {
      warmUp(each.getKey(), each.getValue());
    }
    for (int round = 1; round <= effort.rounds(); round++) {
      turn(round, CLIENTS, all);
      for (int clients : CROWDS) {
        turn(round, clients, all);
      }
    }
    all.values().forEach(Background::close);
  }

  private void turn(int round, int clients, Map<String, Background> all)
      throws IOException, InterruptedException {
    for (Map.Entry<String, Background> each : all.entrySet()) {
      measure(round, crowd(each.getKey(), clients), each.getValue(), clients);
    }
  }

  private void pause() throws IOException, InterruptedException {
    RedisServer redis = keep(RedisServer.start());
    Background site = site(Map.of("REDIS_URL", redis.url()));
    warmUp(SITE, site);
    for (int round = 1; round <= effort.rounds(); round++) {
      measure(round, WITH_REDIS, site, CLIENTS);
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

  private void warmUp(String name, Background server) throws IOException, InterruptedException {
    measure(0, "warming up the " + name, server, CLIENTS);
  }

  private void measure(int round, String name, Background server, int clients)
      throws IOException, InterruptedException {
    watcher.measures(name, effort.seconds());
    Wrk.Load load = Wrk.Load.NONE;
    try {
      load = new Wrk(clients, effort.seconds()).goodput(Target.of(server.url(Shipped.PAGE)));
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
