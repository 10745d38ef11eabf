// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.contract;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is told otherwise. */
public final class ManualClock implements InstantSource {
  private final AtomicLong elapsed = new AtomicLong();
  private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");

  public ManualClock() {}

  @Override
  public Instant instant() {
    return now;
  }

  public void advance(Duration by) {
    now = now.plus(by);
    elapsed.addAndGet(by.toNanos());
  }

  /** Is set to another time, while no time passes. */
  public void jump(Duration by) {
    now = now.plus(by);
  }

  /** Time that passed; not what the clock was set to. */
  public long nanos() {
    return elapsed.get();
  }
}
