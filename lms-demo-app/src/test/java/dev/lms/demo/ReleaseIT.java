// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the libraries would be published as. */
class ReleaseIT {
  private static final int PATIENCE_MINUTES = 30;

  @TempDir Path temporary;

  @Test
  @Tag("long")
  void isReproducibleAndWhatCentralAsksFor() throws Exception {
    Path log = temporary.resolve("log");
    Process script =
        new ProcessBuilder("bash", Path.of("..", ".ci", "reproducible").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertTrue(script.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES), "does not end");
      assertEquals(0, script.exitValue(), Files.readString(log));
    } finally {
      script.descendants().forEach(ProcessHandle::destroyForcibly);
      script.destroyForcibly();
    }
  }
}
