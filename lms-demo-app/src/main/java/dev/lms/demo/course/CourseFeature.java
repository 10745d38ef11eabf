package dev.lms.demo.course;

import dev.lms.demo.data.Tables;
import dev.lms.demo.view.Pages;
import dev.lms.demo.wiring.Content;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.Parts;
import java.util.List;
import java.util.Map;

/** The catalogue, courses to read and to change, and enrolling. */
public final class CourseFeature implements Feature {
  @Override
  public List<Tables> tables() {
    return List.of(new CourseTables());
  }

  @Override
  public Content open(Parts parts) {
    Courses courses = new Courses(parts.database());
    Resources resources = new Resources(parts.database());
    Enrolments enrolments = new Enrolments(parts.database(), parts.clock());
    Pages pages = parts.pages();
    return new Content()
        .pages(
            new CoursePages(
                    courses, resources, enrolments, pages, parts.config().pageCache().timeout())
                .routes())
        .pages(
            new CourseActions(
                    courses, resources, enrolments, parts.clock(), pages, parts.purges()::purge)
                .routes())
        .holes(Map.of(EnrolmentHole.NAME, new EnrolmentHole(courses, enrolments, pages)));
  }
}
