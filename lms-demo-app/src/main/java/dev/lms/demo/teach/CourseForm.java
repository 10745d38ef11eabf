// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.teach;

import dev.lms.demo.course.Course;
import dev.lms.demo.course.Level;
import dev.lms.demo.http.Parameters;
import dev.lms.demo.view.FieldError;
import java.util.Arrays;
import java.util.List;

/** The fields of a course as a form shows them: as they are, or as they were typed. */
record CourseForm(
    String title,
    String description,
    String tags,
    String credits,
    List<Choice> levels,
    List<FieldError> errors,
    boolean hasErrors,
    List<FieldError> titleErrors,
    List<FieldError> descriptionErrors,
    List<FieldError> levelErrors,
    List<FieldError> creditsErrors,
    boolean hasTagErrors,
    List<FieldError> tagErrors,
    int titleLength,
    int descriptionLength,
    int most,
    String version,
    List<Theirs> theirs,
    boolean conflict) {

  /** A level to choose. */
  record Choice(String value, String label, boolean chosen) {}

  static CourseForm of(Course course) {
    return of(
        course.title(),
        course.description(),
        String.join(", ", course.tags()),
        Integer.toString(course.credits()),
        course.level().token(),
        List.of(),
        course.version());
  }

  static CourseForm empty() {
    return of("", "", "", "3", Level.BEGINNER.token(), List.of(), "");
  }

  /** As typed; what was not sent as it was. It goes on knowing what its editor has seen. */
  CourseForm typed(Parameters sent, List<FieldError> mistakes) {
    String chosen =
        levels.stream().filter(Choice::chosen).map(Choice::value).findFirst().orElse("");
    return of(
        sent.get("title").orElse(title),
        sent.get("description").orElse(description),
        sent.get("tags").orElse(tags),
        sent.get("credits").orElse(credits),
        sent.get("level").orElse(chosen),
        mistakes,
        sent.get("version").orElse(version));
  }

  /** The label of the chosen level. */
  String level() {
    return levels.stream().filter(Choice::chosen).map(Choice::label).findFirst().orElse("");
  }

  /** This form beside what somebody else stored meanwhile, which its editor has seen now. */
  CourseForm beside(Course stored) {
    return new CourseForm(
        title,
        description,
        tags,
        credits,
        levels,
        errors,
        hasErrors,
        titleErrors,
        descriptionErrors,
        levelErrors,
        creditsErrors,
        hasTagErrors,
        tagErrors,
        titleLength,
        descriptionLength,
        most,
        stored.version(),
        Theirs.of(stored, this),
        true);
  }

  private static CourseForm of(
      String title,
      String description,
      String tags,
      String credits,
      String level,
      List<FieldError> errors,
      String version) {
    return new CourseForm(
        title,
        description,
        tags,
        credits,
        Arrays.stream(Level.values())
            .map(l -> new Choice(l.token(), l.label(), l.token().equals(level)))
            .toList(),
        errors,
        !errors.isEmpty(),
        of("title", errors),
        of("description", errors),
        of("level", errors),
        of("credits", errors),
        !of("tags", errors).isEmpty(),
        of("tags", errors),
        EditForm.TITLE,
        EditForm.DESCRIPTION,
        EditForm.TAGS,
        version,
        List.of(),
        false);
  }

  static List<FieldError> of(String field, List<FieldError> errors) {
    return errors.stream().filter(error -> error.field().equals(field)).toList();
  }
}
