// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.benchmarks.report.Curve;
import dev.lms.benchmarks.report.Spread;
import dev.lms.session.PrincipalIndex;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code lmsctl session} does to all sessions at once, in Redis. */
final class Census {
  private static final String GROUP = "All sessions at once, Redis";
  private static final String OVER = "signed-in sessions";
  private static final String PURGE = "session purge";
  private static final String STATS = "session stats";
  private static final double SECONDS = 1.5;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MICROS_PER_SECOND = 1e6;

  private Census() {}

  static void measure(Scale scale, Findings findings) throws Exception {
    List<Curve.Point> purge = new ArrayList<>();
    List<Curve.Point> stats = new ArrayList<>();
    // Each round needs all of them anew.
    int rounds = Math.max(1, scale.rounds() / 4);
    try (Redis redis = new Redis()) {
      PrincipalIndex index = redis.store();
      Visits visits = new Visits(redis.store());
      for (int size : scale.purged()) {
        List<Double> purges = new ArrayList<>();
        List<Double> counts = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
          redis.clear();
          int made =
              Filling.fill(
                  size, scale.patience(), number -> visits.signIn("student" + number, Visits.DATA));
          counts.add(seconds(() -> expect(made, index.stats(now()).signedIn())));
          purges.add(seconds(() -> expect(made, index.purge(now()))));
          expect(0, redis.keys());
        }
        purge.add(new Curve.Point(size, purges));
        stats.add(new Curve.Point(size, counts));
      }
    }
    findings.add(List.of(forEach(PURGE, purge), forEach(STATS, stats)));
    seconds(PURGE, purge, findings, SECONDS);
    seconds(STATS, stats, findings, null);
  }

  /** What it takes for each session. */
  private static Curve forEach(String what, List<Curve.Point> seconds) {
    List<Curve.Point> micros =
        seconds.stream()
            .map(
                point ->
                    new Curve.Point(
                        point.size(),
                        point.rounds().stream()
                            .map(round -> round / point.size() * MICROS_PER_SECOND)
                            .toList()))
            .toList();
    return new Curve(GROUP, what, OVER, "us for each", micros);
  }

  private static void seconds(
      String what, List<Curve.Point> points, Findings findings, @Nullable Double limit) {
    Curve.Point last = points.get(points.size() - 1);
    findings.beside(
        what + " of " + Curve.text(last.size()), "1 s", Spread.of(last.rounds()), limit);
  }

  private static Instant now() {
    return Clock.systemUTC().instant();
  }

  private static void expect(long expected, long found) {
    if (expected != found) {
      throw new IllegalStateException("%d sessions instead of %d".formatted(found, expected));
    }
  }

  private static double seconds(Work.Operation operation) throws Exception {
    long start = System.nanoTime();
    operation.run();
    return (System.nanoTime() - start) / NANOS_PER_SECOND;
  }
}
