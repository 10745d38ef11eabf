// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

/** How many worker processes {@code serve} is to run. */
public sealed interface WorkerCount {

  /** This process is the only one; nothing supervises it. */
  record Single() implements WorkerCount {}

  /** So many, under a supervisor. */
  record Fixed(int count) implements WorkerCount {}

  /** As many as the resource plan says, under a supervisor. */
  record Auto() implements WorkerCount {}

  /** The largest number accepted, far beyond any machine's plan: a typing mistake is caught. */
  int MAX = 1024;

  /**
   * Reads {@code auto} or a number.
   *
   * @throws IllegalArgumentException saying what is accepted
   */
  static WorkerCount parse(String text) {
    if (text.strip().equalsIgnoreCase("auto")) {
      return new Auto();
    }
    try {
      int count = Integer.parseInt(text.strip());
      if (count >= 1 && count <= MAX) {
        return new Fixed(count);
      }
    } catch (NumberFormatException e) {
      // The same sentence as for a number out of range.
    }
    throw new IllegalArgumentException("expected \"auto\" or a number from 1 to " + MAX);
  }
}
