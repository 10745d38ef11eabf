// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.WorkerProcess;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WarmUpIT {
  private static final String VISITED = "Warmed up by ";

  private static Map<String, String> production(int port) {
    return Map.of(
        "LMS_ENV", "production",
        "SECRET_KEY", "a secret for tests, long enough 0001",
        "LMS_PORT", Integer.toString(port),
        "LMS_DRAIN_TIMEOUT", "1");
  }

  @Test
  void aWorkerAmongOthersIsVisitedBeforeItServes() {
    int port = WorkerProcess.freePorts(2);
    try (WorkerProcess supervisor = WorkerProcess.serve(production(port), "--workers", "2")) {
      for (int each = port; each < port + 2; each++) {
        String mark = "[" + each + "] ";
        supervisor.awaitOutput(mark + Supervisor.READY);
        String before = supervisor.output();
        before = before.substring(0, before.indexOf(mark + Supervisor.READY));
        assertTrue(
            before.lines().anyMatch(line -> line.startsWith(mark) && line.contains(VISITED)),
            before);
        assertFalse(before.contains("/course/explore"), before);
      }
    }
  }

  /** Together they would take the processors from each other, and the first as long as the last. */
  @Test
  void noMoreBeginAtOnceThanHaveProcessors() {
    int atOnce = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    int count = atOnce + 1;
    int port = WorkerProcess.freePorts(count);
    try (WorkerProcess supervisor =
        WorkerProcess.start(production(port), "--workers", Integer.toString(count))) {
      AtomicLong most = new AtomicLong();
      supervisor.await(
          () -> {
            long begun = supervisor.handle().children().count();
            boolean serves = supervisor.output().contains(Supervisor.READY);
            if (!serves) {
              most.accumulateAndGet(begun, Math::max);
            }
            return serves;
          },
          "the first to serve");
      assertEquals(atOnce, most.get());
      supervisor.awaitOutput("[" + (port + count - 1) + "] " + Supervisor.READY);
    }
  }

  /** Nobody is there to serve meanwhile. */
  @Test
  void aSiteAloneServesAtOnce() {
    try (WorkerProcess alone = WorkerProcess.serve(production(0))) {
      assertFalse(alone.output().contains(VISITED), alone.output());
    }
  }
}
