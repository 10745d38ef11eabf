// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.benchmarks.report.Curve;
import dev.lms.benchmarks.report.Spread;
import java.util.List;

/** Requests to a session that holds much, in Redis. */
final class SessionSize {
  private static final String GROUP = "Size of one session, Redis";
  private static final String OVER = "KB";
  private static final String READ = "read";
  private static final String SET = "set";
  private static final String ADD = "add";
  private static final String ADD_INSIDE = "add, inside Redis";
  private static final String BYTES = "what Redis sends for a read";
  private static final double LIMIT = 1.3;

  /** From this size on an increment is judged. */
  private static final int JUDGED = 16;

  private static final int INSIDE = 50;
  private static final int BYTES_PER_KILOBYTE = 1000;

  private SessionSize() {}

  static void measure(Scale scale, Findings findings) throws Exception {
    Turns turns = new Turns();
    for (String what : List.of(READ, SET, ADD, ADD_INSIDE)) {
      turns.curve(GROUP, what, OVER, "us");
    }
    turns.curve(GROUP, BYTES, OVER, "B for each B");
    try (Redis redis = new Redis()) {
      Visits visits = new Visits(redis.store());
      for (int size : scale.kilobytes()) {
        String read = visits.begin(Visits.data(size));
        String set = visits.begin(Visits.data(size));
        String added = visits.begin(Visits.data(size));
        turns.at(READ, size, Work.repeated(scale.batch(), () -> visits.read(read)));
        turns.at(SET, size, Work.repeated(scale.batch(), () -> visits.set(set)));
        turns.at(ADD, size, Work.repeated(scale.batch(), () -> visits.add(added)));
        turns.at(ADD_INSIDE, size, () -> redis.inside(INSIDE, () -> times(visits, added)));
        turns.at(
            BYTES,
            size,
            () ->
                redis.bytesSent(
                    INSIDE * size * BYTES_PER_KILOBYTE,
                    () -> {
                      for (int i = 0; i < INSIDE; i++) {
                        visits.read(read);
                      }
                    }));
      }
      findings.measure(turns, scale, redis);
    }
    findings.growth(READ, null);
    Curve set = findings.curve(SET);
    Curve add = findings.curve(ADD);
    for (int size : List.of(JUDGED, Scale.last(scale.kilobytes()))) {
      findings.beside(
          "add in a session of %d KB".formatted(size),
          "set in the same session",
          Spread.ofRatios(add.at(size).rounds(), set.at(size).rounds()),
          LIMIT);
    }
    findings.growth(BYTES, null);
  }

  private static void times(Visits visits, String cookie) {
    for (int i = 0; i < INSIDE; i++) {
      visits.add(cookie);
    }
  }
}
