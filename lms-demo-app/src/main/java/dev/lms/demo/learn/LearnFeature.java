// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.learn;

import dev.lms.demo.course.CoursePages;
import dev.lms.demo.course.Courses;
import dev.lms.demo.course.Enrolments;
import dev.lms.demo.course.Resources;
import dev.lms.demo.data.Tables;
import dev.lms.demo.view.Pages;
import dev.lms.demo.wiring.Content;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.Parts;
import java.util.List;
import java.util.Map;

/** Taking courses: enrolling, reading lessons, and how far one has come. */
public final class LearnFeature implements Feature {
  @Override
  public List<Tables> tables() {
    return List.of(new LearnTables());
  }

  @Override
  public Content open(Parts parts) {
    Courses courses = new Courses(parts.database());
    Enrolments enrolments = new Enrolments(parts.database(), parts.clock());
    Progress progress = new Progress(parts.database(), parts.clock());
    Pages pages = parts.pages();
    return new Content()
        .pages(
            new LessonPages(
                    courses,
                    new Resources(parts.database()),
                    enrolments,
                    progress,
                    pages,
                    parts.config().pageCache().timeout(),
                    parts.purges()::purge)
                .routes())
        .pages(new EnrolmentPages(courses, enrolments, pages, parts.purges()::purge).routes())
        .holes(
            Map.of(
                CoursePages.STANDING,
                new EnrolmentHole(courses, enrolments, progress, pages),
                MyCourses.NAME,
                new MyCourses(progress, courses, pages)));
  }
}
