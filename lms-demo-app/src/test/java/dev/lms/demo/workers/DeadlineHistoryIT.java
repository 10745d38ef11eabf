// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.workers.SessionHistoryRun.Ages;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** G6 in random histories: sessions that end by themselves while many act on them. */
class DeadlineHistoryIT {
  @Test
  void everySessionEndsInTime() throws Exception {
    judge(Backend.Kind.REDIS);
  }

  @Test
  @Tag("long")
  void everySessionInADatabaseEndsInTime() throws Exception {
    judge(Backend.Kind.POSTGRES);
  }

  @Test
  @Tag("long")
  void everySessionInSqliteEndsInTime() throws Exception {
    judge(Backend.Kind.SQLITE);
  }

  @Test
  @Tag("long")
  void everySessionInFilesEndsInTime() throws Exception {
    judge(Backend.Kind.FILE);
  }

  private static void judge(Backend.Kind kind) throws Exception {
    SessionHistoryRun run = new SessionHistoryRun(kind, 16, 240, Ages.SHORT, Seed.next());
    run.judge();
    assertTrue(run.begunAnew() > 0, "no session ended by itself");
  }
}
