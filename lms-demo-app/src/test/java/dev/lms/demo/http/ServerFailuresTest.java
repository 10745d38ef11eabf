// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServerFailuresTest {
  private final IOException tooLarge =
      new IOException("Maximum header (requests) size exceeded, 17000 > 16384.");
  private final IOException tooMany =
      new IOException("Maximum number of request headers (200) exceeded, 201.");

  private final AtomicLong nanos = new AtomicLong(-Duration.ofDays(1).toNanos());
  private final ServerFailures failures = new ServerFailures(nanos::get);
  private final Queue<String> written = new ConcurrentLinkedQueue<>();
  private final Logger root = Logger.getLogger("");
  private final Handler writing =
      new Handler() {
        @Override
        public void publish(LogRecord event) {
          Throwable thrown = event.getThrown();
          written.add(
              event.getLevel()
                  + " "
                  + new SimpleFormatter().formatMessage(event)
                  + (thrown == null ? "" : " " + thrown.getMessage()));
        }

        @Override
        public void flush() {
          // Nothing is held back.
        }

        @Override
        public void close() {
          // Nothing is open.
        }
      };

  @BeforeEach
  void listen() {
    root.addHandler(writing);
  }

  @AfterEach
  void listenNoMore() {
    root.removeHandler(writing);
  }

  @Test
  void headersBeyondTheLimitAreCountedAndToldOnceAMinute() {
    failures.hear("ServerImpl.Exchange", tooLarge);
    failures.hear("ServerImpl.Exchange", tooMany);
    assertEquals(2, failures.headers());
    assertEquals(1, written.size(), written::toString);
    assertTrue(written.element().startsWith("WARNING closed a connection, 1 so far"));
    nanos.addAndGet(Duration.ofSeconds(61).toNanos());
    failures.hear("ServerImpl.Exchange", tooLarge);
    assertEquals(2, written.size(), written::toString);
    assertTrue(written.stream().anyMatch(line -> line.contains(", 3 so far")), written::toString);
  }

  @Test
  void aConnectionThatCannotBeAcceptedIsToldOnceAMinute() {
    for (int i = 0; i < 1000; i++) {
      failures.hear("Dispatcher (4)", new IOException("Too many open files"));
    }
    assertEquals(1, written.size(), written::toString);
    assertTrue(
        written.element().startsWith("WARNING cannot accept connections: Too many open files."));
    assertEquals(0, failures.headers());
  }

  @Test
  void whatElseFailsIsNeitherCountedNorTold() {
    failures.hear("ServerImpl.Exchange", new IOException("Connection reset by peer"));
    failures.hear("ServerImpl.Exchange", new IOException());
    failures.hear("Dispatcher (4)", new IllegalStateException("Too many open files"));
    assertEquals(0, failures.headers());
    assertEquals(List.of(), List.copyOf(written));
  }

  @Test
  void theServersLogIsHeardWhateverIsWrittenOfIt() {
    System.Logger server = System.getLogger("com.sun.net.httpserver");
    assertFalse(server.isLoggable(System.Logger.Level.TRACE));
    long before = ServerFailures.OF_THIS_PROCESS.headers();
    server.log(System.Logger.Level.TRACE, "ServerImpl.Exchange", tooLarge);
    assertEquals(before + 1, ServerFailures.OF_THIS_PROCESS.headers());
    written.removeIf(line -> line.contains("so far"));
    assertEquals(List.of(), List.copyOf(written));
  }

  @Test
  void otherLogsGoTheirUsualWay() {
    String name = ServerFailuresTest.class.getName();
    Logger theirs = Logger.getLogger(name);
    System.Logger log = System.getLogger(name);
    assertEquals(name, log.getName());
    theirs.setLevel(Level.FINE);
    try {
      log.log(System.Logger.Level.TRACE, "nobody wants to know");
      log.log(System.Logger.Level.DEBUG, "{0} of {1}", "one", "two");
      log.log(System.Logger.Level.ERROR, "failed:", new IOException("why"));
    } finally {
      theirs.setLevel(null);
    }
    assertEquals(List.of("FINE one of two", "SEVERE failed: why"), List.copyOf(written));
  }
}
