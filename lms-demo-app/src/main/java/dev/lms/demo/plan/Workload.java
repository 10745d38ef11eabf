// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.plan;

/** What requests mostly wait for. */
public enum Workload {
  /** The processor: two workers for each core, and one. */
  CPU(2),
  /** Other machines: four workers for each core, and one. */
  IO(4);

  private final int perCpu;

  Workload(int perCpu) {
    this.perCpu = perCpu;
  }

  int perCpu() {
    return perCpu;
  }
}
