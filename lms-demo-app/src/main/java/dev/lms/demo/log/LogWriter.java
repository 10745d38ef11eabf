// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.log;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Writes lines on a thread of its own, so that no request waits for whoever reads them. When that
 * is too slow, lines are dropped and counted. Thread-safe.
 */
public final class LogWriter implements AutoCloseable {
  private static final int LINES = 8192;
  private static final Duration LAST_LINES = Duration.ofSeconds(2);

  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES);
  private final LongAdder dropped = new LongAdder();
  private final PrintStream out;
  private final Thread thread;
  private volatile boolean closing;

  /** To this stream, which stays open. */
  public LogWriter(PrintStream out) {
    this.out = out;
    this.thread = Thread.ofPlatform().daemon().name("log").start(this::run);
  }

  /** Writes a line soon. */
  public void write(String line) {
    if (!lines.offer(line)) {
      dropped.increment();
    }
  }

  /** How many lines nobody was quick enough to read. */
  public long dropped() {
    return dropped.sum();
  }

  private void run() {
    try {
      while (true) {
        @Nullable String line = lines.poll(100, TimeUnit.MILLISECONDS);
        if (line == null) {
          out.flush();
          if (closing) {
            return;
          }
          continue;
        }
        out.println(line);
      }
    } catch (InterruptedException e) {
      out.flush();
    }
  }

  /** Writes what there is, for a bounded time. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(LAST_LINES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
