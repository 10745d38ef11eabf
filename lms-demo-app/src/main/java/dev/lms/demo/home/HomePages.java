// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.home;

import dev.lms.demo.course.Course;
import dev.lms.demo.course.CourseCard;
import dev.lms.demo.course.Courses;
import dev.lms.demo.course.Level;
import dev.lms.demo.http.Request;
import dev.lms.demo.learn.MyCourses;
import dev.lms.demo.program.Program;
import dev.lms.demo.program.Programs;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.pagecache.PageRule;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The front page. */
public final class HomePages {
  private static final int FEATURED = 6;

  private final Courses courses;
  private final Programs programs;
  private final Pages pages;
  private final Duration ttl;

  /**
   * The page.
   *
   * @param ttl how long a copy of it may be shown
   */
  public HomePages(Courses courses, Programs programs, Pages pages, Duration ttl) {
    this.courses = courses;
    this.programs = programs;
    this.pages = pages;
    this.ttl = ttl;
  }

  /** Its routes. */
  public List<PageRoute> routes() {
    PageRule rule = PageRule.shared(ttl);
    return List.of(
        PageRoute.get("/", rule, this::home).anonymousInOutage(),
        PageRoute.get("/home", rule, this::home).anonymousInOutage());
  }

  private record Home(List<CourseCard> courses, List<Program> programs, String myCourses) {}

  private void home(Request request) throws IOException {
    List<Course> beginners = courses.ofLevel(Level.BEGINNER, FEATURED);
    pages.show(
        request,
        200,
        "home",
        new Home(
            beginners.stream().map(CourseCard::of).toList(),
            programs.all(),
            pages.signedIn(request) ? pages.hole(request, MyCourses.NAME) : ""),
        Set.of("courses", "programs"));
  }
}
