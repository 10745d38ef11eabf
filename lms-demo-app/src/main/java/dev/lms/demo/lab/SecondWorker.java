// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.config.Config;
import dev.lms.demo.supervise.Supervisor;
import dev.lms.demo.supervise.WorkerCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Another real worker process of this site, for whoever runs only one. It ends with this one,
 * however this one ends: it holds the reading end of a pipe. Thread-safe.
 */
final class SecondWorker implements AutoCloseable {
  private static final int HEAP_MB = 128;
  private static final int PATIENCE_SECONDS = 60;

  private final Config config;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Process process;
  private boolean closed;

  SecondWorker(Config config) {
    this.config = config;
  }

  /** Starts it if it does not run, and waits until it serves. */
  void start() {
    lock.lock();
    try {
      if (closed || (process != null && process.isAlive())) {
        return;
      }
      CountDownLatch ready = new CountDownLatch(1);
      ProcessBuilder builder =
          new ProcessBuilder(WorkerCommand.withHeap(HEAP_MB)).redirectErrorStream(true);
      Map<String, String> environment = builder.environment();
      environment.put("LMS_HOST", config.web().host());
      environment.put("LMS_PORT", "0");
      environment.put("LMS_DATA_DIR", config.dataDir().toString());
      environment.remove("LMS_MANAGEMENT_PORT");
      Process started = builder.start();
      process = started;
      Thread.ofPlatform().daemon().name("second-worker").start(() -> read(started, ready));
      if (!ready.await(PATIENCE_SECONDS, TimeUnit.SECONDS) || !started.isAlive()) {
        throw Exchange.failed("A second worker did not start; the log says why.");
      }
    } catch (IOException | IllegalStateException e) {
      throw Exchange.failed("A second worker cannot be started: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Exchange.failed("Interrupted while a second worker started.");
    } finally {
      lock.unlock();
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

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      if (process != null) {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    } finally {
      lock.unlock();
    }
  }
}
