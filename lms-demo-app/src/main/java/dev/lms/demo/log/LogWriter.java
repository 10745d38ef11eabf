// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.log;

import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes lines on a thread of its own, so that no request waits for whoever reads them; under load,
 * many at a time. When that is too slow, lines are dropped and counted. Thread-safe.
 */
public final class LogWriter implements AutoCloseable {
  private static final int LINES = 8192;
  private static final Duration LAST_LINES = Duration.ofSeconds(2);

  /** Lines that come within this time are written together: a call of the system costs more. */
  private static final long GATHERING = TimeUnit.MILLISECONDS.toNanos(5);

  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES);
  private final LongAdder dropped = new LongAdder();
  private final PrintStream out;
  private final Thread thread;
  private volatile boolean idle;
  private volatile boolean closing;

  /** To this stream, which stays open. */
  public LogWriter(PrintStream out) {
    this.out = out;
    this.thread = Thread.ofPlatform().daemon().name("log").start(this::run);
  }

  /** To nobody, of a copy of the site: what makes its lines is to be warm as well. */
  public static LogWriter unread() {
    return new LogWriter(new PrintStream(OutputStream.nullOutputStream()));
  }

  /** Writes a line soon. */
  public void write(String line) {
    if (!lines.offer(line)) {
      dropped.increment();
    }
    if (idle) {
      LockSupport.unpark(thread);
    }
  }

  /** How many lines nobody was quick enough to read. */
  public long dropped() {
    return dropped.sum();
  }

  private void run() {
    List<String> together = new ArrayList<>();
    while (true) {
      boolean last = closing;
      if (lines.drainTo(together) > 0) {
        out.println(String.join(System.lineSeparator(), together));
        out.flush();
        together.clear();
        LockSupport.parkNanos(this, last ? 0 : GATHERING);
      } else if (last) {
        return;
      } else {
        idle = true;
        // Whoever adds a line looks at this after it: one of the two sees the other.
        if (lines.isEmpty() && !closing) {
          LockSupport.park(this);
        }
        idle = false;
      }
    }
  }

  /** Writes what there is, for a bounded time. */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join(LAST_LINES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
