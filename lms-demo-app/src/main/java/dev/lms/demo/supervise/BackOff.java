// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import java.time.Duration;

/** How long to wait before a worker that died is started again. For one thread. */
final class BackOff {
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofSeconds(15);

  /** A worker that ran so long did not die of its start. */
  private static final Duration STABLE = Duration.ofMinutes(1);

  private Duration next = FIRST;

  /** The wait after a worker died at the age of {@code uptime}: twice as long each time. */
  Duration after(Duration uptime) {
    if (uptime.compareTo(STABLE) >= 0) {
      next = FIRST;
    }
    Duration wait = next;
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return wait;
  }
}
