// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private int bench(String... arguments) throws InterruptedException {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new Bench(Clock.systemUTC(), out).run(List.of(arguments));
  }

  @Test
  void wrongUsageIs2() throws Exception {
    assertEquals(2, bench());
    assertEquals(2, bench("run"));
    assertEquals(2, bench("run", "slowly", "folder"));
    assertEquals(2, bench("compare", "old"));
    assertEquals(2, bench("compare", "old", "new", "newer"));
    assertEquals(2, bench("spread", "one"));
  }

  @Test
  void nothingToCompareIs1(@TempDir Path folder) throws Exception {
    assertEquals(1, bench("compare", folder.toString(), folder.toString()));
    assertEquals(1, bench("spread", folder.toString(), folder.toString(), folder.toString()));
    Files.writeString(folder.resolve("result.json"), "{}");
    assertEquals(1, bench("compare", folder.toString(), folder.toString()));
  }

  @Test
  void aQuickRunIsPlannedForLessThanThreeMinutesAndAFullOneForFortyMinutes() {
    double quick = Effort.named("quick").orElseThrow().totalSeconds();
    assertTrue(quick < 175, quick + " seconds");
    double full = Effort.named("full").orElseThrow().totalSeconds() / 60;
    assertTrue(full > 20 && full < 41, full + " minutes");
  }

  @Test
  void aQuickRunLeavesOutWhatItCannotTellAndSaysSo() {
    Effort quick = Effort.named("quick").orElseThrow();
    assertTrue(quick.atOneThread().contains("RedisBenchmark.read"));
    assertFalse(quick.atOneThread().contains("FileBenchmark.touch"));
    assertFalse(quick.asksDatabase());
    assertTrue(quick.untold().contains("file: load, touch, store"), quick.untold()::toString);
    assertEquals(List.of(), Effort.named("full").orElseThrow().untold());
  }

  @Test
  void whatEveryLimitIsAboutRuns() {
    Effort full = Effort.named("full").orElseThrow();
    for (Limit limit : Limit.ALL) {
      List<String> run = limit.threads() == 8 ? full.atBusyThreads() : full.atOneThread();
      assertTrue(run.containsAll(List.of(limit.ours(), limit.other())), limit.toString());
    }
  }
}
