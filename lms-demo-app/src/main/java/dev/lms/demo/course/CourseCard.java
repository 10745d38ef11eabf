// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import dev.lms.demo.view.Text;
import java.util.List;

/** A course as lists show it. */
public record CourseCard(
    String code,
    String title,
    int credits,
    String level,
    boolean draft,
    boolean archived,
    String teacher,
    String excerpt,
    List<String> tags) {
  private static final int EXCERPT = 140;

  /** Copies the tags. */
  public CourseCard {
    tags = List.copyOf(tags);
  }

  /** The card of a course. */
  public static CourseCard of(Course course) {
    return new CourseCard(
        course.code(),
        course.title(),
        course.credits(),
        course.level().label(),
        course.draft(),
        course.archived(),
        course.teacher(),
        Text.excerpt(course.description(), EXCERPT),
        course.tags());
  }
}
