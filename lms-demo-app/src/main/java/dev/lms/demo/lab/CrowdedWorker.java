// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.cache.Workers;
import dev.lms.demo.config.Config;
import dev.lms.demo.http.HttpProblem;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A real worker process that shares the machine with too many others, and whoever starts it again
 * when it has died. Its heap stands for its part of the machine: what it lacks it really lacks, and
 * nobody else does. There is one at a time, for the newest run, and it ends after a while by
 * itself. Thread-safe.
 */
final class CrowdedWorker implements AutoCloseable {
  /** What the plan gives the heap of a worker of 200 MB, which is the default. */
  static final int PLAN_MB = 120;

  /** What is left when three workers run where there is room for one. It is enough for a start. */
  static final int CROWDED_MB = PLAN_MB / 3;

  /** Together more than the crowded heap and less than half of the plan's. */
  static final int UPLOADS = 12;

  static final int UPLOAD_MB = 4;

  private static final int LIFETIME_MINUTES = 10;
  private static final int DEATH_SECONDS = 10;

  private final Config config;
  private final Exchange exchange;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable ChildWorker worker;
  private String owner = "";
  private int heapMb = CROWDED_MB;
  private boolean closed;

  CrowdedWorker(Config config, Exchange exchange) {
    this.config = config;
    this.exchange = exchange;
  }

  /** Starts it for a run, with too little memory. Whoever ran something before has lost it. */
  void begin(String run) {
    lock.lock();
    try {
      owner = run;
      start(CROWDED_MB, 0);
    } finally {
      lock.unlock();
    }
  }

  /** Starts it with what the plan says, in its old place. */
  void giveWhatThePlanSays(String run) {
    lock.lock();
    try {
      start(PLAN_MB, require(run).port());
    } finally {
      lock.unlock();
    }
  }

  int heapMb() {
    return heapMb;
  }

  /** The process that serves now; a dead one is started again, as a supervisor does. */
  LabWorker now(String run) {
    lock.lock();
    try {
      ChildWorker child = require(run);
      return named(child.isAlive() ? child : start(heapMb, child.port()));
    } finally {
      lock.unlock();
    }
  }

  private ChildWorker require(String run) {
    if (worker == null || !owner.equals(run)) {
      throw new HttpProblem(
          409,
          "Begun elsewhere since",
          "There is one crowded worker, and a newer run has taken it. Begin this one again.");
    }
    return worker;
  }

  private ChildWorker start(int megabytes, int port) {
    if (closed) {
      throw Exchange.failed("This worker is stopping.");
    }
    if (worker != null) {
      worker.close();
    }
    ChildWorker started = ChildWorker.start(config, megabytes, port);
    worker = started;
    heapMb = megabytes;
    // Other experiments take no part in its trouble.
    exchange.tell(named(started), "aside", Map.of());
    CompletableFuture.delayedExecutor(LIFETIME_MINUTES, TimeUnit.MINUTES).execute(started::close);
    return started;
  }

  private LabWorker named(ChildWorker child) {
    return new LabWorker(child.pid(), Workers.at(config.web().host(), child.port()));
  }

  /**
   * Several people send something large at the same time, and all of it is held in memory until the
   * last has come.
   *
   * @return whether the worker outlived it; if not, it has been started again
   */
  boolean outlivesARush(Bench bench) {
    lock.lock();
    try {
      ChildWorker before = require(bench.run());
      LabWorker busy = now(bench.run());
      String gate = "rush" + before.pid();
      AtomicInteger broken = new AtomicInteger();
      bench.crowd(
          busy,
          gate,
          UPLOADS,
          UPLOADS,
          () -> {
            try {
              bench.tell(busy, "upload", "gate", gate, "megabytes", Integer.toString(UPLOAD_MB));
            } catch (HttpProblem problem) {
              broken.incrementAndGet();
            }
          });
      if (broken.get() == 0) {
        return true;
      }
      if (!before.endsWithin(DEATH_SECONDS)) {
        throw Exchange.failed("The crowded worker neither took all uploads nor ended.");
      }
      now(bench.run());
      return false;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      if (worker != null) {
        worker.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
