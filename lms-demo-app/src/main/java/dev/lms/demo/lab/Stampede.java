// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import java.util.ArrayList;
import java.util.List;

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
    bench.crowd(
        bench.one(),
        SlowPage.gate(run, side),
        atOnce,
        CROWD,
        () -> bench.person().look(bench.one(), page(run, side)));
    int renders =
        Integer.parseInt(bench.tell(bench.one(), "page/renders", "run", run, "side", side));
    List<Report.Dot> dots = new ArrayList<>();
    for (int i = 1; i <= renders; i++) {
      dots.add(new Report.Dot(i > 1, i == 1 ? "the render" : "render " + i + " of the same page"));
    }
    return new Report.Row("Renders for " + CROWD + " people", dots);
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
      boolean old = !bench.person().look(worker, path).body().contains("<b>2</b>");
      dots.add(
          new Report.Dot(old, worker.name() + " shows version " + (old ? "1, from before" : "2")));
    }
    return new Report.Row("After an edit that overtook a slow render", dots);
  }
}
