package dev.lms.demo.course;

import java.util.List;

/**
 * A part of the catalogue.
 *
 * @param courses at most {@link #SIZE}
 * @param number counted from 1
 * @param total how many courses all pages hold
 */
record CoursePage(List<Course> courses, int number, int total) {
  static final int SIZE = 20;

  int last() {
    return Math.max(1, Math.ceilDiv(total, SIZE));
  }
}
