// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import dev.lms.demo.config.Config;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One worker process, and the next one when it dies. */
final class Worker {
  private static final Duration POLL = Duration.ofMillis(50);

  private final Supervisor supervisor;
  private final int index;
  private final int port;
  private final List<String> command;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Process process;
  private @Nullable Thread keeper;
  private volatile boolean wasReady;

  /** Whether the process that runs now serves. */
  private volatile boolean ready;

  /** Whether the end of the process that runs now was asked for. */
  private volatile boolean replacing;

  Worker(Supervisor supervisor, int index, int port, List<String> command) {
    this.supervisor = supervisor;
    this.index = index;
    this.port = port;
    this.command = command;
  }

  int port() {
    return port;
  }

  String name() {
    return "worker " + (index + 1) + " on port " + port;
  }

  void start() {
    keeper = Thread.ofPlatform().daemon().name("worker-" + port).start(this::keep);
  }

  private void keep() {
    BackOff backOff = new BackOff();
    try {
      while (true) {
        long started = System.nanoTime();
        Process current = spawn();
        if (current == null) {
          return;
        }
        List<Thread> forwarders =
            List.of(
                forward(current.getInputStream(), System.out),
                forward(current.getErrorStream(), System.err));
        int status = current.waitFor();
        for (Thread forwarder : forwarders) {
          forwarder.join(Duration.ofSeconds(1));
        }
        if (supervisor.isEnding()) {
          return;
        }
        if (replacing) {
          continue;
        }
        if (!wasReady) {
          supervisor.giveUp(this, status);
          return;
        }
        Duration wait = backOff.after(Duration.ofNanos(System.nanoTime() - started));
        System.err.printf(
            "%s (pid %d) died (exit code %d); starting it again in %d ms%n",
            name(), current.pid(), status, wait.toMillis());
        if (supervisor.awaitEnding(wait)) {
          return;
        }
      }
    } catch (IOException e) {
      System.err.println(name() + ": " + e.getMessage());
      supervisor.giveUp(this, 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts the process; null when the supervisor is ending. */
  private @Nullable Process spawn() throws IOException {
    lock.lock();
    try {
      if (supervisor.isEnding()) {
        return null;
      }
      ProcessBuilder builder = new ProcessBuilder(command);
      Map<String, String> environment = builder.environment();
      Config.Web web = supervisor.config().web();
      WorkerCommand.ENVIRONMENT.forEach(environment::putIfAbsent);
      environment.put("LMS_HOST", web.host());
      environment.put("LMS_PORT", Integer.toString(port));
      web.managementPort()
          .ifPresent(
              management ->
                  environment.put("LMS_MANAGEMENT_PORT", Integer.toString(management + index)));
      ready = false;
      replacing = false;
      process = builder.start();
      return process;
    } finally {
      lock.unlock();
    }
  }

  private Thread forward(InputStream from, PrintStream to) {
    return Thread.ofPlatform()
        .daemon()
        .name("output-" + port)
        .start(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(from, Charset.defaultCharset()))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  if (line.startsWith(Supervisor.READY)) {
                    wasReady = true;
                    ready = true;
                  }
                  to.println("[" + port + "] " + line);
                  to.flush();
                }
              } catch (IOException e) {
                // The process is gone; its end is reported where it is waited for.
              }
            });
  }

  /** Whether it has said that it serves, and nobody has asked it to end since. */
  boolean isServing() {
    return ready && !replacing;
  }

  /**
   * Asks the process to finish, and waits until the next one serves.
   *
   * @param drain how long it may take to finish
   * @param start how long the next one may take to start
   * @return whether it does
   */
  boolean replace(Duration drain, Duration start) throws InterruptedException {
    @Nullable Process old = begin();
    if (old == null) {
      return false;
    }
    old.destroy();
    if (!old.waitFor(drain.toNanos(), TimeUnit.NANOSECONDS)) {
      System.err.println(name() + " did not finish in time and is killed");
      old.destroyForcibly();
    }
    return awaitServing(start);
  }

  /** Whether it serves within this time, and the supervisor does not end meanwhile. */
  boolean awaitServing(Duration longest) throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (!isServing()) {
      if (System.nanoTime() > deadline || supervisor.awaitEnding(POLL)) {
        return false;
      }
    }
    return true;
  }

  /** Ends a process that does not answer and cannot be asked to. */
  void replaceAtOnce() {
    @Nullable Process old = begin();
    if (old != null) {
      System.err.printf(
          "%s (pid %d) does not answer; it is killed and started again%n", name(), old.pid());
      old.destroyForcibly();
    }
  }

  private @Nullable Process begin() {
    lock.lock();
    try {
      replacing = true;
      return process;
    } finally {
      lock.unlock();
    }
  }

  /** Has it write debug messages from now on, or no longer; the next process begins anew. */
  void switchDetail() {
    lock.lock();
    try {
      if (process != null) {
        OutputStream said = process.getOutputStream();
        said.write('\n');
        said.flush();
      }
    } catch (IOException e) {
      // It has just ended.
    } finally {
      lock.unlock();
    }
  }

  /** Sends SIGTERM. */
  void terminate() {
    lock.lock();
    try {
      if (process != null) {
        process.destroy();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until {@code deadline} ({@link System#nanoTime}), then kills; whether it ended itself.
   */
  boolean awaitEnd(long deadline) {
    Process last;
    lock.lock();
    try {
      last = process;
    } finally {
      lock.unlock();
    }
    if (last == null) {
      return true;
    }
    try {
      boolean ended = last.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (!ended) {
        System.err.println(name() + " did not finish in time and is killed");
        last.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
      }
      if (keeper != null) {
        // So that its last lines are seen.
        keeper.join(Duration.ofSeconds(2));
      }
      return ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      last.destroyForcibly();
      return false;
    }
  }
}
