// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an instructor changes of a course; what is absent stays as it is. */
public record Edit(
    Optional<String> title,
    Optional<String> description,
    Optional<List<String>> tags,
    Optional<Integer> credits,
    Optional<Level> level) {

  /** Whether a course is as this would make it. */
  boolean isIn(Course course) {
    return title.orElse(course.title()).equals(course.title())
        && description.orElse(course.description()).equals(course.description())
        && Set.copyOf(tags.orElse(course.tags())).equals(Set.copyOf(course.tags()))
        && credits.orElse(course.credits()) == course.credits()
        && level.orElse(course.level()) == course.level();
  }
}
