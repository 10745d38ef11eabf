// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.policy.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Many people ask for a page that is slow to render; and a purge overtakes such a render. */
final class Stampede implements Experiment {
  private static final int CROWD = 200;

  /** So many renders begin before the first may end; without that, it would be luck how many do. */
  private static final int AT_ONCE = 8;

  private static final int LOOKS = 10;

  @Override
  public String id() {
    return "stampede";
  }

  @Override
  public Report run(Bench bench) {
    return new Report(
        List.of(crowd(bench, "naive", AT_ONCE), purge(bench, "naive")),
        List.of(crowd(bench, "ours", 1), purge(bench, "ours")));
  }

  private static String page(String run, String side) {
    return side.equals("ours") ? SlowPage.ours(run) : SlowPage.naive(run);
  }

  private static String prepared(Bench bench, String what) {
    String run = bench.run() + what;
    for (LabWorker worker : List.of(bench.one(), bench.two())) {
      bench.tell(worker, "page/prepare", "run", run);
    }
    bench.tell(bench.one(), "page/edit", "run", run, "version", "1");
    return run;
  }

  private static Report.Row crowd(Bench bench, String side, int atOnce) {
    String run = prepared(bench, "crowd" + side);
    Queue<Visit> visits = new ConcurrentLinkedQueue<>();
    bench.crowd(
        bench.one(),
        SlowPage.gate(run, side),
        atOnce,
        CROWD,
        () -> visits.add(visit(bench, page(run, side))));
    int renders =
        Integer.parseInt(bench.tell(bench.one(), "page/renders", "run", run, "side", side));
    return new Report.Row(
        "Renders for " + CROWD + " people", renders(renders, List.copyOf(visits)));
  }

  private static Visit visit(Bench bench, String page) {
    long began = System.nanoTime();
    Seen seen = bench.person().look(bench.one(), page);
    return new Visit(seen.cacheStatus(), Duration.ofNanos(System.nanoTime() - began));
  }

  /**
   * One of the crowd.
   *
   * @param cacheStatus as in the header
   * @param took until the answer was there
   */
  record Visit(String cacheStatus, Duration took) {
    /** Why it rendered for itself, where it is not promised that it need not (P5). */
    private Optional<String> excuse() {
      boolean rendered = cacheStatus.contains("; fwd=") && !cacheStatus.contains("; collapsed");
      if (!rendered || cacheStatus.endsWith("/" + Reason.NEVER.token())) {
        return Optional.empty();
      }
      if (cacheStatus.endsWith("/" + Reason.STORE.token())) {
        return Optional.of("as " + Reason.STORE.meaning() + " just then");
      }
      return took.compareTo(PageCache.DEFAULT_MAX_WAIT) < 0
          ? Optional.empty()
          : Optional.of("by somebody who had waited as long as anybody has to");
    }
  }

  /**
   * A dot for each render. One is promised to all who wait no longer than the longest wait, while
   * the store of pages answers: on a machine that is too busy for that, others are no mistake.
   */
  static List<Report.Dot> renders(int renders, List<Visit> crowd) {
    List<String> excuses = crowd.stream().flatMap(visit -> visit.excuse().stream()).toList();
    List<Report.Dot> dots = new ArrayList<>();
    for (int i = 1; i <= renders; i++) {
      boolean excused = i > 1 && i - 2 < excuses.size();
      String says = i == 1 ? "the render" : "render " + i + " of the same page";
      dots.add(
          new Report.Dot(i > 1 && !excused, excused ? says + ", " + excuses.get(i - 2) : says));
    }
    return dots;
  }

  private static Report.Row purge(Bench bench, String side) {
    String run = prepared(bench, "purge" + side);
    String path = page(run, side);
    String gate = SlowPage.gate(run, side);
    bench.overtake(
        bench.one(),
        gate,
        () -> bench.person().look(bench.one(), path).body(),
        () -> bench.tell(bench.two(), "page/edit", "run", run, "version", "2"));
    bench.tell(bench.two(), "gate/open", "gate", gate);
    List<Report.Dot> dots = new ArrayList<>();
    for (int i = 0; i < LOOKS; i++) {
      LabWorker worker = bench.turn(i);
      Seen seen = bench.person().look(worker, path);
      if (seen.status() != 200) {
        throw Exchange.failed(worker.name() + " answered " + seen.status());
      }
      boolean old = !seen.body().contains("<b>2</b>");
      dots.add(
          new Report.Dot(old, worker.name() + " shows version " + (old ? "1, from before" : "2")));
    }
    return new Report.Row("After an edit that overtook a slow render", dots);
  }
}
