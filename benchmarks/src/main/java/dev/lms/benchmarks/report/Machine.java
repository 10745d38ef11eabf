// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where a run took place.
 *
 * @param cpus that the JVM sees
 * @param cpu the processors' name
 * @param fileSystem of the temporary folder
 * @param load processors that were at work in the two seconds before the run
 * @param evenness while it ran; absent if nobody looked
 */
public record Machine(
    int cpus,
    String cpu,
    long memoryMb,
    String kernel,
    String fileSystem,
    double load,
    @Nullable Evenness evenness) {

  private static final String MODEL = "model name";
  private static final double MOST_AT_WORK = 0.15;
  private static final Duration LOOK = Duration.ofSeconds(2);

  /** This one, now. */
  public static Machine look() throws IOException {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Path probe = Files.createTempFile("lms-benchmark", "");
    try {
      return new Machine(
          system.getAvailableProcessors(),
          model().orElse(system.getArch()),
          system.getTotalMemorySize() >> 20,
          system.getName() + ' ' + system.getVersion(),
          Files.getFileStore(probe).type(),
          processorsAtWork(),
          null);
    } finally {
      Files.delete(probe);
    }
  }

  /**
   * {@return how many processors are at work, seen for two seconds: unlike the load of the last
   * minute it does not count the build that has just ended}
   */
  public static double processorsAtWork() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    // Each look is at the time since the one before.
    double _ = system.getCpuLoad();
    long end = System.nanoTime() + LOOK.toNanos();
    for (long left = LOOK.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return Math.round(system.getCpuLoad() * system.getAvailableProcessors() * 100) / 100.0;
  }

  private static Optional<String> model() throws IOException {
    Path file = Path.of("/proc/cpuinfo");
    List<String> lines = Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    return lines.stream()
        .filter(line -> line.startsWith(MODEL))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst();
  }

  /** The same, when it is known how even it was. */
  public Machine with(Evenness known) {
    return new Machine(cpus, cpu, memoryMb, kernel, fileSystem, load, known);
  }

  /** Whether something else ran here, so that the figures are wrong. */
  public boolean wasBusy() {
    return isBusy(load, cpus);
  }

  /** Whether so many processors at work are too many beside a run. */
  public static boolean isBusy(double atWork, int cpus) {
    return atWork > cpus * MOST_AT_WORK;
  }

  /** Whether figures of the two can be set beside each other. */
  boolean isLike(Machine other) {
    return cpus == other.cpus() && cpu.equals(other.cpu()) && memoryMb == other.memoryMb();
  }

  /** In a line. */
  public String text() {
    return String.format(
        Locale.ROOT, "%d x %s, %d MB, %s, %s", cpus, cpu, memoryMb, kernel, fileSystem);
  }
}
