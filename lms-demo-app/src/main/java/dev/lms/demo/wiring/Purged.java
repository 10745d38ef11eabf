// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

/**
 * What a purge reached.
 *
 * @param pages stored pages that nobody gets any more, each counted once however many workers had
 *     it
 * @param workers those on this machine that share the purge
 */
public record Purged(int pages, int workers) {

  /** This in words: {@code 3 pages purged on 2 workers}. */
  @Override
  public String toString() {
    return count(pages, "page") + " purged on " + count(workers, "worker");
  }

  private static String count(int number, String unit) {
    return number + " " + unit + (number == 1 ? "" : "s");
  }
}
