// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.ConfigException;
import dev.lms.demo.plan.ResourcePlan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs worker processes on consecutive ports, starts a dead one again, and drains all of them when
 * it stops. A worker ends with its supervisor, however that ends: it holds the reading end of a
 * pipe that closes with it.
 */
public final class Supervisor {
  /** How a worker's line begins that says it serves. */
  public static final String READY = "Serving on ";

  /** A worker cuts at the timeout itself; this is for one that cannot. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** What a worker may take to start, also on a machine that has much else to do. */
  private static final Duration START = Duration.ofMinutes(1);

  /** How often it looks whether a command has asked for a restart. */
  private static final Duration LOOK = Duration.ofMillis(200);

  private final Config config;
  private final List<Worker> workers = new ArrayList<>();
  private final CountDownLatch ending = new CountDownLatch(1);
  private final AtomicInteger exitCode = new AtomicInteger();
  private final AtomicInteger restarts = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final ReentrantLock restarting = new ReentrantLock();

  /**
   * For {@code count} workers.
   *
   * @throws ConfigException when there are no ports for so many
   */
  public Supervisor(Config config, ResourcePlan plan, int count) {
    this.config = config;
    int first = config.web().port();
    int last = first + count - 1;
    List<String> errors = new ArrayList<>();
    if (first == 0) {
      errors.add("LMS_PORT=0: several workers need ports that are known; choose one");
    } else if (last > 65535) {
      errors.add("LMS_PORT=" + first + ": " + count + " workers would need ports up to " + last);
    }
    config
        .web()
        .managementPort()
        .ifPresent(
            management -> {
              if (management <= last && management + count - 1 >= first) {
                errors.add(
                    "LMS_MANAGEMENT_PORT=%d: the workers use %d to %d; leave %d ports free"
                        .formatted(management, first, last, count));
              }
            });
    if (!errors.isEmpty()) {
      throw new ConfigException(errors);
    }
    List<String> command = WorkerCommand.withHeap(plan.heapMb());
    for (int i = 0; i < count; i++) {
      workers.add(new Worker(this, i, first + i, command));
    }
  }

  /**
   * Makes sure that every port is free, before the first worker starts.
   *
   * @throws IOException naming the ports that are taken
   */
  public void checkPorts() throws IOException {
    List<String> taken = new ArrayList<>();
    for (Worker worker : workers) {
      try (ServerSocket socket =
          new ServerSocket(worker.port(), 1, InetAddress.getByName(config.web().host()))) {
        socket.getLocalPort();
      } catch (java.net.BindException e) {
        taken.add(Integer.toString(worker.port()));
      }
    }
    if (!taken.isEmpty()) {
      throw new java.net.BindException(String.join(", ", taken));
    }
  }

  /** Has the workers started; whoever waits for them may do something meanwhile. */
  public void begin() {
    Thread.ofPlatform().daemon().name("start").start(this::start);
  }

  /** Keeps the workers running that have begun; the exit code when they end for good. */
  public int run() throws InterruptedException {
    new Watch(this, workers).start();
    Signals.handle("HUP", () -> Thread.ofPlatform().daemon().name("restart").start(this::restart));
    Signals.handle("USR1", () -> workers.forEach(Worker::switchDetail));
    SupervisorNote.takeRequest(config.dataDir()); // Of a supervisor that is gone.
    SupervisorNote.own(0, 0).write(config.dataDir());
    while (!awaitEnding(LOOK)) {
      // A command does not send SIGHUP: nohup, for one, has it ignored.
      if (SupervisorNote.takeRequest(config.dataDir())) {
        Thread.ofPlatform().daemon().name("restart").start(this::restart);
      }
    }
    return exitCode.get();
  }

  /**
   * So many at a time that each has two processors, one for what it does and one for compiling it:
   * the last serves as soon as if all had begun together, and the first much sooner.
   */
  private void start() {
    int atOnce = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    restarting.lock();
    try {
      for (int i = 0; i < workers.size(); i++) {
        workers.get(i).start();
        if (i + 1 >= atOnce && !workers.get(i + 1 - atOnce).awaitServing(START) && isEnding()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      restarting.unlock();
    }
  }

  /** One worker after the other, so that the others serve meanwhile; one restart at a time. */
  private void restart() {
    restarting.lock();
    try {
      System.out.println("Restarting the workers, one after the other");
      Duration drain = config.web().drainTimeout().plus(GRACE);
      for (Worker worker : workers) {
        if (!worker.replace(drain, START)) {
          if (!isEnding()) {
            System.err.println(worker.name() + " is not back yet; the others are left as they are");
            SupervisorNote.own(restarts.get(), failed.incrementAndGet()).write(config.dataDir());
          }
          return;
        }
      }
      System.out.println("Restarted all workers");
      SupervisorNote.own(restarts.incrementAndGet(), failed.get()).write(config.dataDir());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      restarting.unlock();
    }
  }

  /** Where a worker answers whether it lives, from this machine. */
  InetSocketAddress healthAddress(Worker worker) {
    int index = worker.port() - config.web().port();
    int port =
        config.web().managementPort().isPresent()
            ? config.web().managementPort().getAsInt() + index
            : worker.port();
    String host = config.web().host();
    return switch (host) {
      case "0.0.0.0", "::", "[::]" -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      default -> new InetSocketAddress(host, port);
    };
  }

  /** A worker never came up: the same would happen to it again and again. */
  void giveUp(Worker worker, int status) {
    exitCode.compareAndSet(0, status == 78 ? 78 : 1);
    System.err.println(worker.name() + " did not start (exit code " + status + "); stopping");
    ending.countDown();
  }

  boolean awaitEnding(Duration wait) throws InterruptedException {
    return ending.await(wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  boolean isEnding() {
    return ending.getCount() == 0;
  }

  Config config() {
    return config;
  }

  /** 0, or why a worker could not start. */
  public int exitCode() {
    return exitCode.get();
  }

  /**
   * Asks every worker to finish, waits for the drain timeout, then kills those that are left.
   *
   * @return whether all of them ended by themselves
   */
  public boolean stop() {
    ending.countDown();
    SupervisorNote.remove(config.dataDir());
    long deadline = System.nanoTime() + config.web().drainTimeout().plus(GRACE).toNanos();
    for (Worker worker : workers) {
      worker.terminate();
    }
    boolean all = true;
    for (Worker worker : workers) {
      all &= worker.awaitEnd(deadline);
    }
    return all;
  }
}
