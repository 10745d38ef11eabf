// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * SIGKILL of the server of a store while it writes, again and again, each time restarted on what it
 * had written: G1, G2 and G5 hold for everything it acknowledged.
 */
public final class ServerCrash {
  private static final int WRITERS = 4;

  private ServerCrash() {}

  /** A server that keeps what it acknowledged. */
  public interface Server {
    void kill() throws Exception;

    void restart() throws Exception;

    /** Looks at all that is stored, for what no client sees. */
    void check(String where) throws Exception;
  }

  public static void rounds(SessionStore store, Server server, int rounds) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try {
      List<OutageWriter> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        writers.add(new OutageWriter(store, "person " + i, new Random(random.nextLong())));
      }
      for (int round = 0; round < rounds; round++) {
        Semaphore done = new Semaphore(0);
        List<Future<SessionStoreException>> runs = new ArrayList<>();
        writers.forEach(writer -> runs.add(threads.submit(() -> writer.runUntilOutage(done))));
        // In mid-write, at a moment of its own in each round.
        int writes = 20 + random.nextInt(80);
        if (!done.tryAcquire(writes, 60, TimeUnit.SECONDS)) {
          throw stalled("seed " + seed + ", round " + round, done, runs);
        }
        server.kill();
        for (Future<SessionStoreException> run : runs) {
          run.get(60, TimeUnit.SECONDS);
        }
        server.restart();
        String where = "seed " + seed + ", round " + round;
        server.check(where);
        writers.forEach(writer -> writer.check(where));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** With what stopped each writer: a machine that is too slow, or a broken promise. */
  private static AssertionError stalled(
      String where, Semaphore done, List<Future<SessionStoreException>> runs) {
    AssertionError error =
        new AssertionError(where + ": only " + done.availablePermits() + " writes in a minute");
    for (Future<SessionStoreException> run : runs) {
      try {
        error.addSuppressed(run.get(0, TimeUnit.SECONDS));
      } catch (Exception e) {
        error.addSuppressed(e);
      }
    }
    return error;
  }
}
