// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.program;

import dev.lms.demo.course.CourseCard;
import dev.lms.demo.course.Courses;
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

/** The pages about programs. */
public final class ProgramPages {
  private static final Duration TTL = Duration.ofSeconds(60);

  private final Programs programs;
  private final Courses courses;
  private final Pages pages;

  /** The pages. */
  public ProgramPages(Programs programs, Courses courses, Pages pages) {
    this.programs = programs;
    this.courses = courses;
    this.pages = pages;
  }

  /** Their routes. */
  public List<PageRoute> routes() {
    PageRule rule = PageRule.shared(TTL);
    return List.of(
        PageRoute.get("/program/explore", rule, this::explore).anonymousInOutage(),
        PageRoute.get("/program/{code}", rule, this::view).anonymousInOutage());
  }

  private record Explore(List<Program> programs) {}

  private record View(
      Program program, String summary, List<String> paragraphs, List<CourseCard> courses) {}

  private void explore(Request request) throws IOException {
    pages.show(request, 200, "programs", new Explore(programs.all()), Set.of("programs"));
  }

  private void view(Request request) throws IOException {
    Program program = programs.find(request.path("code")).orElseThrow(HttpProblem::notFound);
    pages.show(
        request,
        200,
        "program",
        new View(
            program,
            Text.excerpt(program.description(), Text.SUMMARY),
            Text.paragraphs(program.description()),
            courses.ofProgram(program.code()).stream().map(CourseCard::of).toList()),
        Set.of("program:" + program.code()));
  }
}
