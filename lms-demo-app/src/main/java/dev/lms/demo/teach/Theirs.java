// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.teach;

import dev.lms.demo.course.Course;
import dev.lms.demo.course.Resource;
import java.util.List;
import java.util.stream.Stream;

/**
 * What somebody else stored in a field while this form was filled in, for whoever comes second.
 *
 * @param label what the field is called
 * @param text what is stored in it
 */
record Theirs(String label, String text) {

  /** The fields in which a form differs from what is stored. */
  static List<Theirs> of(Course stored, CourseForm typed) {
    CourseForm theirs = CourseForm.of(stored);
    return Stream.of(
            differing("Title", theirs.title(), typed.title()),
            differing("Description", theirs.description(), typed.description()),
            differing("Level", theirs.level(), typed.level()),
            differing("Credits", theirs.credits(), typed.credits()),
            differing("Tags", theirs.tags(), typed.tags()))
        .flatMap(List::stream)
        .toList();
  }

  static List<Theirs> of(Resource stored, String title, String body) {
    return Stream.of(
            differing("Title", stored.title(), title), differing("Text", stored.body(), body))
        .flatMap(List::stream)
        .toList();
  }

  private static List<Theirs> differing(String label, String theirs, String typed) {
    boolean same = EditForm.clean(typed).equals(theirs);
    return same ? List.of() : List.of(new Theirs(label, theirs));
  }
}
