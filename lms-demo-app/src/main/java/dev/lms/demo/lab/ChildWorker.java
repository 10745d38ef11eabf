// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.cache.Roster;
import dev.lms.demo.config.Config;
import dev.lms.demo.supervise.Supervisor;
import dev.lms.demo.supervise.WorkerCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A real worker process of this site that this one has started. It ends with this one, however this
 * one ends: it holds the reading end of a pipe. Thread-safe.
 */
final class ChildWorker implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final Process process;
  private final Roster.Worker note;

  private ChildWorker(Process process, Roster.Worker note) {
    this.process = process;
    this.note = note;
  }

  /**
   * Starts one, and waits until it serves.
   *
   * @param heapMb the most that its heap may take, in megabytes
   * @param port where it serves; 0 for any that is free
   * @throws dev.lms.demo.http.HttpProblem if it does not start
   */
  static ChildWorker start(Config config, int heapMb, int port) {
    try {
      CountDownLatch ready = new CountDownLatch(1);
      ProcessBuilder builder =
          new ProcessBuilder(WorkerCommand.withHeap(heapMb)).redirectErrorStream(true);
      Map<String, String> environment = builder.environment();
      environment.put("LMS_HOST", config.web().host());
      environment.put("LMS_PORT", Integer.toString(port));
      environment.put("LMS_DATA_DIR", config.dataDir().toString());
      environment.remove("LMS_MANAGEMENT_PORT");
      Process started = builder.start();
      Thread.ofPlatform().daemon().name("lab-worker").start(() -> read(started, ready));
      boolean serves = ready.await(PATIENCE_SECONDS, TimeUnit.SECONDS) && started.isAlive();
      return new Roster(config)
          .workers().stream()
              .filter(worker -> serves && worker.pid() == started.pid())
              .findFirst()
              .map(note -> new ChildWorker(started, note))
              .orElseThrow(
                  () -> {
                    started.destroyForcibly();
                    return Exchange.failed("A second worker did not start; the log says why.");
                  });
    } catch (IOException | IllegalStateException e) {
      throw Exchange.failed("A second worker cannot be started: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Exchange.failed("Interrupted while a second worker started.");
    }
  }

  private static void read(Process from, CountDownLatch ready) {
    try (BufferedReader lines = from.inputReader(Charset.defaultCharset())) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println("[lab] " + line);
        if (line.startsWith(Supervisor.READY)) {
          ready.countDown();
        }
      }
    } catch (IOException e) {
      // It is gone.
    } finally {
      ready.countDown();
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  int port() {
    return note.port();
  }

  /** Waits a moment for its end; returns whether it has ended. */
  boolean endsWithin(int seconds) {
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }

  @Override
  public void close() {
    process.destroy();
    if (!endsWithin(5)) {
      process.destroyForcibly();
    }
  }
}
