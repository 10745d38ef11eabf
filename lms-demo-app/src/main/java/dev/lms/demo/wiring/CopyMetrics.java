// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.monitor.Families;
import dev.lms.demo.monitor.Metrics;
import dev.lms.session.redis.RedisSessionStore.NearReads;
import java.util.function.Supplier;

/** What this worker's copies of sessions save and cost. */
record CopyMetrics(Supplier<NearReads> copies) implements Metrics.Source {
  @Override
  public void addTo(Families out) {
    NearReads now = copies.get();
    out.counter(
        "lms_session_copy_reads_total",
        "Sessions read from a copy, without a round trip.",
        now.hits());
    out.counter("lms_session_copies_total", "Copies of sessions that were made.", now.fills());
    out.counter(
        "lms_session_copy_waits_total",
        "Writes that waited until others had dropped their copies.",
        now.waits());
    out.gauge(
        "lms_session_copy_bytes", "Memory that copies of sessions take.", (double) now.bytes());
  }
}
