// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.log;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Who signed in, failed to, or changed what decides over it: a line each (OWASP ASVS 16.3). Never a
 * password, a session id, or a name that is no account: people type passwords into the wrong field.
 *
 * <p>Of what strangers can cause at will, a bounded number is written, and how many were not.
 * Thread-safe.
 */
public final class Audit {
  private static final int BURST = 50;
  private static final Duration REFILL = Duration.ofMillis(100);

  private final LogFormat format;
  private final InstantSource clock;
  private final Consumer<String> lines;
  private final ReentrantLock lock = new ReentrantLock();
  private long left = BURST;
  private Instant filled;
  private long untold;

  /** Writes to these lines. */
  public Audit(LogFormat format, InstantSource clock, Consumer<String> lines) {
    this.format = format;
    this.clock = clock;
    this.lines = lines;
    this.filled = clock.instant();
  }

  /**
   * What has happened.
   *
   * @param event a word of its own, such as {@code sign-in}
   * @param fields names and values in turn
   */
  public void tell(String event, String... fields) {
    Map<String, String> named = new LinkedHashMap<>();
    for (int i = 0; i + 1 < fields.length; i += 2) {
      named.put(fields[i], fields[i + 1]);
    }
    lines.accept(format.line(clock.instant(), "AUDIT", event, named));
  }

  /** Tells what anonymous visitors can cause: not more often than somebody can read. */
  public void tellBounded(String event, String... fields) {
    long missed;
    lock.lock();
    try {
      Instant now = clock.instant();
      long more = Duration.between(filled, now).dividedBy(REFILL);
      if (more > 0) {
        left = Math.min(BURST, left + more);
        filled = now;
      }
      if (left == 0) {
        untold++;
        return;
      }
      left--;
      missed = untold;
      untold = 0;
    } finally {
      lock.unlock();
    }
    if (missed > 0) {
      tell("not-told", "lines", Long.toString(missed));
    }
    tell(event, fields);
  }
}
