// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WarmerTest {
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** Keeps what is scheduled until it is told to run it, and with what delay it was. */
  private static final class ManualScheduler extends ScheduledThreadPoolExecutor {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<Duration> delays = new ArrayList<>();

    ManualScheduler() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      tasks.add(task);
      delays.add(Duration.of(delay, unit.toChronoUnit()));
      // Nobody asks for it.
      return super.schedule(() -> {}, 0, TimeUnit.NANOSECONDS);
    }

    boolean runOne() {
      Runnable task = tasks.poll();
      if (task != null) {
        task.run();
      }
      return task != null;
    }

    void runAll() {
      while (runOne()) {}
    }
  }

  private final ManualScheduler scheduler = new ManualScheduler();
  private final List<String> visits = new ArrayList<>();
  private final List<Warmer.Progress> seen = new ArrayList<>();
  private final Warmer warmer = new Warmer(this::visit, scheduler, PAUSE, seen::add);

  @AfterEach
  void stop() {
    scheduler.shutdownNow();
  }

  private void visit(String target) throws IOException {
    visits.add(target);
    if (target.equals("/broken")) {
      throw new IOException("on purpose");
    }
    if (target.equals("/bug")) {
      throw new IllegalStateException("on purpose");
    }
  }

  @Test
  void visitsInOrderAndTellsHowFarItIs() {
    warmer.warm(List.of("/", "/broken", "/bug", "/a"));
    assertEquals(new Warmer.Progress(0, 0, 0, 4), warmer.progress());
    scheduler.runAll();
    assertEquals(List.of("/", "/broken", "/bug", "/a"), visits);
    assertEquals(
        List.of(
            new Warmer.Progress(1, 0, 0, 3),
            new Warmer.Progress(1, 1, 0, 2),
            new Warmer.Progress(1, 2, 0, 1),
            new Warmer.Progress(2, 2, 0, 0)),
        seen);
  }

  @Test
  void pausesBetweenVisitsHoweverOftenItIsAsked() {
    warmer.warm(List.of("/a"));
    scheduler.runOne();
    warmer.warm(List.of("/b"));
    assertEquals(1, scheduler.tasks.size(), "one step is scheduled at any time");
    scheduler.runOne();
    warmer.warm(List.of("/c"));
    scheduler.runAll();
    assertEquals(List.of("/a", "/b", "/c"), visits);
    assertEquals(List.of(Duration.ZERO, PAUSE, PAUSE, PAUSE), scheduler.delays);
    warmer.warm(List.of("/d"));
    scheduler.runAll();
    assertEquals(4, visits.size(), "it begins anew after a time with nothing to do");
  }

  @Test
  void whatWaitsIsVisitedOnceAndWhatIsBeingVisitedAgain() {
    List<Warmer> itself = new ArrayList<>();
    Warmer again =
        new Warmer(
            target -> {
              visits.add(target);
              if (visits.size() == 1) {
                // A purge in the middle of the visit: what it renders is of no use.
                itself.get(0).warm(List.of(target));
              }
            },
            scheduler,
            PAUSE,
            seen::add);
    itself.add(again);
    again.warm(List.of("/a", "/a"));
    again.warm(List.of("/a"));
    scheduler.runAll();
    assertEquals(List.of("/a", "/a"), visits);
  }

  @Test
  void aListWithoutEndIsCut() {
    warmer.warm(IntStream.range(0, Warmer.MAX_WAITING + 7).mapToObj(i -> "/" + i).toList());
    warmer.warm(List.of("/0"));
    assertEquals(new Warmer.Progress(0, 0, 7, Warmer.MAX_WAITING), warmer.progress());
  }

  @Test
  void noVisitBeginsAfterTheEnd() {
    warmer.warm(List.of("/a", "/b"));
    scheduler.runOne();
    warmer.close();
    scheduler.runAll();
    warmer.warm(List.of("/c"));
    scheduler.runAll();
    assertEquals(List.of("/a"), visits);
  }

  @Test
  void aSchedulerThatEndsFirstIsNoAccident() {
    ScheduledThreadPoolExecutor ended = new ScheduledThreadPoolExecutor(1);
    ended.shutdown();
    try (Warmer late = new Warmer(this::visit, ended, PAUSE, seen::add)) {
      late.warm(List.of("/a"));
      assertEquals(0, late.progress().waiting());
    }
    assertTrue(visits.isEmpty());
    assertFalse(scheduler.runOne());
  }
}
