// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.session.Lifetimes;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A minute passes from each look to the next, so that every request's touch is due. */
final class Ticks extends Clock {
  /** Of sessions that do not end while that goes on. */
  static final Lifetimes LONG_LIFE = Lifetimes.of(Duration.ofDays(1), Duration.ofDays(1000L * 365));

  private final Instant start = Clock.systemUTC().instant();
  private int minutes;

  /** Sessions whose touch is due at each request. */
  static Sessions sessions(SessionStore store) {
    return Sessions.builder(store, StoreBenchmark.KEYS)
        .settings(
            SessionSettings.defaults().withCookie(StoreBenchmark.COOKIE).withLifetimes(LONG_LIFE))
        .clock(new Ticks())
        .build();
  }

  @Override
  public Instant instant() {
    return start.plus(Duration.ofMinutes(minutes++));
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("these ticks have no zone");
  }
}
