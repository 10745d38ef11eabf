// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataVersionTest {
  private static final int PROCESSES = 8;
  private static final int FILES = 300;

  @TempDir Path folder;

  @Test
  void whoeverOpensItFirstTakesNoChangeFromAnother() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(PROCESSES)) {
      for (int round = 0; round < FILES; round++) {
        Path file = folder.resolve("number-" + round);
        CyclicBarrier together = new CyclicBarrier(PROCESSES);
        Callable<Void> process =
            () -> {
              together.await();
              new DataVersion(file).changed();
              return null;
            };
        for (Future<Void> each : threads.invokeAll(Collections.nCopies(PROCESSES, process))) {
          each.get();
        }
        assertEquals(Optional.of(Integer.toString(PROCESSES)), new DataVersion(file).now());
      }
    }
  }
}
