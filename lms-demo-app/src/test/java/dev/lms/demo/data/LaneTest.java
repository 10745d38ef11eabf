// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LaneTest {
  /**
   * As whatever else of the site comes first. The driver alone would take a copy of its own, and a
   * site that another test starts in this process then crashes it.
   */
  @BeforeAll
  static void decideWhichCopyOfSqliteThisProcessHas(@TempDir Path folder) {
    SqliteLibrary.keepIn(folder);
  }

  private static Lane lane(int queue, Duration patience) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    return new Lane("test", "BEGIN", List.of(connection), queue, patience);
  }

  @Test
  @Timeout(120)
  void aCallerWhoWaitedTooLongIsToldSoAndTheWorkNeverRuns() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (Lane lane = lane(10, Duration.ofMillis(50));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> slow =
          callers.submit(
              () ->
                  begun(
                      lane,
                      sql -> {
                        begun.countDown();
                        await(release);
                        return "done";
                      }));
      begun.await();
      assertThrows(DatabaseBusyException.class, () -> lane.run(sql -> runs.incrementAndGet()));
      release.countDown();
      // Work that has begun is waited for, however long: its caller must know what became of it.
      assertEquals("done", slow.get());
      assertEquals("next", begun(lane, sql -> "next"));
      assertEquals(0, runs.get());
    }
  }

  /** Asks again where this machine was too busy to begin within so short a patience. */
  private static String begun(Lane lane, Database.Work<String> work) throws Exception {
    while (true) {
      try {
        return lane.run(work);
      } catch (DatabaseBusyException e) {
        // The work never runs then.
      }
    }
  }

  @Test
  @Timeout(120)
  void theLineBeforeTheDatabaseIsBounded() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (Lane lane = lane(1, Duration.ofSeconds(30));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> waiting =
          List.of(
              callers.submit(
                  () ->
                      lane.run(
                          sql -> {
                            begun.countDown();
                            await(release);
                            return true;
                          })));
      begun.await();
      CountDownLatch refused = new CountDownLatch(1);
      List<Future<Boolean>> late = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        late.add(
            callers.submit(
                () -> {
                  try {
                    return lane.run(sql -> true);
                  } catch (DatabaseBusyException e) {
                    refused.countDown();
                    return false;
                  }
                }));
      }
      // One waits in the line of one, the other finds it full.
      refused.await();
      release.countDown();
      assertEquals(true, waiting.getFirst().get());
      assertEquals(true, late.get(0).get() ^ late.get(1).get());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
