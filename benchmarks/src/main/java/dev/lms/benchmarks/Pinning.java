// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Holds this process, what it starts from then on, and others, to one core: a round trip over
 * loopback takes about a third of the time if both ends share one, and the scheduler decides
 * otherwise in every run which it is. With {@code taskset}, which Linux has.
 */
final class Pinning {
  private static final int MOST_ATTEMPTS = 100;

  private final String all;

  private Pinning(String all) {
    this.all = all;
  }

  /** What this process may use now is what it returns to. */
  static Pinning find() throws InterruptedException {
    try {
      // "pid 4711's current affinity list: 0,1"
      String said = taskset("-cp", ProcessHandle.current().pid());
      return new Pinning(said.substring(said.lastIndexOf(' ') + 1).strip());
    } catch (IOException e) {
      return new Pinning("");
    }
  }

  boolean isPossible() {
    return !all.isEmpty();
  }

  /** To the first core that this process may use, with all their threads. */
  void pin(long... others) throws IOException, InterruptedException {
    set(all.split("[,-]", -1)[0], others);
  }

  /** To all cores that this process could use at first. */
  void release(long... others) throws IOException, InterruptedException {
    set(all, others);
  }

  private void set(String cores, long... others) throws IOException, InterruptedException {
    if (isPossible()) {
      long[] all =
          LongStream.concat(LongStream.of(ProcessHandle.current().pid()), LongStream.of(others))
              .toArray();
      for (long pid : all) {
        setAll(cores, pid);
      }
    }
  }

  /** Again where a thread has ended while its process was looked through: taskset stops there. */
  private static void setAll(String cores, long pid) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        taskset("-acp", cores, pid);
        return;
      } catch (IOException e) {
        if (attempt == MOST_ATTEMPTS || ProcessHandle.of(pid).isEmpty()) {
          throw e;
        }
      }
    }
  }

  private static String taskset(String option, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("taskset", option));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("taskset failed: " + said.strip());
    }
    return said.strip();
  }
}
