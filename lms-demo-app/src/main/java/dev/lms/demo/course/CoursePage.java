// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import java.util.List;

/**
 * A part of the catalogue.
 *
 * @param courses at most {@link #SIZE}
 * @param number counted from 1, never past the last
 * @param total how many courses all pages hold
 * @param levels how many each level has, whichever was asked for
 * @param topics how many the most frequent tags have, whichever was asked for
 */
record CoursePage(
    List<Course> courses, int number, int total, List<Count> levels, List<Count> topics) {
  static final int SIZE = 20;

  /** How many courses have something. */
  record Count(String name, int courses) {}

  int last() {
    return last(total);
  }

  static int last(int total) {
    return Math.max(1, Math.ceilDiv(total, SIZE));
  }
}
