// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.benchmarks.report.Spread;
import dev.lms.session.SessionStore;
import dev.lms.session.file.FileSessionStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** A request where there are many sessions, in files; and what it takes to begin further ones. */
final class ManyFiles {
  private static final String GROUP = "Sessions in files";
  private static final String OVER = "sessions";
  private static final String READ = "read, files";
  private static final String CHANGE = "read and change, files";
  private static final int VISITORS = 200;
  private static final double NANOS_PER_MILLI = 1_000_000;

  /** The 999th of a thousand may take so many milliseconds, and the mean so much of the median. */
  private static final double MOST_MILLIS = 5;

  private static final double MEAN = 1.5;
  private static final double RARE = 0.999;

  private ManyFiles() {}

  /** One folder and who visits. */
  private record Site(int size, Path folder, SessionStore store, ByTurns cookies) {}

  static void measure(Scale scale, Findings findings) throws Exception {
    Turns turns = new Turns();
    turns.curve(GROUP, READ, OVER, "us");
    turns.curve(GROUP, CHANGE, OVER, "us");
    List<Site> sites = new ArrayList<>();
    try (Folder folder = Folder.create()) {
      try {
        for (int size : scale.fileSessions()) {
          Site site = fill(folder.path().resolve("sessions" + size), size, scale);
          sites.add(site);
          if (site.size() < size) {
            findings.missing(
                "Files were filled for %d s: %,d of %,d sessions fitted"
                    .formatted(scale.patience().toSeconds(), site.size(), size));
          }
          Visits visits = new Visits(site.store());
          ByTurns next = site.cookies();
          turns.at(
              READ, site.size(), Work.repeated(scale.batch(), () -> visits.read(next.cookie())));
          turns.at(
              CHANGE,
              site.size(),
              Work.repeated(scale.batch(), () -> visits.change(next.cookie())));
        }
        findings.measure(turns, scale);
      } finally {
        for (Site site : sites) {
          site.store().close();
        }
      }
      creates(sites.get(sites.size() - 1), scale, findings);
    }
    findings.growth(READ, null);
    findings.growth(CHANGE, null);
  }

  private static Site fill(Path folder, int size, Scale scale) throws Exception {
    SessionStore store = FileSessionStore.open(folder, Visits.KEYS);
    Visits visits = new Visits(store);
    int every = Math.max(1, size / VISITORS);
    List<String> cookies = Collections.synchronizedList(new ArrayList<>());
    int made =
        Filling.fill(
            size,
            scale.patience(),
            number -> {
              String cookie = visits.begin(Visits.DATA);
              if (number % every == 0) {
                cookies.add(cookie);
              }
            });
    return new Site(made, folder, store, new ByTurns(cookies));
  }

  /** In a process that has just started: while it sweeps what is there. */
  private static void creates(Site site, Scale scale, Findings findings) {
    long[] nanos = new long[scale.creates()];
    try (SessionStore store = FileSessionStore.open(site.folder(), Visits.KEYS)) {
      Visits visits = new Visits(store);
      for (int i = 0; i < nanos.length; i++) {
        long start = System.nanoTime();
        visits.begin(Visits.DATA);
        nanos[i] = System.nanoTime() - start;
      }
    }
    double mean = Arrays.stream(nanos).average().orElseThrow();
    Arrays.sort(nanos);
    double median = nanos[nanos.length / 2];
    findings.beside("create in files, mean", "median", one(mean / median), MEAN);
    findings.beside(
        "create in files, p99.9",
        "1 ms",
        one(nanos[(int) (nanos.length * RARE)] / NANOS_PER_MILLI),
        MOST_MILLIS);
    findings.beside(
        "create in files, worst", "1 ms", one(nanos[nanos.length - 1] / NANOS_PER_MILLI), null);
  }

  private static Spread one(double value) {
    return Spread.of(List.of(value));
  }
}
