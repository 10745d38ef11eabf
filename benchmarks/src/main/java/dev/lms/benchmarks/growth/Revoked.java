// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.benchmarks.report.Spread;
import dev.lms.session.file.FileRevocations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Whether a session was revoked, asked of a list in files by a session that was not. */
final class Revoked {
  private static final String MISS = "miss in the revocation list, files";
  private static final int DIGITS = 32;

  /** Nothing is swept. */
  private static final Instant NOW = Instant.EPOCH;

  private static final Instant UNTIL = NOW.plus(Duration.ofDays(100_000));

  /** Microseconds. */
  private static final double MOST = 1.5;

  private Revoked() {}

  static void measure(Scale scale, Findings findings) throws Exception {
    Turns turns = new Turns();
    turns.curve("Revoked sessions in files", MISS, "revoked", "us");
    List<FileRevocations> lists = new ArrayList<>();
    try (Folder folder = Folder.create()) {
      try {
        for (int size : scale.personSessions()) {
          FileRevocations list = FileRevocations.open(folder.path().resolve("revoked" + size));
          lists.add(list);
          for (int i = 0; i < size; i++) {
            list.revoke(handle(i), UNTIL, NOW);
          }
          String other = handle(size);
          turns.at(MISS, size, Work.repeated(scale.batch(), () -> expectMiss(list, other)));
        }
        findings.measure(turns, scale);
      } finally {
        lists.forEach(FileRevocations::close);
      }
    }
    int most = Scale.last(scale.personSessions());
    findings.beside(
        MISS + ", %,d revoked".formatted(most),
        "1 us",
        Spread.of(findings.curve(MISS).at(most).rounds()),
        MOST);
  }

  private static String handle(int number) {
    return HexFormat.of().toHexDigits(number, DIGITS / 2).repeat(2);
  }

  private static void expectMiss(FileRevocations list, String handle) {
    if (list.isRevoked(handle)) {
      throw new IllegalStateException("a session is revoked that was not");
    }
  }
}
