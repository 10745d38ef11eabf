// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.learn;

import dev.lms.demo.course.Resource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How far somebody has come in a course.
 *
 * @param code of the course
 * @param title of the course
 * @param lessons in reading order
 */
record Standing(String code, String title, List<Lesson> lessons) {

  /** A lesson and whether it is done. */
  record Lesson(String id, int number, String title, boolean done) {}

  Standing {
    lessons = List.copyOf(lessons);
  }

  int done() {
    return (int) lessons.stream().filter(Lesson::done).count();
  }

  int total() {
    return lessons.size();
  }

  /** Rounded down, so that only a finished course has 100. */
  int percent() {
    return total() == 0 ? 0 : 100 * done() / total();
  }

  boolean begun() {
    return done() > 0;
  }

  boolean finished() {
    return total() > 0 && done() == total();
  }

  /** Where to go on: the first lesson that is not done. */
  Optional<Lesson> next() {
    return lessons.stream().filter(lesson -> !lesson.done()).findFirst();
  }

  /** Where to go on behind a lesson: the next that is not done, or else one before it. */
  Optional<Lesson> nextAfter(String id) {
    int number =
        lessons.stream()
            .filter(l -> l.id().equals(id))
            .mapToInt(Lesson::number)
            .findFirst()
            .orElse(0);
    return lessons.stream()
        .filter(lesson -> !lesson.done() && lesson.number() > number)
        .findFirst()
        .or(this::next);
  }

  static Standing of(String code, String title, List<Resource> lessons, Set<String> done) {
    return new Standing(
        code,
        title,
        lessons.stream()
            .map(l -> new Lesson(l.id(), l.position(), l.title(), done.contains(l.id())))
            .toList());
  }
}
