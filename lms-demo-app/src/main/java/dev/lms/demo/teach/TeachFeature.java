// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.teach;

import dev.lms.demo.course.Changed;
import dev.lms.demo.course.Courses;
import dev.lms.demo.course.Enrolments;
import dev.lms.demo.course.Resources;
import dev.lms.demo.data.Database;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.demo.wiring.Content;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.Parts;
import dev.lms.demo.wiring.Purged;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** What instructors do with their courses. */
public final class TeachFeature implements Feature {
  @Override
  public Content open(Parts parts) {
    return new Content()
        .pages(
            routes(parts.database(), parts.clock(), parts.pages(), parts.purges()::purgeAndCount));
  }

  /**
   * The pages and actions.
   *
   * @param purge makes every worker forget the pages with any of these tags before it returns, and
   *     says what it reached; called when a change is committed and before the person is told so.
   *     What it throws is reported to them.
   */
  public static List<PageRoute> routes(
      Database database, InstantSource clock, Pages pages, Function<Set<String>, Purged> purge) {
    Desk desk = new Desk(new Courses(database), new Resources(database), Changed.by(purge));
    return Stream.concat(
            new CourseDesk(desk, new Enrolments(database, clock), clock, pages).routes().stream(),
            new LessonDesk(desk, pages).routes().stream())
        .toList();
  }
}
