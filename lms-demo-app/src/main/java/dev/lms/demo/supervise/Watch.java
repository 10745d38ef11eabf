// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Asks every worker that serves whether it lives, and has one replaced that is there but does not
 * answer: stopped, or stuck. It asks with as little as does it, for the supervisor is small.
 */
final class Watch {
  private static final Duration BETWEEN = Duration.ofSeconds(2);
  private static final int PATIENCE_MILLIS = 3_000;

  /** In a row; a worker may be slow for a moment. */
  private static final int MISSES = 3;

  private final Supervisor supervisor;
  private final List<Worker> workers;

  Watch(Supervisor supervisor, List<Worker> workers) {
    this.supervisor = supervisor;
    this.workers = workers;
  }

  void start() {
    for (Worker worker : workers) {
      Thread.ofPlatform().daemon().name("watch-" + worker.port()).start(() -> watch(worker));
    }
  }

  private void watch(Worker worker) {
    int misses = 0;
    try {
      while (!supervisor.awaitEnding(BETWEEN)) {
        if (!worker.isServing() || answers(supervisor.healthAddress(worker))) {
          misses = 0;
          continue;
        }
        misses++;
        if (misses == MISSES && worker.isServing()) {
          worker.replaceAtOnce();
          misses = 0;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether {@code /livez} says anything good within the time. */
  static boolean answers(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(address, PATIENCE_MILLIS);
      socket
          .getOutputStream()
          .write(
              "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] begin = socket.getInputStream().readNBytes(12);
      return new String(begin, StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
    } catch (IOException e) {
      return false;
    }
  }
}
