// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private static String shown(boolean terminal, long total) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ProgressBar bar =
        ProgressBar.of(
            "Port 1",
            total,
            "pages",
            terminal,
            new PrintStream(bytes, true, StandardCharsets.UTF_8));
    for (long done = 1; done <= total; done++) {
      bar.at(done);
    }
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  @Test
  void onATerminalItIsDrawnOver() {
    assertEquals(
        "\rPort 1 [###############---------------] 1 of 2 pages"
            + "\rPort 1 [##############################] 2 of 2 pages\n",
        shown(true, 2));
  }

  @Test
  void elsewhereTenLinesAreEnoughAndNothingIsDrawn() {
    String lines = shown(false, 40);
    assertEquals(10, lines.lines().count(), lines);
    assertEquals(-1, lines.indexOf('\r'));
  }
}
