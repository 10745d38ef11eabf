// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final AtomicLong nanos = new AtomicLong();

  private Progress progress(boolean terminal, double planned) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new Progress(out, terminal, planned, nanos::get);
  }

  private void pass(long seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void offATerminalEachTenthIsALine() {
    Progress progress = progress(false, 200);
    for (int step = 0; step < 40; step++) {
      progress.step("step " + step, 5);
      pass(5);
    }
    progress.end();
    assertEquals(10, lines().size());
    assertEquals("  0 %, 3:20 left: step 0", lines().get(0));
    assertEquals(" 50 %, 1:40 left: step 20", lines().get(5));
    assertEquals(-1, bytes.toString(StandardCharsets.UTF_8).indexOf('\r'));
  }

  @Test
  void onATerminalItIsOneLine() {
    Progress progress = progress(true, 120);
    progress.step("one", 60);
    progress.step("two", 60);
    progress.end();
    assertEquals(1, bytes.toString(StandardCharsets.UTF_8).replaceAll("\r", "").lines().count());
    assertEquals(
        "[############------------] 1:00 left: two",
        bytes.toString(StandardCharsets.UTF_8).split("\r", -1)[2].strip());
    assertEquals(-1, bytes.toString(StandardCharsets.UTF_8).indexOf('\u001b'));
  }

  @Test
  void aSlowMachineHasMoreTimeLeft() {
    Progress progress = progress(false, 100);
    progress.step("one", 50);
    pass(100);
    progress.step("two", 50);
    assertTrue(lines().get(1).contains("1:40 left"), lines().toString());
  }
}
