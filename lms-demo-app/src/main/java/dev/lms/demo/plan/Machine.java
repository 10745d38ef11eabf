// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.plan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import oshi.SystemInfo;

/**
 * What this process may use of the machine.
 *
 * @param cpus whole processors, at least 1
 * @param ramMb memory that can still be had, in megabytes
 * @param reasons where the two figures come from
 */
public record Machine(int cpus, int ramMb, List<String> reasons) {
  private static final long MB = 1024 * 1024;

  /** Measures: the system's figures, narrowed by the limits of a container. */
  public static Machine measure() {
    return of(
        Runtime.getRuntime().availableProcessors(),
        availableBytes(Path.of("/proc/meminfo")),
        Cgroup.ofThisProcess());
  }

  /** Linux says it in a file; the library for other systems takes a tenth of a start to load. */
  static long availableBytes(Path meminfo) {
    try (Stream<String> lines = Files.lines(meminfo)) {
      return lines
          .filter(line -> line.startsWith("MemAvailable:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElseGet(Machine::availableBytes);
    } catch (IOException | UncheckedIOException | NumberFormatException e) {
      return availableBytes();
    }
  }

  /** How many files and connections this process may have open; very many where it is not told. */
  public static long descriptors() {
    return descriptors(Path.of("/proc/self/limits"));
  }

  static long descriptors(Path limits) {
    try (Stream<String> lines = Files.lines(limits)) {
      return lines
          .filter(line -> line.startsWith("Max open files"))
          .mapToLong(line -> Long.parseLong(line.split("\\s+", -1)[3]))
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException | RuntimeException e) {
      return Long.MAX_VALUE;
    }
  }

  private static long availableBytes() {
    return new SystemInfo().getHardware().getMemory().getAvailable();
  }

  static Machine of(int processors, long availableBytes, Cgroup cgroup) {
    List<String> reasons = new ArrayList<>();
    int cpus = Math.max(1, processors);
    OptionalLong quota = cgroup.milliCpus();
    if (quota.isPresent() && quota.getAsLong() / 1000 < cpus) {
      cpus = (int) Math.max(1, quota.getAsLong() / 1000);
      reasons.add(
          "cpus = %d: the container's quota is %d.%03d of %d processors"
              .formatted(cpus, quota.getAsLong() / 1000, quota.getAsLong() % 1000, processors));
    } else {
      reasons.add("cpus = %d: available processors".formatted(cpus));
    }
    long bytes = availableBytes;
    OptionalLong left = cgroup.availableBytes();
    if (left.isPresent() && left.getAsLong() < bytes) {
      bytes = left.getAsLong();
      reasons.add(
          "ramMb = %d: the container's limit less what is used; the machine has %d available"
              .formatted(bytes / MB, availableBytes / MB));
    } else {
      reasons.add("ramMb = %d: available memory".formatted(bytes / MB));
    }
    int ramMb = Math.clamp(bytes / MB, 1, Integer.MAX_VALUE);
    return new Machine(cpus, ramMb, List.copyOf(reasons));
  }
}
