// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The most memory that each of several processes has while it is watched: PSS, which counts pages
 * that processes share by their share. Nothing where the system does not tell.
 */
final class Memory implements AutoCloseable {
  private static final double KIBIBYTES = 1024;

  private final ScheduledExecutorService watching = Executors.newSingleThreadScheduledExecutor();
  private final ConcurrentMap<Long, Double> most = new ConcurrentHashMap<>();
  private final List<ProcessHandle> processes;

  private Memory(List<ProcessHandle> processes) {
    this.processes = processes;
  }

  /** Looks now, and again and again until it is closed. */
  static Memory watch(List<ProcessHandle> processes, Duration every) {
    Memory memory = new Memory(processes);
    memory.look();
    var _ =
        memory.watching.scheduleWithFixedDelay(
            memory::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    return memory;
  }

  private void look() {
    for (ProcessHandle process : processes) {
      pss(process).forEach(megabytes -> most.merge(process.pid(), megabytes, Math::max));
    }
  }

  /** Of what was seen so far, in megabytes of 2^20 bytes: one figure for each process. */
  List<Double> most() {
    return List.copyOf(most.values());
  }

  /** One figure, or none. */
  private static List<Double> pss(ProcessHandle process) {
    Path rollup = Path.of("/proc", Long.toString(process.pid()), "smaps_rollup");
    try (Stream<String> lines = Files.lines(rollup)) {
      return lines
          .filter(line -> line.startsWith("Pss:"))
          .map(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / KIBIBYTES)
          .filter(megabytes -> megabytes > 0) // a process that is ending has none
          .toList();
    } catch (IOException | RuntimeException e) {
      // It ended, or this system has no such file.
      return List.of();
    }
  }

  @Override
  public void close() {
    watching.close();
  }
}
