// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Tells whether many connections are in use, which the JDK's server does not: by the ports that
 * requests came from in this half minute or the one before, after which an idle connection is
 * closed. Thread-safe.
 */
final class CrowdSense {
  private static final long PERIOD = TimeUnit.SECONDS.toNanos(30);

  private final int many;
  private final LongSupplier nanos;
  private final AtomicReference<Ports> latest;

  /**
   * A sense for more than {@code many} connections.
   *
   * @param nanos a clock like {@link System#nanoTime}
   */
  CrowdSense(int many, LongSupplier nanos) {
    this.many = many;
    this.nanos = nanos;
    this.latest = new AtomicReference<>(new Ports(nanos.getAsLong(), 0));
  }

  /** Notes a request from this port. */
  boolean isCrowded(int port) {
    Ports ports = latest.get();
    long now = nanos.getAsLong();
    if (now - ports.since > PERIOD) {
      latest.compareAndSet(ports, new Ports(now, ports.count.get()));
      ports = latest.get();
    }
    ports.add(port);
    return ports.before > many || ports.count.get() > many;
  }

  private static final class Ports {
    private final long since;
    private final int before;
    private final AtomicLongArray seen = new AtomicLongArray(65_536 / Long.SIZE);
    private final AtomicInteger count = new AtomicInteger();

    Ports(long since, int before) {
      this.since = since;
      this.before = before;
    }

    void add(int port) {
      int word = port / Long.SIZE;
      long bit = 1L << port % Long.SIZE;
      if ((seen.get(word) & bit) == 0 && (seen.getAndUpdate(word, bits -> bits | bit) & bit) == 0) {
        count.incrementAndGet();
      }
    }
  }
}
