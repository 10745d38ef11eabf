// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.session.redis.RedisSessionStore;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import redis.clients.jedis.UnifiedJedis;

/** Several workers that read as fast as they can: what a read costs on all cores together. */
final class Workers {
  private static final String GROUP = "Workers that read at once";
  private static final String OVER = "workers";
  private static final String FAR = "CPU of a read, Redis";
  private static final String NEAR = "CPU of a read, near copies";
  private static final int CONNECTIONS = 4;
  private static final int READERS = 2;
  private static final long ROOM = 16L << 20;
  private static final double MICROS_PER_SECOND = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  private Workers() {}

  /** A worker's store, and the session its visitors have. */
  private record Worker(Visits visits, String cookie) {}

  static void measure(Scale scale, Findings findings) throws Exception {
    Turns turns = new Turns();
    turns.curve(GROUP, FAR, OVER, "us");
    turns.curve(GROUP, NEAR, OVER, "us");
    List<AutoCloseable> open = new ArrayList<>();
    try (Redis redis = new Redis();
        ExecutorService threads = Executors.newCachedThreadPool()) {
      try {
        List<Worker> far = new ArrayList<>();
        List<Worker> near = new ArrayList<>();
        for (int i = 0; i < Scale.last(scale.workers()); i++) {
          UnifiedJedis client = redis.connect(CONNECTIONS);
          open.add(client);
          far.add(worker(new RedisSessionStore(client, Visits.KEYS, Redis.PREFIX), i));
          RedisSessionStore copies =
              RedisSessionStore.withNearCopies(client, Visits.KEYS, Redis.PREFIX, ROOM);
          open.add(copies);
          near.add(worker(copies, i));
        }
        for (int size : scale.workers()) {
          turns.at(FAR, size, () -> cpu(redis, threads, far.subList(0, size), scale));
          turns.at(NEAR, size, () -> cpu(redis, threads, near.subList(0, size), scale));
        }
        turns.warmUp(scale.warmUp());
        findings.add(turns.run(scale.rounds()));
      } finally {
        for (AutoCloseable each : open.reversed()) {
          each.close();
        }
      }
    }
    findings.growth(FAR, null);
    findings.growth(NEAR, null);
  }

  private static Worker worker(RedisSessionStore store, int number) {
    Visits visits = new Visits(store);
    return new Worker(visits, visits.signIn("student" + number, Visits.DATA));
  }

  /** Of this process and of Redis, for one read. */
  private static double cpu(Redis redis, ExecutorService threads, List<Worker> workers, Scale scale)
      throws Exception {
    double before = seconds(redis);
    long end = System.nanoTime() + scale.batch().toNanos();
    List<Future<Long>> running = new ArrayList<>();
    for (Worker worker : workers) {
      for (int reader = 0; reader < READERS; reader++) {
        running.add(threads.submit(() -> readUntil(end, worker)));
      }
    }
    long reads = 0;
    for (Future<Long> each : running) {
      reads += each.get();
    }
    return (seconds(redis) - before) / reads * MICROS_PER_SECOND;
  }

  private static long readUntil(long end, Worker worker) {
    long reads = 0;
    do {
      worker.visits().read(worker.cookie());
      reads++;
    } while (System.nanoTime() < end);
    return reads;
  }

  private static double seconds(Redis redis) {
    var self =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return redis.cpuSeconds() + self.getProcessCpuTime() / NANOS_PER_SECOND;
  }
}
