// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.plan;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a resource plan starts from.
 *
 * @param cpus processors, at least 1
 * @param ramMb megabytes for all workers together, at least 1
 * @param workerMb megabytes for each thread of a worker, as operators of multi-process servers
 *     count
 * @param threads the classical threads of one worker
 * @param minWorkers at least so many workers, whatever fits
 * @param maxWorkers at most so many; unlimited when empty
 * @param pageCacheMb the most the page cache of one worker may hold
 * @param heapLimitMb the heap this process really has; empty when it is to be chosen
 * @param machine where {@code cpus} and {@code ramMb} come from
 */
public record Demand(
    int cpus,
    int ramMb,
    int workerMb,
    int threads,
    int minWorkers,
    OptionalInt maxWorkers,
    Workload workload,
    int pageCacheMb,
    OptionalInt heapLimitMb,
    List<String> machine) {

  /** Checks the ranges; {@code machine} is copied. */
  public Demand {
    positive("cpus", cpus);
    positive("ram-mb", ramMb);
    positive("worker-mb", workerMb);
    positive("threads", threads);
    positive("min-workers", minWorkers);
    positive("page cache", pageCacheMb);
    if (maxWorkers.isPresent()) {
      positive("max-workers", maxWorkers.getAsInt());
      if (maxWorkers.getAsInt() < minWorkers) {
        throw new IllegalArgumentException(
            "max-workers is " + maxWorkers.getAsInt() + ", less than min-workers " + minWorkers);
      }
    }
    machine = List.copyOf(machine);
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", at least 1 is needed");
    }
  }
}
