// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.learn;

import dev.lms.demo.course.CourseCard;
import dev.lms.demo.course.Courses;
import dev.lms.demo.view.HoleFiller;
import dev.lms.demo.view.Pages;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The part of the front page that is about one's own courses. */
public final class MyCourses implements HoleFiller {
  /** The name of the hole. */
  public static final String NAME = "my-courses";

  /** The account page has them all. */
  private static final int MOST = 3;

  private final Progress progress;
  private final Courses courses;
  private final Pages pages;

  /** Answers from these. */
  public MyCourses(Progress progress, Courses courses, Pages pages) {
    this.progress = progress;
    this.courses = courses;
    this.pages = pages;
  }

  private record Model(
      List<Standing> taken,
      boolean hasTaken,
      boolean hasMore,
      int more,
      boolean teaches,
      List<CourseCard> taught,
      boolean operates) {}

  @Override
  public String fill(Session session, Map<String, String> path) {
    Optional<Principal> person = session.principal();
    if (person.isEmpty()) {
      return "";
    }
    // What is finished comes last; of the rest, the newest enrolment first.
    List<Standing> all =
        progress.of(person.get().id()).stream()
            .sorted(Comparator.comparing(Standing::finished))
            .toList();
    boolean admin = person.get().roles().contains("admin");
    boolean teaches = admin || person.get().roles().contains("instructor");
    List<CourseCard> taught =
        teaches
            ? courses.ofInstructor(person.get().id()).stream().map(CourseCard::of).toList()
            : List.of();
    return pages.fragment(
        "my-courses",
        new Model(
            all.stream().limit(MOST).toList(),
            !all.isEmpty(),
            all.size() > MOST,
            all.size() - MOST,
            teaches,
            taught,
            admin));
  }
}
