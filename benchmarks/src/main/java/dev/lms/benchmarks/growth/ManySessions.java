// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A request where there are many sessions, in Redis. */
final class ManySessions {
  private static final String GROUP = "Sessions in Redis";
  private static final String OVER = "sessions";
  private static final String READ = "read, Redis";
  private static final String CHANGE = "read and change, Redis";
  private static final String SIGN_IN = "sign-in of somebody new, Redis";

  /** Of these sessions requests come, by turns; all others are there as well. */
  private static final int VISITORS = 200;

  private static final int KB_OF_A_SESSION = 2;
  private static final int KB_OF_A_MB = 1024;

  private ManySessions() {}

  static void measure(Scale scale, Findings findings) throws Exception {
    Turns turns = new Turns();
    turns.curve(GROUP, READ, OVER, "us");
    turns.curve(GROUP, CHANGE, OVER, "us");
    turns.curve(GROUP, SIGN_IN, OVER, "us");
    List<Redis> servers = new ArrayList<>();
    try {
      for (int size : scale.redisSessions()) {
        if (availableMb() < (long) size * KB_OF_A_SESSION / KB_OF_A_MB + KB_OF_A_MB) {
          findings.missing("There is too little memory for %,d sessions in Redis".formatted(size));
          continue;
        }
        Redis redis = new Redis();
        servers.add(redis);
        Visits visits = new Visits(redis.store());
        List<String> cookies = new ArrayList<>();
        cookies.add(visits.signIn("student0", Visits.DATA));
        int visitors = Math.min(VISITORS, size / 2);
        redis.copy(size - visitors);
        for (int i = 1; i < visitors; i++) {
          cookies.add(visits.signIn("student" + i, Visits.DATA));
        }
        ByTurns next = new ByTurns(cookies);
        turns.at(READ, size, Work.repeated(scale.batch(), () -> visits.read(next.cookie())));
        turns.at(CHANGE, size, Work.repeated(scale.batch(), () -> visits.change(next.cookie())));
        turns.at(SIGN_IN, size, Work.timed(scale.batch(), () -> signIn(visits)));
      }
      findings.measure(turns, scale, servers.toArray(Redis[]::new));
    } finally {
      servers.forEach(Redis::close);
    }
    findings.growth(READ, null);
    findings.growth(CHANGE, null);
    findings.growth(SIGN_IN, null);
  }

  private static long signIn(Visits visits) {
    long start = System.nanoTime();
    String cookie = visits.signIn("somebody", Visits.DATA);
    long nanos = System.nanoTime() - start;
    visits.end(cookie);
    return nanos;
  }

  /** What programs may take; a great deal where nobody says. */
  private static long availableMb() throws IOException {
    Path file = Path.of("/proc/meminfo");
    if (!Files.isReadable(file)) {
      return Long.MAX_VALUE;
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith("MemAvailable:"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / KB_OF_A_MB)
          .findFirst()
          .orElse(Long.MAX_VALUE);
    }
  }
}
