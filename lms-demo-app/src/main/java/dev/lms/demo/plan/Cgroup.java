// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The limits that a container or a service manager put on this process (Linux control groups,
 * versions 1 and 2). Every group from the process's own up to the root counts: the narrowest rules.
 */
final class Cgroup {
  /** Version 1 says "no limit" with a number near the largest; no machine has as much memory. */
  private static final long NO_LIMIT = 1L << 60;

  /** The names of the same three figures in the two versions. */
  private record Names(String limit, String usage, String inactive) {}

  private static final Names V1 =
      new Names("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file");
  private static final Names V2 = new Names("memory.max", "memory.current", "inactive_file");

  private final Path root;
  private final List<String> membership;

  private Cgroup(Path root, List<String> membership) {
    this.root = root;
    this.membership = membership;
  }

  /** This process's own groups; none at all where the system has no such thing. */
  static Cgroup ofThisProcess() {
    return in(Path.of("/sys/fs/cgroup"), Path.of("/proc/self/cgroup"));
  }

  static Cgroup in(Path root, Path membershipFile) {
    try {
      return new Cgroup(root, Files.readAllLines(membershipFile));
    } catch (IOException e) {
      return new Cgroup(root, List.of());
    }
  }

  /**
   * What the groups leave free, in bytes: limit − (usage − inactive file pages), since the kernel
   * drops cached file pages before it refuses memory. Empty without a limit.
   */
  OptionalLong availableBytes() {
    long least = Long.MAX_VALUE;
    for (Path group : groups("memory")) {
      Names names = Files.exists(group.resolve(V1.limit())) ? V1 : V2;
      OptionalLong limit = number(group.resolve(names.limit()));
      if (limit.isPresent() && limit.getAsLong() < NO_LIMIT) {
        long usage = number(group.resolve(names.usage())).orElse(0);
        long inactive = stat(group.resolve("memory.stat"), names.inactive());
        long used = Math.max(0, usage - inactive);
        least = Math.min(least, Math.max(0, limit.getAsLong() - used));
      }
    }
    return least == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(least);
  }

  /** The processor time granted, in thousandths of a processor. Empty without a quota. */
  OptionalLong milliCpus() {
    long least = Long.MAX_VALUE;
    for (Path group : groups("cpu")) {
      OptionalLong quota = number(group.resolve("cpu.cfs_quota_us"));
      OptionalLong period = number(group.resolve("cpu.cfs_period_us"));
      String[] max = text(group.resolve("cpu.max")).split("\\s+", -1);
      if (quota.isEmpty() && max.length == 2) {
        quota = parse(max[0]);
        period = parse(max[1]);
      }
      if (quota.isPresent()
          && quota.getAsLong() > 0
          && period.isPresent()
          && period.getAsLong() > 0) {
        least = Math.min(least, quota.getAsLong() * 1000 / period.getAsLong());
      }
    }
    return least == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(least);
  }

  /** The folders of this process's groups for {@code controller}, innermost first. */
  private List<Path> groups(String controller) {
    List<Path> groups = new ArrayList<>();
    for (String line : membership) {
      String[] parts = line.split(":", 3);
      if (parts.length < 3) {
        continue;
      }
      boolean v2 = parts[0].equals("0") && parts[1].isEmpty();
      if (!v2 && !List.of(parts[1].split(",", -1)).contains(controller)) {
        continue;
      }
      Path mount = v2 ? root : mount(parts[1], controller);
      // In a container the path may be the host's and not exist here; the mount itself then is
      // this process's group.
      Path own = mount.resolve(parts[2].replaceFirst("^/+", "")).normalize();
      for (Path group = own; group != null && group.startsWith(mount); group = group.getParent()) {
        if (Files.isDirectory(group)) {
          groups.add(group);
        }
      }
    }
    return groups;
  }

  private Path mount(String controllers, String controller) {
    Path together = root.resolve(controllers);
    return Files.isDirectory(together) ? together : root.resolve(controller);
  }

  private static long stat(Path file, String name) {
    for (String line : text(file).split("\n", -1)) {
      if (line.startsWith(name + " ")) {
        return parse(line.substring(name.length() + 1)).orElse(0);
      }
    }
    return 0;
  }

  private static OptionalLong number(Path file) {
    return parse(text(file));
  }

  /** A number; "max" and anything unreadable are none. */
  private static OptionalLong parse(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text.strip()));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
