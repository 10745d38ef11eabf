// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Spread;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Jedis;

/** What is counted, not how fast it goes: renders, waits of a herd, round trips. */
record Herds(Servers servers, int rounds) {
  private static final int SIZE = 200;

  /** Of waits, in each round: a herd is over at once, and never as another. */
  private static final int WAITS = 8;

  /** Of these, what does not count: both sides are to be compiled. */
  private static final int WARM_UPS = 8;

  private static final int FAR_HITS = 1000;

  /** One; idle connections are checked now and then meanwhile. */
  private static final double FAR_HIT_ROUND_TRIPS = 1.01;

  /** How many renders a herd on a page that nobody asked for before costs. */
  Ratio cold(Background site) throws IOException, InterruptedException {
    Herd herd = new Herd(SIZE);
    List<Double> renders = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      long before = renders(site);
      herd.ask(site.port(), Pages.COLD + "?n=" + round);
      renders.add((double) (renders(site) - before));
    }
    return Ratio.of(SIZE + " parallel cold requests", "renders", 0, false, 1.0, Spread.of(renders));
  }

  private long renders(Background site) throws IOException, InterruptedException {
    return Long.parseLong(servers.get(site, Pages.RENDERS));
  }

  /** How long a herd waits for a page that is never stored, with the cache and without. */
  Ratio uncacheable(Background site, Background bare) throws IOException, InterruptedException {
    Herd herd = new Herd(SIZE);
    List<Double> ratios = new ArrayList<>();
    for (int i = -WARM_UPS; i < WAITS * rounds; i++) {
      double with = herd.ask(site.port(), Pages.NEVER).toNanos();
      double without = herd.ask(bare.port(), Pages.NEVER).toNanos();
      if (i >= 0) {
        ratios.add(with / without);
      }
    }
    return Ratio.of(
        SIZE + " parallel uncacheable requests",
        "no cache, time until the last answer",
        0,
        false,
        1.25,
        Spread.of(ratios));
  }

  /** What a stranger's page from the shared store costs, as Redis itself counts. */
  Ratio farHit() throws IOException, InterruptedException {
    // Of its own: the idle connections of other contenders are checked now and then.
    RedisServer alone = servers.keep(RedisServer.start());
    Background far = servers.contender("far", alone.url());
    Target page = Target.of(far.url(Pages.WHOLE));
    servers.hit(page);
    try (Jedis admin = alone.jedis()) {
      long before = reads(admin);
      for (int i = 0; i < FAR_HITS; i++) {
        Recorded.of(servers.client(), page);
      }
      // Less the question itself.
      double reads = reads(admin) - before - 1;
      return Ratio.of(
          "far hit",
          "round trips",
          0,
          false,
          FAR_HIT_ROUND_TRIPS,
          Spread.of(List.of(reads / FAR_HITS)));
    }
  }

  private static long reads(Jedis admin) {
    return admin
        .info("stats")
        .lines()
        .filter(line -> line.startsWith("total_reads_processed:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElseThrow();
  }
}
