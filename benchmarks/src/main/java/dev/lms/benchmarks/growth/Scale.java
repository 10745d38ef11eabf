// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import java.time.Duration;
import java.util.List;

/**
 * How far it goes.
 *
 * @param redisSessions how many sessions there are in Redis
 * @param fileSessions how many there are in files
 * @param personSessions how many one person has
 * @param kilobytes of one session
 * @param tags of one page
 * @param purged how many signed-in sessions are purged, counted and listed
 * @param creates how many sessions are created in files
 * @param pages that fit under the cap of the store in the process
 * @param workers that read at once
 * @param nodes with copies
 * @param callers that write at once
 * @param warmUp rounds before those that count
 * @param batch how long a batch of operations takes
 * @param patience how long files may be filled
 */
public record Scale(
    List<Integer> redisSessions,
    List<Integer> fileSessions,
    List<Integer> personSessions,
    List<Integer> kilobytes,
    List<Integer> tags,
    List<Integer> purged,
    int creates,
    int pages,
    List<Integer> workers,
    List<Integer> nodes,
    List<Integer> callers,
    int warmUp,
    int rounds,
    Duration batch,
    Duration patience) {

  /** What the documents show. */
  public static final Scale FULL =
      new Scale(
          List.of(1000, 30_000, 1_000_000),
          List.of(1000, 30_000, 300_000),
          List.of(1, 100, 1000, 10_000),
          List.of(1, 16, 64, 256),
          List.of(1, 10, 100, 1000),
          List.of(1000, 10_000, 100_000),
          20_000,
          2000,
          List.of(1, 2, 4),
          List.of(1, 2, 4, 8),
          List.of(1, 32, 1000),
          3,
          11,
          Duration.ofMillis(80),
          Duration.ofSeconds(60));

  /** For tests of the command: figures that mean nothing. */
  public static final Scale GLANCE =
      new Scale(
          List.of(10, 100),
          List.of(10, 50),
          List.of(1, 20),
          List.of(1, 16),
          List.of(1, 10, 20),
          List.of(10, 100),
          100,
          20,
          List.of(1, 2),
          List.of(1, 2),
          List.of(1, 4),
          0,
          1,
          Duration.ofMillis(5),
          Duration.ofSeconds(5));

  static int last(List<Integer> sizes) {
    return sizes.get(sizes.size() - 1);
  }
}
