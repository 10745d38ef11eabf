// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.demo.view.Text;
import dev.lms.pagecache.PageRule;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The page about a course that everybody reads. */
public final class CoursePages {
  /** The hole that says how a person stands to the course; whoever teaches how fills it. */
  public static final String STANDING = "enrolment";

  private final Courses courses;
  private final Resources resources;
  private final Pages pages;
  private final Duration ttl;

  /**
   * The page.
   *
   * @param ttl how long a copy of it may be shown
   */
  public CoursePages(Courses courses, Resources resources, Pages pages, Duration ttl) {
    this.courses = courses;
    this.resources = resources;
    this.pages = pages;
    this.ttl = ttl;
  }

  /** Its route. */
  public List<PageRoute> routes() {
    return List.of(
        PageRoute.get("/course/{code}/view", PageRule.shared(ttl), this::view).anonymousInOutage());
  }

  private record View(
      Course course,
      String summary,
      List<String> paragraphs,
      List<Resource> resources,
      int lessons,
      String enrolment) {}

  private void view(Request request) throws IOException {
    // Who may see a draft cannot be asked here: then the page would be that person's own.
    Course course =
        courses
            .find(request.path("code"))
            .filter(found -> !found.draft())
            .orElseThrow(HttpProblem::notFound);
    List<Resource> lessons = resources.ofCourse(course.code());
    pages.show(
        request,
        200,
        "course",
        new View(
            course,
            Text.excerpt(course.description(), Text.SUMMARY),
            Text.paragraphs(course.description()),
            lessons,
            lessons.size(),
            pages.signedIn(request) ? pages.hole(request, STANDING) : ""),
        Set.of(course.tag()));
  }
}
