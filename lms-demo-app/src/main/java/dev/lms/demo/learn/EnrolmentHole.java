// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.learn;

import dev.lms.demo.course.Course;
import dev.lms.demo.course.Courses;
import dev.lms.demo.course.Enrolments;
import dev.lms.demo.course.Staff;
import dev.lms.demo.view.HoleFiller;
import dev.lms.demo.view.Pages;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import java.util.Map;
import java.util.Optional;

/** The part of a course's page that says how a person stands to the course. */
public final class EnrolmentHole implements HoleFiller {
  private final Courses courses;
  private final Enrolments enrolments;
  private final Progress progress;
  private final Pages pages;

  /** Answers from these. */
  public EnrolmentHole(Courses courses, Enrolments enrolments, Progress progress, Pages pages) {
    this.courses = courses;
    this.enrolments = enrolments;
    this.progress = progress;
    this.pages = pages;
  }

  private record Model(
      String code,
      Optional<Standing> enrolled,
      boolean mayEnrol,
      boolean closed,
      boolean mayEdit,
      String csrfToken) {}

  @Override
  public String fill(Session session, Map<String, String> path) {
    Optional<Principal> person = session.principal();
    Optional<Course> course = courses.find(path.getOrDefault("code", ""));
    if (person.isEmpty() || course.isEmpty()) {
      return "";
    }
    String username = person.get().id();
    Optional<Standing> standing =
        enrolments.contains(course.get().code(), username)
            ? Optional.of(progress.of(course.get(), username))
            : Optional.empty();
    boolean student = standing.isEmpty() && person.get().roles().contains("student");
    return pages.fragment(
        "enrolment",
        new Model(
            course.get().code(),
            standing,
            student && course.get().published(),
            student && course.get().archived(),
            Staff.mayEdit(person.get(), course.get()),
            session.csrfToken().orElse("")));
  }
}
