// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MoveProgressTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private long nanos;

  private MoveProgress of(long total) {
    return MoveProgress.of(
        total, new PrintStream(shown, true, StandardCharsets.UTF_8), () -> nanos);
  }

  private List<String> lines() {
    return shown.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aLineForEachTenthSaysHowFastAndHowLong() {
    MoveProgress progress = of(1_000);
    for (int i = 1; i <= 1_000; i++) {
      nanos += 10_000_000;
      progress.moved(i);
    }
    assertEquals(10, lines().size());
    assertEquals("100 of 1000 sessions, 100/s, 9 s left", lines().get(0));
    assertEquals("1000 of 1000 sessions, 100/s, 0 s left", lines().get(9));
  }

  @Test
  void moreThanWereCountedAreNoTrouble() {
    MoveProgress progress = of(0);
    nanos += 1_000_000_000;
    progress.moved(0);
    progress.moved(1);
    assertEquals(List.of("1 of 1 sessions, 1/s, 0 s left"), lines());
  }
}
