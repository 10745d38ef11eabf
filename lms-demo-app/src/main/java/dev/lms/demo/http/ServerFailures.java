// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What the JDK's server does without asking any filter, and tells its log only. Counted, and
 * written at a bounded rate, since clients can cause it at will. Thread-safe.
 */
public final class ServerFailures {
  /** There is one log of the JDK's servers. */
  public static final ServerFailures OF_THIS_PROCESS = new ServerFailures(System::nanoTime);

  private static final System.Logger LOG = System.getLogger(ServerFailures.class.getName());

  /** How the JDK's server begins to say so (JDK 25). */
  private static final String HEADERS = "Maximum header (";

  private static final String FIELDS = "Maximum number of request headers (";

  /** Where the JDK's server says that it could not accept a connection (JDK 25). */
  private static final String ACCEPTING = "Dispatcher (4)";

  private final LongAdder headers = new LongAdder();
  private final Seldom headersTold;
  private final Seldom acceptingTold;

  ServerFailures(LongSupplier nanos) {
    headersTold = new Seldom(nanos);
    acceptingTold = new Seldom(nanos);
  }

  /** How many connections were closed because a request had too many headers. */
  public long headers() {
    return headers.sum();
  }

  void hear(String message, Throwable thrown) {
    if (!(thrown instanceof IOException)) {
      return;
    }
    String why = String.valueOf(thrown.getMessage());
    if (why.startsWith(HEADERS) || why.startsWith(FIELDS)) {
      headers.increment();
      if (headersTold.isTime()) {
        LOG.log(
            System.Logger.Level.WARNING,
            "closed a connection, {0} so far: its request had headers beyond LMS_MAX_HEADER_KB,"
                + " or more than 200",
            headers.sum());
      }
    } else if (message.equals(ACCEPTING) && acceptingTold.isTime()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "cannot accept connections: {0}. Where files are too many, allow more of them"
              + " (ulimit -n, LimitNOFILE of systemd); process_open_fds of /metrics counts them",
          why);
    }
  }

  /** At once, and then once a minute at most. */
  private static final class Seldom {
    private static final long PAUSE = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanos;
    private final AtomicLong next;

    Seldom(LongSupplier nanos) {
      this.nanos = nanos;
      this.next = new AtomicLong(nanos.getAsLong());
    }

    boolean isTime() {
      long now = nanos.getAsLong();
      long due = next.get();
      return now - due >= 0 && next.compareAndSet(due, now + PAUSE);
    }
  }
}
